package tasks_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/tasks"
)

// leaseHolder is a worker that holds a lease on the one content of a task: the
// built-in one, or an outside one. Both pass the same suite.
type leaseHolder interface {
	runType() string
	// claim takes the task; false when there is none to take.
	claim(t *testing.T) (task *models.Task, ok bool)
	begin() error
	progress(percent float64) error
	finish(status models.Status) error
	// beat renews the lease.
	beat() error
	// afterwards reports about work that is over.
	afterwards() error
}

func TestLeaseSuite(t *testing.T) {
	const lease = 2 * time.Second
	for name, open := range map[string]func(b *bundle) leaseHolder{
		"built-in": func(b *bundle) leaseHolder { return &builtIn{b: b, id: "w-" + time.Now().String()[20:29]} },
		"outside":  func(b *bundle) leaseHolder { return &outside{b: b} },
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) {
				t.Run("one of many claims wins", func(t *testing.T) { oneClaimWins(t, b, open) })
				t.Run("a lost lease ends the attempt", func(t *testing.T) { lostLease(t, b, open) })
				t.Run("a renewed lease goes on", func(t *testing.T) { renewedLease(t, b, open) })
			}, func(o *tasks.Options) { o.Lease = lease })
		})
	}
}

func leaseTask(t *testing.T, b *bundle, runType string, attempts int) *models.Task {
	return b.submit(t, member, tasks.SubmitInput{
		Description: models.Plain("x"), MaxAttempts: attempts, BackoffSeconds: new(int),
		Steps: []tasks.StepInput{step("x", runType)},
	})
}

func oneClaimWins(t *testing.T, b *bundle, open func(*bundle) leaseHolder) {
	task := leaseTask(t, b, open(b).runType(), 1)
	const rivals = 8
	won := make(chan leaseHolder, rivals)
	for range rivals {
		go func() {
			h := open(b)
			if _, ok := h.claim(t); !ok {
				h = nil
			}
			won <- h
		}()
	}
	var winner leaseHolder
	for range rivals {
		if h := <-won; h != nil {
			require.Nil(t, winner, "only one claim wins")
			winner = h
		}
	}
	require.NotNil(t, winner)
	require.NoError(t, winner.begin())
	require.NoError(t, winner.finish(models.Succeeded))
	require.Equal(t, models.Succeeded, b.requireFolded(t, task.ID).Status)
	require.Error(t, winner.afterwards(), "a lease ends with its work")
}

func lostLease(t *testing.T, b *bundle, open func(*bundle) leaseHolder) {
	first := open(b)
	task := leaseTask(t, b, first.runType(), 2)
	_, ok := first.claim(t)
	require.True(t, ok)
	require.NoError(t, first.begin())
	require.NoError(t, first.progress(40))
	b.await(t, task.ID, func(now *models.Task) bool { return now.Attempt == 2 && now.Status == models.Waiting })

	require.True(t, stale(first.finish(models.Succeeded)), "a write under an older token is refused")
	second := open(b)
	again, ok := second.claim(t)
	require.True(t, ok)
	require.EqualValues(t, 2, again.Fencing)
	require.True(t, stale(first.finish(models.Succeeded)), "also after somebody else took over")
	require.NoError(t, second.begin())
	now := b.await(t, task.ID, func(now *models.Task) bool { return now.Status.Final() })
	require.Equal(t, models.Failed, now.Status, "the last attempt fails")
	require.Equal(t, models.ErrLeaseLost, now.Failure.Code)
	require.Equal(t, models.EndedByServer, now.Ending.By)
	b.requireFolded(t, task.ID)
}

func renewedLease(t *testing.T, b *bundle, open func(*bundle) leaseHolder) {
	h := open(b)
	task := leaseTask(t, b, h.runType(), 1)
	_, ok := h.claim(t)
	require.True(t, ok)
	require.NoError(t, h.begin())
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	until := time.Now().Add(5 * time.Second)
	for now := range tick.C {
		require.NoError(t, h.beat())
		if now.After(until) {
			break
		}
	}
	require.NoError(t, h.finish(models.Succeeded))
	require.Equal(t, models.Succeeded, b.requireFolded(t, task.ID).Status)
}

func stale(err error) bool { return models.CodeOf(err) == models.CodeStaleLease }

// await waits until the stored task is as wanted.
func (b *bundle) await(t *testing.T, id int64, wanted func(*models.Task) bool) (now *models.Task) {
	t.Helper()
	require.Eventually(t, func() bool {
		var err error
		now, err = b.store.Task(b.ctx, id)
		return err == nil && wanted(now)
	}, 30*time.Second, 20*time.Millisecond)
	return now
}

type builtIn struct {
	b    *bundle
	id   string
	held *models.Task
}

func (w *builtIn) runType() string { return "shell" }

func (w *builtIn) claim(t *testing.T) (*models.Task, bool) {
	if err := w.beat(); err != nil {
		t.Error(err)
		return nil, false
	}
	claimed, err := w.b.ClaimNext(w.b.ctx, w.id, 1)
	if err != nil || len(claimed) == 0 {
		return nil, false
	}
	w.held = claimed[0]
	return w.held, true
}

func (w *builtIn) begin() error {
	_, err := w.b.Begin(w.b.ctx, tasks.LeaseOf(w.held), first)
	return err
}

func (w *builtIn) progress(percent float64) error {
	w.b.Progress(tasks.LeaseOf(w.held), first, percent, "")
	return nil
}

func (w *builtIn) finish(status models.Status) error {
	_, err := w.b.EndExecution(w.b.ctx, tasks.LeaseOf(w.held), first, first, tasks.Outcome{Status: status})
	return err
}

func (w *builtIn) beat() error {
	_, err := w.b.Heartbeat(w.b.ctx, models.Worker{ID: w.id})
	return err
}

type outside struct {
	b        *bundle
	lease    tasks.Claim
	sequence int64
}

func (w *outside) runType() string { return models.RunExternal }

func (w *outside) claim(*testing.T) (*models.Task, bool) {
	claim, err := w.b.Claim(w.b.ctx, member, tasks.ClaimInput{})
	w.lease = claim
	return claim.Task, err == nil && claim.Task != nil
}

func (w *outside) report(contents ...tasks.ContentReport) error {
	w.sequence++
	_, err := w.b.Report(w.b.ctx, member, tasks.ReportInput{
		TaskID: w.lease.Task.ID, LeaseToken: w.lease.LeaseToken, Sequence: w.sequence, Contents: contents,
	})
	return err
}

func (w *outside) content() string { return models.ContentID(w.lease.Task.ID, first) }

func (w *outside) begin() error { return w.finish(models.Running) }

func (w *outside) progress(percent float64) error {
	return w.report(tasks.ContentReport{ContentID: w.content(), Progress: &percent})
}

func (w *outside) finish(status models.Status) error {
	return w.report(tasks.ContentReport{ContentID: w.content(), Status: &status})
}

func (w *outside) beat() error { return w.report() }

func (w *builtIn) afterwards() error { return w.finish(models.Failed) }
func (w *outside) afterwards() error { return w.beat() }

// TestReaperEndsTheLeaseThatWasLost, and not that of who has claimed the task meanwhile.
func TestReaperEndsTheLeaseThatWasLost(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		task := leaseTask(t, b, "shell", 3)
		lost := tasks.LeaseOf(b.claim(t, "gone"))
		_, err := b.HandBack(b.ctx, lost)
		require.NoError(t, err)
		claimed := b.claim(t, "w")
		require.Equal(t, task.ID, claimed.ID)
		require.NoError(t, b.Reap(b.ctx, lost))
		now, err := b.Task(b.ctx, member, task.ID)
		require.NoError(t, err)
		require.Equal(t, tasks.LeaseOf(claimed), tasks.LeaseOf(now), "who holds it now is not lost")
		require.NoError(t, b.Reap(b.ctx, tasks.LeaseOf(claimed)))
		now, err = b.Task(b.ctx, member, task.ID)
		require.NoError(t, err)
		require.Empty(t, now.Worker)
	})
}

// TestEndedTasksAreForgotten by the recorder, which walks those that are not ten times a second.
func TestEndedTasksAreForgotten(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		for range 5 {
			b.submit(t, member, oneStep())
			held := b.claim(t, "w")
			b.begin(t, held, first)
			b.Progress(tasks.LeaseOf(held), first, 50, "half")
			require.NoError(t, b.AppendLog(b.ctx, tasks.LeaseOf(held), []models.LogLine{{Text: "x", Level: models.Info, Stream: models.Stdout}}))
			b.end(t, held, first, models.Succeeded)
		}
		require.Eventually(t, func() bool { return b.SoftStates() == 0 }, 10*time.Second, time.Millisecond)
	})
}

func TestOutsideWorker(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		in := tasks.SubmitInput{
			Description: models.Plain("x"), Labels: []models.Label{{Key: "site", Value: "berlin"}},
			Steps: []tasks.StepInput{step("prepare", "external"), step("build", "shell"), step("ship", "external")},
		}
		task := b.submit(t, member, in)
		waiting, err := b.waitingFor(task)
		require.NoError(t, err)
		require.Equal(t, tasks.WaitExternal, waiting.Reason)
		claimed, err := b.ClaimNext(b.ctx, "w", 1)
		require.NoError(t, err)
		require.Empty(t, claimed, "the built-in worker has nothing to do")

		none, err := b.Claim(b.ctx, other, tasks.ClaimInput{})
		require.NoError(t, err)
		require.Nil(t, none.Task, "a member works on own tasks")
		_, err = b.Claim(b.ctx, other, tasks.ClaimInput{ID: &task.ID})
		requireFault(t, err, models.CodeNotFound)
		none, err = b.Claim(b.ctx, operator, tasks.ClaimInput{Labels: []models.Label{{Key: "site", Value: "paris"}}})
		require.NoError(t, err)
		require.Nil(t, none.Task)
		claim, err := b.Claim(b.ctx, operator, tasks.ClaimInput{Labels: in.Labels})
		require.NoError(t, err)
		require.Equal(t, task.ID, claim.Task.ID)
		require.Equal(t, 1, claim.Step)

		content := models.ContentID(task.ID, first)
		progress, message := 30.0, models.Plain("on it")
		report := tasks.ReportInput{
			TaskID: task.ID, LeaseToken: claim.LeaseToken, Sequence: 1,
			Contents:    []tasks.ContentReport{{ContentID: content, Status: ptr(models.Running), Progress: &progress, Message: &message}},
			AddContents: []tasks.ContentInput{{Message: models.Plain("more"), RunType: "external"}},
			Log:         []tasks.LogLineInput{{Text: "a\nb", ContentID: content}},
		}
		for range 2 { // it comes twice and counts once
			desired, err := b.Report(b.ctx, operator, report)
			require.NoError(t, err)
			require.Equal(t, models.Running, desired)
		}
		now := b.requireFolded(t, task.ID)
		require.Equal(t, []models.Status{models.Running, models.Running, models.Waiting, models.Waiting, models.Waiting}, statuses(now))
		require.EqualValues(t, 30, now.Steps[0].Contents[0].Progress)

		bad := func(code models.ErrorCode, change func(*tasks.ReportInput), field ...string) {
			t.Helper()
			in := report
			in.Sequence = 2
			change(&in)
			_, err := b.Report(b.ctx, operator, in)
			requireFault(t, err, code, field...)
		}
		bad(models.CodeInvalid, func(in *tasks.ReportInput) { in.Contents[0].Progress = ptr(101.0) }, "contents", "0", "progress")
		report.Contents[0].Progress = &progress
		bad(models.CodeInvalid, func(in *tasks.ReportInput) { in.Contents[0].ContentID = "7-1-1" }, "contents", "0", "contentId")
		report.Contents[0].ContentID = content
		bad(models.CodeWrongState, func(in *tasks.ReportInput) { in.Contents[0].Status = ptr(models.Cancelled) }, "contents", "0", "status")
		report.Contents[0].Status = ptr(models.Running)
		bad(models.CodeStaleLease, func(in *tasks.ReportInput) { in.LeaseToken = "1.1.x" })
		bad(models.CodeStaleLease, func(in *tasks.ReportInput) { in.LeaseToken = "nonsense" })
		bad(models.CodeInvalid, func(in *tasks.ReportInput) { in.Sequence = 0 }, "sequence")

		_, err = b.Pause(b.ctx, member, tasks.ControlInput{ID: task.ID})
		require.NoError(t, err)
		desired, err := b.Report(b.ctx, operator, tasks.ReportInput{TaskID: task.ID, LeaseToken: claim.LeaseToken, Sequence: 2})
		require.NoError(t, err)
		require.Equal(t, models.Pausing, desired)
		finish := func(sequence int64, status models.Status, refs ...models.ContentRef) models.Status {
			t.Helper()
			in := tasks.ReportInput{TaskID: task.ID, LeaseToken: claim.LeaseToken, Sequence: sequence}
			for _, ref := range refs {
				in.Contents = append(in.Contents, tasks.ContentReport{ContentID: models.ContentID(task.ID, ref), Status: &status})
			}
			desired, err := b.Report(b.ctx, operator, in)
			require.NoError(t, err)
			return desired
		}
		finish(3, models.Paused, first)
		require.Equal(t, models.Paused, b.requireFolded(t, task.ID).Status)
		_, err = b.Resume(b.ctx, member, tasks.ControlInput{ID: task.ID})
		require.NoError(t, err)
		require.Equal(t, models.Running, finish(4, models.Running, first))
		require.Equal(t, models.Running, b.requireFolded(t, task.ID).Status)
		for range 2 {
			require.Equal(t, models.Waiting, finish(5, models.Succeeded, first, models.ContentRef{Step: 1, Content: 2}),
				"the lease ends with its step, and the report that ended it may come twice")
		}
		_, err = b.Report(b.ctx, operator, tasks.ReportInput{TaskID: task.ID, LeaseToken: claim.LeaseToken, Sequence: 6})
		requireFault(t, err, models.CodeStaleLease)

		built := b.claim(t, "w")
		ref := models.ContentRef{Step: 2, Content: 1}
		b.begin(t, built, ref)
		require.Equal(t, models.Waiting, b.end(t, built, ref, models.Succeeded).Status)
		claim, err = b.Claim(b.ctx, member, tasks.ClaimInput{ID: &task.ID})
		require.NoError(t, err)
		require.Equal(t, 3, claim.Step)
		require.Equal(t, models.Succeeded, finish(1, models.Succeeded, models.ContentRef{Step: 3, Content: 1}))
		b.requireFolded(t, task.ID)
	})
}

func TestCancelWaitsForTheOutsideWorker(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		task := b.submit(t, member, tasks.SubmitInput{
			Description: models.Plain("x"), Steps: []tasks.StepInput{step("x", "external", "external")},
		})
		claim, err := b.Claim(b.ctx, member, tasks.ClaimInput{ID: &task.ID})
		require.NoError(t, err)
		now, err := b.Cancel(b.ctx, member, tasks.ControlInput{ID: task.ID})
		require.NoError(t, err)
		require.Equal(t, models.Cancelling, now.Status, "its worker may be at work already")
		desired, err := b.Report(b.ctx, member, tasks.ReportInput{TaskID: task.ID, LeaseToken: claim.LeaseToken, Sequence: 1})
		require.NoError(t, err)
		require.Equal(t, models.Cancelling, desired)
		desired, err = b.Report(b.ctx, member, tasks.ReportInput{
			TaskID: task.ID, LeaseToken: claim.LeaseToken, Sequence: 2,
			Contents: []tasks.ContentReport{{ContentID: models.ContentID(task.ID, first), Status: ptr(models.Cancelled)}},
		})
		require.NoError(t, err)
		require.Equal(t, models.Cancelled, desired)
		require.Equal(t, []models.Status{models.Cancelled, models.Cancelled, models.Cancelled}, statuses(b.requireFolded(t, task.ID)))
	})
}

func ptr[T any](v T) *T { return &v }
