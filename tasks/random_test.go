package tasks_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/internal/randomtest"
	"stepcast/models"
	"stepcast/tasks"
)

// TestRandomLives lets workers and people do random things to random tasks, at the
// same time. Whatever happens, the events fold to the row, and no promise about
// progress and final states is broken on the way.
func TestRandomLives(t *testing.T) {
	runs := 4
	if os.Getenv("STEPCAST_LONG") != "" {
		runs = 100
	}
	each(t, func(t *testing.T, b *bundle) {
		random := randomtest.New(t)
		for range runs {
			life := &life{bundle: b, random: random, t: t}
			life.live()
		}
	})
}

// life is one random task with all that happens to it.
type life struct {
	*bundle
	t      *testing.T
	random *rand.Rand
	task   *models.Task
}

func (l *life) live() {
	in := tasks.SubmitInput{
		Description: models.Plain("random"), MaxAttempts: 1 + l.random.IntN(3), BackoffSeconds: new(int),
	}
	if l.random.IntN(2) == 0 {
		in.Origin = tasks.OriginLinkis
	}
	for i := range 1 + l.random.IntN(3) {
		var types []string
		runType := []string{"shell", "external"}[l.random.IntN(2)]
		for range 1 + l.random.IntN(3) {
			types = append(types, runType)
		}
		in.Steps = append(in.Steps, step(fmt.Sprint("step ", i), types...))
	}
	l.task = l.submit(l.t, member, in)
	var group sync.WaitGroup
	for range 3 {
		random := rand.New(rand.NewPCG(l.random.Uint64(), 1))
		group.Go(func() {
			for range 60 {
				l.act(random)
			}
		})
	}
	group.Wait()
	l.check()
}

// act does one random thing. Refusals are fine: what counts is what is left behind.
func (l *life) act(random *rand.Rand) {
	control := tasks.ControlInput{ID: l.task.ID}
	now, err := l.store.Task(l.ctx, l.task.ID)
	if err != nil {
		panic(err)
	}
	switch random.IntN(12) {
	case 0:
		_, _ = l.Pause(l.ctx, member, control)
	case 1, 2:
		_, _ = l.Resume(l.ctx, member, control)
	case 3:
		if random.IntN(4) == 0 {
			_, _ = l.Cancel(l.ctx, member, control)
		}
	case 4:
		_, _ = l.Retry(l.ctx, member, control)
	case 5:
		_, _ = l.Heartbeat(l.ctx, models.Worker{ID: "w" + l.t.Name()})
		_, _ = l.ClaimNext(l.ctx, "w"+l.t.Name(), 1)
	default:
		l.work(random, now)
	}
}

// work plays the worker that holds the task, whichever it is.
func (l *life) work(random *rand.Rand, now *models.Task) {
	lease := tasks.LeaseOf(now)
	at := now.CurrentStep()
	if at == nil {
		return
	}
	ref := at.Contents[random.IntN(len(at.Contents))].Ref()
	if at.External() {
		l.workOutside(random, now, ref)
		return
	}
	switch random.IntN(9) {
	case 0, 1:
		_, _ = l.Begin(l.ctx, lease, ref)
	case 2:
		l.Progress(lease, ref, random.Float64()*120-10, "moving")
	case 3:
		_ = l.AppendLog(l.ctx, lease, []models.LogLine{{Attempt: now.Attempt, At: time.Now().UTC(), Level: models.Info, Stream: models.Stdout, Text: "line"}})
	case 4:
		_ = l.DeclareContents(l.ctx, lease, ref, ref, []string{"a", "b"})
	case 5:
		_, _ = l.OpenContent(l.ctx, lease, ref, ref, "b")
	case 6:
		_, _ = l.ConfirmPaused(l.ctx, lease, random.IntN(2) == 0)
	case 7:
		_, _ = l.HandBack(l.ctx, lease)
	default:
		status := []models.Status{models.Succeeded, models.Succeeded, models.Succeeded, models.Failed}[random.IntN(4)]
		if now.Status == models.Cancelling {
			status = models.Cancelled
		}
		_, _ = l.EndExecution(l.ctx, lease, ref, ref, tasks.Outcome{Status: status})
	}
}

func (l *life) workOutside(random *rand.Rand, now *models.Task, ref models.ContentRef) {
	claim, err := l.Claim(l.ctx, member, tasks.ClaimInput{ID: &now.ID})
	if err != nil {
		return
	}
	for sequence := range int64(6) {
		status := []models.Status{models.Running, models.Paused, models.Succeeded, models.Succeeded, models.Failed, models.Cancelled}[random.IntN(6)]
		progress := random.Float64() * 100
		_, _ = l.Report(l.ctx, member, tasks.ReportInput{
			TaskID: now.ID, LeaseToken: claim.LeaseToken, Sequence: sequence + 1,
			Contents: []tasks.ContentReport{{ContentID: models.ContentID(now.ID, ref), Status: &status, Progress: &progress}},
			Log:      []tasks.LogLineInput{{Text: "outside\nline"}},
		})
	}
	// Whoever claimed and stopped is found out when the lease ends; here it ends now.
	row, err := l.store.Row(l.ctx, now.ID)
	if err == nil && random.IntN(2) == 0 {
		_, _ = l.HandBack(l.ctx, tasks.LeaseOf(row))
	}
}

// check replays the task and tests every promise at every event.
func (l *life) check() {
	t := l.t
	stored := l.requireFolded(t, l.task.ID)
	replay := models.Origin(stored)
	for replay.Version < stored.Version {
		events, err := l.store.Events(l.ctx, stored.ID, replay.Version, 500)
		require.NoError(t, err)
		for _, e := range events {
			before := replay
			replay = models.Fold(replay, e)
			requireStep(t, before, replay, e)
			if replay.Version == stored.Version {
				break
			}
		}
	}
	lines := l.lines(t, stored)
	require.GreaterOrEqual(t, len(lines), int(stored.LogLines))
	for i, line := range lines {
		require.EqualValues(t, i+1, line.Number, "lines have no hole")
	}
}

func (b *bundle) lines(t *testing.T, task *models.Task) (lines []models.LogLine) {
	t.Helper()
	for cursor := int64(0); cursor < task.LogLines; {
		batch, err := b.Log(b.ctx, admin, task.ID, tasks.LogQuery{After: cursor, First: 100})
		require.NoError(t, err)
		require.Greater(t, batch.Cursor, cursor)
		lines, cursor = append(lines, batch.Lines...), batch.Cursor
	}
	return lines
}

func requireStep(t *testing.T, before, after *models.Task, e models.Event) {
	t.Helper()
	require.Equal(t, before.Version+1, after.Version)
	require.GreaterOrEqual(t, after.Fencing, before.Fencing)
	if after.Status != models.Succeeded {
		require.Less(t, after.Progress, 100.0, "100 only with success")
	}
	for _, s := range after.Steps {
		require.Equal(t, models.StepStatus(s.Contents), s.Status, "a step's status follows from its contents")
	}
	if before.Attempt != after.Attempt || before.Version == 0 || e.Attempt != before.Attempt {
		return
	}
	require.GreaterOrEqual(t, after.Progress, before.Progress, "progress never goes back within an attempt")
	require.False(t, before.Status.Final() && e.Kind == models.TaskStatusChanged, "a final state is final")
}
