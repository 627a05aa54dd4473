package tasks_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/tasks"
)

func TestSuccess(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		in := oneStep()
		in.Steps = append(in.Steps, step("Check", "shell", "python"))
		task := b.submit(t, member, in)
		require.Equal(t, models.Waiting, task.Status)
		require.Equal(t, models.TimelineID(task.ID, 1), task.TimelineID)

		held := b.claim(t, "w1")
		require.Equal(t, task.ID, held.ID)
		require.Equal(t, models.Running, held.Status)
		b.begin(t, held, first)
		after := b.end(t, held, first, models.Succeeded)
		require.Equal(t, models.Running, after.Status)
		require.InDelta(t, 50, after.Progress, 0.01)
		for _, ref := range []models.ContentRef{{Step: 2, Content: 1}, {Step: 2, Content: 2}} {
			b.begin(t, held, ref)
			after = b.end(t, held, ref, models.Succeeded)
		}
		require.Equal(t, models.Succeeded, after.Status)
		require.EqualValues(t, 100, after.Progress)
		require.Equal(t, models.EndedByTask, after.Ending.By)
		b.requireFolded(t, task.ID)
	})
}

func TestFailedContentLetsTheOthersFinish(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		in := tasks.SubmitInput{Description: models.Plain("x"), Steps: []tasks.StepInput{step("a", "shell", "shell"), step("b", "shell")}}
		task := b.submit(t, member, in)
		held := b.claim(t, "w1")
		second := models.ContentRef{Step: 1, Content: 2}
		b.begin(t, held, first)
		b.begin(t, held, second)
		after := b.end(t, held, first, models.Failed)
		require.Equal(t, models.Running, after.Status, "the other content still runs")
		after = b.end(t, held, second, models.Succeeded)
		require.Equal(t, []models.Status{models.Failed, models.Failed, models.Succeeded, models.Skipped}, statuses(after))
		require.Equal(t, models.ErrExitCode, after.Failure.Code)
		require.Equal(t, &first, after.Failure.Where)
		require.Less(t, after.Progress, 100.0)
		b.requireFolded(t, task.ID)
	})
}

func TestRetries(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		in := tasks.SubmitInput{Description: models.Plain("x"), MaxAttempts: 2, BackoffSeconds: new(int), Steps: []tasks.StepInput{step("a", "shell", "shell")}}
		task := b.submit(t, member, in)
		held := b.claim(t, "w1")
		second := models.ContentRef{Step: 1, Content: 2}
		b.begin(t, held, first)
		b.begin(t, held, second)
		b.end(t, held, first, models.Succeeded)
		after := b.end(t, held, second, models.Failed)
		require.Equal(t, []models.Status{models.Waiting, models.Succeeded, models.Waiting}, statuses(after))
		require.Equal(t, 2, after.Attempt)
		require.Equal(t, models.TimelineID(task.ID, 2), after.TimelineID)
		require.InDelta(t, 50, after.Progress, 0.01, "what succeeded is kept")
		require.Equal(t, models.Failed, after.PastAttempts[0].Status)

		again := b.claim(t, "w1")
		require.Greater(t, again.Fencing, held.Fencing)
		_, err := b.Begin(b.ctx, tasks.LeaseOf(held), second)
		requireFault(t, err, models.CodeStaleLease)
		b.begin(t, again, second)
		after = b.end(t, again, second, models.Failed)
		require.Equal(t, models.Failed, after.Status)

		after, err = b.Retry(b.ctx, member, tasks.ControlInput{ID: task.ID})
		require.NoError(t, err)
		require.Equal(t, models.Waiting, after.Status)
		require.Equal(t, 3, after.Attempt)
		require.Equal(t, 3, after.MaxAttempts, "one attempt beyond the limit")
		third := b.claim(t, "w1")
		b.begin(t, third, second)
		after = b.end(t, third, second, models.Succeeded)
		require.Equal(t, models.Succeeded, after.Status)
		require.Len(t, after.AllAttempts(), 3)
		b.requireFolded(t, task.ID)
		_, err = b.Retry(b.ctx, member, tasks.ControlInput{ID: task.ID})
		requireFault(t, err, models.CodeWrongState)
	})
}

func TestCancel(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		in := oneStep()
		in.Steps = append(in.Steps, step("later", "shell"))
		waiting := b.submit(t, member, in)
		after, err := b.Cancel(b.ctx, member, tasks.ControlInput{ID: waiting.ID})
		require.NoError(t, err)
		require.Equal(t, []models.Status{models.Cancelled, models.Cancelled, models.Skipped}, statuses(after))
		require.Equal(t, "max", after.Ending.By)
		b.requireFolded(t, waiting.ID)

		running := b.submit(t, member, in)
		held := b.claim(t, "w1")
		b.begin(t, held, first)
		after, err = b.Cancel(b.ctx, member, tasks.ControlInput{ID: running.ID})
		require.NoError(t, err)
		require.Equal(t, []models.Status{models.Cancelling, models.Cancelling, models.Waiting}, statuses(after))
		again, err := b.Cancel(b.ctx, member, tasks.ControlInput{ID: running.ID})
		require.NoError(t, err)
		require.Equal(t, after.Version, again.Version, "asking twice changes nothing")
		after = b.end(t, held, first, models.Cancelled)
		require.Equal(t, []models.Status{models.Cancelled, models.Cancelled, models.Skipped}, statuses(after))
		_, err = b.Cancel(b.ctx, member, tasks.ControlInput{ID: running.ID})
		requireFault(t, err, models.CodeWrongState)
		b.requireFolded(t, running.ID)
	})
}

func TestPauseAndResume(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		task := b.submit(t, member, oneStep())
		in := tasks.ControlInput{ID: task.ID}
		after, err := b.Pause(b.ctx, member, in)
		require.NoError(t, err)
		require.Equal(t, []models.Status{models.Paused, models.Waiting}, statuses(after), "at once, before it starts")
		claimed, err := b.ClaimNext(b.ctx, "w1", 1)
		require.NoError(t, err)
		require.Empty(t, claimed, "a paused task is not claimed")
		after, err = b.Resume(b.ctx, member, in)
		require.NoError(t, err)
		require.Equal(t, models.Waiting, after.Status)

		held := b.claim(t, "w1")
		b.begin(t, held, first)
		after, err = b.Pause(b.ctx, member, in)
		require.NoError(t, err)
		require.Equal(t, []models.Status{models.Pausing, models.Pausing}, statuses(after))
		after, err = b.ConfirmPaused(b.ctx, tasks.LeaseOf(held), true)
		require.NoError(t, err)
		require.Equal(t, []models.Status{models.Paused, models.Paused}, statuses(after))
		require.Nil(t, after.ClockSince, "the time limit does not run while paused")
		after, err = b.Resume(b.ctx, member, in)
		require.NoError(t, err)
		require.Equal(t, models.Paused, after.Status, "until the worker says that it runs")
		require.Equal(t, models.Running, after.Desired)
		after, err = b.ConfirmPaused(b.ctx, tasks.LeaseOf(held), false)
		require.NoError(t, err)
		require.Equal(t, []models.Status{models.Running, models.Running}, statuses(after))
		after = b.end(t, held, first, models.Succeeded)
		require.Equal(t, models.Succeeded, after.Status)
		b.requireFolded(t, task.ID)
	})
}

func TestScriptDeclaresContentsAndSteps(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		task := b.submit(t, member, oneStep())
		held := b.claim(t, "w1")
		lease := tasks.LeaseOf(held)
		b.begin(t, held, first)
		require.NoError(t, b.DeclareSteps(b.ctx, lease, first, []string{"Create VM", "Check IP", "Configure"}))
		current, err := b.OpenStep(b.ctx, lease, first, first, "Create VM")
		require.NoError(t, err)
		require.Equal(t, first, current, "the first declared step is the submitted one")
		require.NoError(t, b.DeclareContents(b.ctx, lease, first, current, []string{"a", "b"}))
		current, err = b.OpenContent(b.ctx, lease, first, current, "b")
		require.NoError(t, err)
		require.Equal(t, models.ContentRef{Step: 1, Content: 3}, current)
		current, err = b.OpenStep(b.ctx, lease, first, current, "Check IP")
		require.NoError(t, err)
		require.Equal(t, models.ContentRef{Step: 2, Content: 1}, current)
		now, err := b.Task(b.ctx, member, task.ID)
		require.NoError(t, err)
		require.Equal(t, models.Succeeded, now.Steps[0].Status)
		require.Equal(t, models.Running, now.Steps[1].Status)
		require.Equal(t, "Create VM", now.Steps[0].Description.In())
		current, err = b.OpenStep(b.ctx, lease, first, current, "Clean up")
		require.NoError(t, err)
		require.Equal(t, models.ContentRef{Step: 4, Content: 1}, current)

		after, err := b.EndExecution(b.ctx, lease, first, current, tasks.Outcome{Status: models.Failed, Failure: &models.TaskError{Code: models.ErrExitCode}})
		require.NoError(t, err)
		require.Equal(t, models.Failed, after.Status)
		require.Equal(t, models.Failed, after.Steps[3].Status)
		require.Equal(t, models.Skipped, after.Steps[2].Status, "planned and never begun")
		b.requireFolded(t, task.ID)

		after, err = b.Retry(b.ctx, member, tasks.ControlInput{ID: task.ID})
		require.NoError(t, err)
		require.Len(t, after.Steps, 1, "what the execution declared is dropped")
		require.Len(t, after.Steps[0].Contents, 1)
		require.Equal(t, "Copy", after.Steps[0].Description.In())
		require.Zero(t, after.Progress)
		b.requireFolded(t, task.ID)
	})
}

func TestTimeLimit(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		in := oneStep()
		in.TimeoutSeconds = 1
		task := b.submit(t, member, in)
		held := b.claim(t, "w1")
		b.begin(t, held, first)
		stream, err := b.Watch(b.ctx, member, task.ID)
		require.NoError(t, err)
		defer stream.Close()
		for {
			now, err := stream.Next(b.ctx)
			require.NoError(t, err)
			if now.Status == models.Cancelling {
				require.Equal(t, models.EndedByServer, now.CancelBy)
				break
			}
		}
		after := b.end(t, held, first, models.Cancelled)
		require.Equal(t, []models.Status{models.TimedOut, models.TimedOut}, statuses(after))
		require.Equal(t, models.ErrTimedOut, after.Failure.Code)
		require.Equal(t, models.EndedByServer, after.Ending.By)
		b.requireFolded(t, task.ID)
	})
}

func TestStall(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		task := b.submit(t, member, oneStep())
		held := b.claim(t, "w1")
		b.begin(t, held, first)
		require.Eventually(t, func() bool {
			now, err := b.Row(b.ctx, member, task.ID)
			return err == nil && now.StalledSince != nil
		}, 10*time.Second, 10*time.Millisecond)
		b.Progress(tasks.LeaseOf(held), first, 10, "")
		require.Eventually(t, func() bool {
			now, err := b.Row(b.ctx, member, task.ID)
			return err == nil && now.StalledSince == nil && now.Progress == 10
		}, 10*time.Second, 10*time.Millisecond)
		b.requireFolded(t, task.ID)
	}, func(o *tasks.Options) { o.StallAfter = 700 * time.Millisecond })
}
