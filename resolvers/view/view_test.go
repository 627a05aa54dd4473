package view

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"stepcast/models"
	"stepcast/tasks"
)

var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// sample is a task whose one step has two contents, the second of which failed.
func sample() *models.Task {
	start, end := began, began.Add(1500*time.Millisecond)
	failure := &models.TaskError{Code: models.ErrExitCode, Message: models.Message("error.exit", "3")}
	return &models.Task{
		ID: 690, Version: 17, UpdatedAt: began.Add(4 * time.Second),
		Description: models.Text{Plain: "Copy", Texts: map[string]string{"zh": "复制"}},
		TaskState: models.TaskState{
			Status: models.Running, Attempt: 2, TimelineID: 690002, StartedAt: &start,
			PastAttempts: models.Attempts{{Number: 1, TimelineID: 690001, Status: models.Failed, Failure: &models.TaskError{
				Code: models.ErrExitCode, Message: models.Message("error.exit", "3"), Where: &models.ContentRef{Step: 1, Content: 2},
			}}},
		},
		Steps: []*models.Step{{
			TaskID: 690, Number: 1, Description: models.Plain("Step"), StartedAt: &start,
			Contents: []*models.Content{
				{StepNumber: 1, Number: 1, ContentState: models.ContentState{Message: models.Plain("One"), StartedAt: &start}},
				{StepNumber: 1, Number: 2, ContentState: models.ContentState{Failure: failure, StartedAt: &start, FinishedAt: &end}},
			},
		}},
	}
}

func equal(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestTask(t *testing.T) {
	t.Parallel()
	task := NewTask(sample(), Reader{Languages: []string{"zh"}})
	equal(t, task.ID(), "690")
	equal(t, task.Description(), "复制")
	equal(t, task.EventCursor(), "690:17")
	equal(t, task.TimeoutSeconds(), (*int)(nil))
	equal(t, task.Failure(), (*TaskError)(nil))
	equal(t, task.Loaded(), true)
	equal(t, NewTask(nil, Reader{}), (*Task)(nil))

	attempts := task.Attempts()
	equal(t, len(attempts), 2)
	step, content := "690-1", "690-1-2"
	equal(t, attempts[0].Failure(), &TaskError{Code: models.ErrExitCode, Message: "退出码 3", StepID: &step, ContentID: &content})
	equal(t, attempts[1].Failure(), (*TaskError)(nil))
	equal(t, attempts[1].Number, 2)
}

func TestStepAndContent(t *testing.T) {
	t.Parallel()
	step := NewTask(sample(), Reader{}).AllSteps()[0]
	equal(t, step.ID(), "690-1")
	equal(t, step.CostTime(), int64(4000))
	contents := step.Contents()
	equal(t, contents[0].ID(), "690-1-1")
	equal(t, contents[0].Message(), "One")
	equal(t, contents[0].CostTime(), int64(4000))
	equal(t, contents[1].CostTime(), int64(1500))
	// A content's failure is about itself unless it says otherwise.
	id, content := "690-1", "690-1-2"
	equal(t, contents[1].Failure(), &TaskError{Code: models.ErrExitCode, Message: "Exited with code 3", StepID: &id, ContentID: &content})
}

func TestEvents(t *testing.T) {
	t.Parallel()
	recorded := func(kind models.EventKind, data models.EventData) tasks.RecordedEvent {
		return tasks.RecordedEvent{Event: models.Event{TaskID: 690, Number: 17, Attempt: 2, Kind: kind, Data: data}}
	}
	reader := Reader{Languages: []string{"zh"}}

	status := NewEvent(recorded(models.TaskStatusChanged, models.EventData{From: models.Waiting, To: models.Running}), reader).(*TaskStatusChanged)
	equal(t, []any{status.ID(), status.Cursor(), status.TaskID(), status.Version(), status.From(), status.To()},
		[]any{"690:17", "690:17", "690", int64(17), models.Waiting, models.Running})

	updated := NewEvent(recorded(models.TaskUpdated, models.EventData{Task: &models.TaskState{Progress: 5, StalledSince: &began}}), reader).(*TaskUpdated)
	equal(t, []any{updated.Progress(), updated.StalledSince()}, []any{5.0, &began})

	step := NewEvent(recorded(models.StepChanged, models.EventData{Step: &models.StepChange{Number: 3, Status: models.Failed, Progress: 7}}), reader).(*StepChanged)
	equal(t, []any{step.StepID(), step.Status(), step.Progress()}, []any{"690-3", models.Failed, 7.0})

	content := NewEvent(recorded(models.ContentChanged, models.EventData{Content: &models.ContentChange{
		Ref:          models.ContentRef{Step: 1, Content: 2},
		ContentState: models.ContentState{Message: models.Text{Texts: map[string]string{"zh": "一"}}, Status: models.Running, Progress: 9},
	}}), reader).(*ContentChanged)
	equal(t, []any{content.ContentID(), content.Status(), content.Progress(), content.Message()}, []any{"690-1-2", models.Running, 9.0, "一"})

	plan := recorded(models.PlanChanged, models.EventData{})
	plan.After = sample()
	equal(t, NewEvent(plan, reader).(*PlanChanged).Steps()[0].ID(), "690-1")

	equal(t, NewEvent(recorded("LATER", models.EventData{}), reader), nil)
}

func TestLogLines(t *testing.T) {
	t.Parallel()
	lines := NewLogLines(690, []models.LogLine{{Number: 1}, {Number: 2, Step: 1, Content: 2}})
	equal(t, lines[0].ContentID(), (*string)(nil))
	equal(t, *lines[1].ContentID(), "690-1-2")
}

func TestConnectionCountsOnce(t *testing.T) {
	t.Parallel()
	asked := 0
	page := tasks.Page{Tasks: []*models.Task{sample()}, Cursors: []string{"c"}, HasNext: true}
	c := NewTaskConnection(page, Reader{}, func(context.Context) (int, bool, error) {
		asked++
		return 10_000, false, nil
	})
	equal(t, *c.PageInfo.StartCursor+*c.PageInfo.EndCursor, "cc")
	equal(t, asked, 0)
	n, err := c.TotalCount(t.Context())
	equal(t, []any{n, err}, []any{10_000, nil})
	exact, err := c.TotalCountExact(t.Context())
	equal(t, []any{exact, err, asked}, []any{false, nil, 1})

	empty := NewTaskConnection(tasks.Page{}, Reader{}, nil)
	equal(t, []any{empty.PageInfo.StartCursor, len(empty.Edges)}, []any{(*string)(nil), 0})
}

func TestSourcesAreLoadedOnceForATask(t *testing.T) {
	t.Parallel()
	loads := 0
	load := func(_ context.Context, task int64) (map[models.ContentRef]models.ContentSource, error) {
		loads++
		equal(t, task, int64(690))
		return map[models.ContentRef]models.ContentSource{{Step: 1, Content: 1}: {Code: "true"}}, nil
	}
	reader := Reader{Sources: &Sources{}}
	var asking sync.WaitGroup
	for _, c := range NewTask(sample(), reader).AllSteps()[0].Contents() {
		asking.Go(func() {
			source, err := c.Source(t.Context(), load)
			if err != nil || (source.Code == "true") != (c.Number == 1) {
				t.Errorf("%s: got %+v, %v", c.ID(), source, err)
			}
		})
	}
	asking.Wait()
	equal(t, loads, 1)

	// A later snapshot with a content more makes it load again.
	later := sample()
	later.Steps[0].Contents = append(later.Steps[0].Contents, &models.Content{StepNumber: 1, Number: 3})
	for _, c := range NewTask(later, reader).AllSteps()[0].Contents() {
		if _, err := c.Source(t.Context(), load); err != nil {
			t.Error(err)
		}
	}
	equal(t, loads, 2)
}

func TestSourcesThatFailAreNotTriedAgainForTheSameSnapshot(t *testing.T) {
	t.Parallel()
	loads, away := 0, errors.New("away")
	load := func(context.Context, int64) (map[models.ContentRef]models.ContentSource, error) {
		loads++
		return nil, away
	}
	reader := Reader{Sources: &Sources{}}
	for want := 1; want <= 2; want++ {
		for _, c := range NewTask(sample(), reader).AllSteps()[0].Contents() {
			if _, err := c.Source(t.Context(), load); !errors.Is(err, away) {
				t.Errorf("got %v", err)
			}
		}
		equal(t, loads, want)
	}
}
