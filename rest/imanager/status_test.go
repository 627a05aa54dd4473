package imanager_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/rest/resttest"
	"stepcast/tasks"
)

// body is the resource as a client decodes it.
type body struct {
	Description, ID, Status string
	Steps                   []struct {
		Description string
		CostTime    int64
		StartTime   map[string]int
		Contents    []struct {
			IsProgressAvailable bool
			Message, Status     string
			Progress            float64
		}
	}
	TimelineID int64
}

// read gets a task that must be there.
func (b *bundle) read(task *models.Task, options ...option) (got body) {
	b.t.Helper()
	r := b.get(path(task), append([]option{b.as(resttest.Member)}, options...)...)
	require.Equal(b.t, 200, r.http, r.body)
	require.NoError(b.t, json.Unmarshal([]byte(r.body), &got))
	return got
}

// words lists the statuses: the task's, then those of its contents.
func (b body) words() (words []string) {
	words = append(words, b.Status)
	for _, s := range b.Steps {
		for _, c := range s.Contents {
			words = append(words, c.Status)
		}
	}
	return words
}

// taskWords is the contract's mapping of a task's status.
var taskWords = map[models.Status]string{
	models.Waiting: "PENDING", models.Running: "PENDING", models.Pausing: "PENDING", models.Paused: "PENDING",
	models.Cancelling: "CANCELLING", models.Cancelled: "CANCELLED", models.Succeeded: "DONE",
	models.Failed: "ERROR", models.TimedOut: "ERROR",
}

// contentWords is the contract's mapping of a content's status, SKIPPED aside.
var contentWords = map[models.Status]string{
	models.Waiting: "WAITING", models.Running: "PENDING", models.Pausing: "PENDING", models.Paused: "PENDING",
	models.Cancelling: "CANCELLING", models.Cancelled: "CANCELLED", models.Succeeded: "DONE",
	models.Failed: "ERROR", models.TimedOut: "ERROR",
}

// skippedWords is what a SKIPPED content is, by the status of its task.
var skippedWords = map[models.Status]string{
	models.Waiting: "WAITING", models.Running: "WAITING", models.Pausing: "WAITING", models.Paused: "WAITING",
	models.Failed: "WAITING", models.TimedOut: "WAITING",
	models.Cancelling: "CANCELLED", models.Cancelled: "CANCELLED", models.Succeeded: "DONE",
}

// TestEveryStatusHasAWord stores a task of each status with a content of each.
func TestEveryStatusHasAWord(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var contents []models.ContentState
	for _, status := range models.Statuses {
		contents = append(contents, models.ContentState{Status: status})
	}
	for _, status := range models.Statuses {
		if status == models.Skipped {
			continue // no task ever is
		}
		want := []string{taskWords[status]}
		for _, content := range models.Statuses {
			word := contentWords[content]
			if content == models.Skipped {
				word = skippedWords[status]
			}
			want = append(want, word)
		}
		r := record{state: models.TaskState{Status: status}, steps: []recordStep{{contents: contents}}}
		require.Equal(t, want, b.read(importTask(t, b.Store, r)).words(), status)
	}
}

// twoSteps is a second step, which waits for the first.
func twoSteps(in *tasks.SubmitInput) { in.Steps = append(in.Steps, in.Steps[0]) }

// TestStatusesAsTasksLive goes through what people and workers do to tasks.
func TestStatusesAsTasksLive(t *testing.T) {
	t.Parallel()
	control := func(task *models.Task) tasks.ControlInput { return tasks.ControlInput{ID: task.ID} }
	member := resttest.Viewer(resttest.Member)
	exit := 3
	failed := tasks.Outcome{
		Status: models.Failed, ExitCode: &exit,
		Failure: &models.TaskError{Code: models.ErrExitCode, Message: models.Message("error.exit", "3")},
	}
	for name, c := range map[string]struct {
		live func(b *bundle, task *models.Task) error
		want []string
	}{
		"waiting": {func(*bundle, *models.Task) error { return nil }, []string{"PENDING", "WAITING", "WAITING"}},
		"paused before it started": {func(b *bundle, task *models.Task) error {
			_, err := b.Tasks.Pause(b.t.Context(), member, control(task))
			return err
		}, []string{"PENDING", "WAITING", "WAITING"}},
		"running": {func(b *bundle, _ *models.Task) error {
			b.Claim()
			return nil
		}, []string{"PENDING", "PENDING", "WAITING"}},
		"pausing": {func(b *bundle, task *models.Task) error {
			b.Claim()
			_, err := b.Tasks.Pause(b.t.Context(), member, control(task))
			return err
		}, []string{"PENDING", "PENDING", "WAITING"}},
		"cancelling": {func(b *bundle, task *models.Task) error {
			b.Claim()
			_, err := b.Tasks.Cancel(b.t.Context(), member, control(task))
			return err
		}, []string{"CANCELLING", "CANCELLING", "WAITING"}},
		"cancelled before it started": {func(b *bundle, task *models.Task) error {
			_, err := b.Tasks.Cancel(b.t.Context(), member, control(task))
			return err
		}, []string{"CANCELLED", "CANCELLED", "CANCELLED"}},
		"cancelled while it ran": {func(b *bundle, task *models.Task) error {
			running := b.Claim()
			_, err := b.Tasks.Cancel(b.t.Context(), member, control(task))
			b.End(running, resttest.First, tasks.Outcome{Status: models.Cancelled})
			return err
		}, []string{"CANCELLED", "CANCELLED", "CANCELLED"}},
		"failed before its last step": {func(b *bundle, _ *models.Task) error {
			b.End(b.Claim(), resttest.First, failed)
			return nil
		}, []string{"ERROR", "ERROR", "WAITING"}},
		"between two steps": {func(b *bundle, _ *models.Task) error {
			b.End(b.Claim(), resttest.First, tasks.Outcome{Status: models.Succeeded})
			return nil
		}, []string{"PENDING", "DONE", "WAITING"}},
		"tried again": {func(b *bundle, task *models.Task) error {
			b.End(b.Claim(), resttest.First, failed)
			_, err := b.Tasks.Retry(b.t.Context(), member, control(task))
			return err
		}, []string{"PENDING", "WAITING", "WAITING"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			task := b.Submit(resttest.Member, twoSteps)
			require.NoError(t, c.live(b, task))
			require.Equal(t, c.want, b.read(task).words())
		})
	}
}
