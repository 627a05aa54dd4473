package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/store"
)

// Start is when the tasks of NewCreate are submitted; later instants of a test are
// counted from it.
var Start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// NewCreate is a task of one step with one shell content, submitted at Start by
// "ann" and waiting. set may change what is submitted and how it starts; it may be
// nil.
func NewCreate(set func(t *models.Task, first *models.TaskState)) *store.Create {
	task := &models.Task{
		Owner: "ann", Description: models.Plain("Copy tiles"), CreatedAt: Start,
		Creator: "IDE", Engine: "shell", Instance: "localhost:9001", Origin: "graphql",
	}
	first := models.TaskState{Status: models.Waiting, Attempt: 1, MaxAttempts: 1, NextStep: 2}
	if set != nil {
		set(task, &first)
	}
	return &store.Create{
		Task: task,
		Finish: func(t *models.Task) (*models.Task, []models.Event, []models.LogLine) {
			state := first
			state.TimelineID = models.TimelineID(t.ID, 1)
			events := Numbered(models.Origin(t), Start, []models.Event{
				{Kind: models.TaskStatusChanged, Data: models.EventData{To: state.Status, Task: &state}},
				{Kind: models.PlanChanged, Data: models.EventData{Plan: onePlan(models.Waiting, "shell")}},
			})
			return models.Fold(models.Origin(t), events...), events, nil
		},
		Sources: []models.ContentSource{{StepNumber: 1, Number: 1, Code: "cp -r a b"}},
	}
}

func onePlan(status models.Status, runType string) *models.Plan {
	return &models.Plan{
		Steps: []*models.Step{{Number: 1, Description: models.Plain("Copy"), NextContent: 2}},
		Contents: []*models.Content{{
			StepNumber: 1, Number: 1, RunType: runType, Submitted: models.Plain("Copying"),
			ContentState: models.ContentState{Message: models.Plain("Copying"), Status: status},
		}},
	}
}

// Numbered gives the events, which follow on the snapshot, their task, numbers and time.
func Numbered(before *models.Task, at time.Time, events []models.Event) []models.Event {
	attempt, timeline := before.Attempt, before.TimelineID
	for i := range events {
		e := &events[i]
		if e.Data.Task != nil {
			attempt, timeline = e.Data.Task.Attempt, e.Data.Task.TimelineID
		}
		e.TaskID, e.Number, e.At = before.ID, before.Version+1+int64(i), at
		e.Attempt, e.TimelineID = attempt, timeline
	}
	return events
}

// Submit stores one task of NewCreate.
func Submit(t testing.TB, s *store.Store, set func(t *models.Task, first *models.TaskState)) *models.Task {
	t.Helper()
	c := NewCreate(set)
	require.NoError(t, s.Commit(t.Context(), []*store.Create{c}, nil))
	require.NoError(t, c.Err)
	return c.Stored
}

// Decide is the change of the task's state that set makes, a second after the last one.
func Decide(before *models.Task, set func(*models.TaskState)) *store.Change {
	state := before.TaskState
	set(&state)
	kind := models.TaskUpdated
	if state.Status != before.Status {
		kind = models.TaskStatusChanged
	}
	return Happened(before, models.Event{Kind: kind, Data: models.EventData{From: before.Status, To: state.Status, Task: &state}})
}

// Happened is the change that the events make, a second after the last one.
func Happened(before *models.Task, events ...models.Event) *store.Change {
	events = Numbered(before, before.UpdatedAt.Add(time.Second), events)
	return &store.Change{Before: before, After: models.Fold(before, events...), Events: events}
}

// Wrote is the change that appends the lines to the log, as written by the content
// 1-1 a second after the last change.
func Wrote(before *models.Task, texts ...string) *store.Change {
	c := &store.Change{Before: before, After: before.Clone()}
	for _, text := range texts {
		c.Lines = append(c.Lines, models.LogLine{
			Attempt: 1, At: before.UpdatedAt.Add(time.Second), Level: models.Info,
			Stream: models.Stdout, Step: 1, Content: 1, Text: text,
		})
	}
	return c
}

// Commit stores one change and gives the snapshot after it.
func Commit(t testing.TB, s *store.Store, c *store.Change) *models.Task {
	t.Helper()
	require.NoError(t, s.Commit(t.Context(), nil, []*store.Change{c}))
	require.NoError(t, c.Err)
	return c.After
}

// Claim is the change by which a worker takes the task.
func Claim(before *models.Task, worker string) *store.Change {
	return Decide(before, func(state *models.TaskState) {
		at := before.UpdatedAt.Add(time.Second)
		state.Status, state.Worker, state.StartedAt, state.ClockSince = models.Running, worker, &at, &at
		state.Fencing++
	})
}

// End is the change by which the task ends at the instant.
func End(before *models.Task, status models.Status, at time.Time) *store.Change {
	return Decide(before, func(state *models.TaskState) {
		state.Status, state.Worker, state.ClockSince, state.FinishedAt = status, "", nil, &at
	})
}

// EqualTask fails unless the snapshots are the same, but for slices that are
// absent in one and empty in the other.
func EqualTask(t require.TestingT, want, got *models.Task) {
	require.Equal(t, want.Clone(), got.Clone())
}
