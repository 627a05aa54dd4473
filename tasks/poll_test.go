package tasks_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"stepcast/internal/randomtest"
	"stepcast/models"
	"stepcast/tasks"
)

// eachWay runs a test on every database, with polls that trust memory and with polls
// that ask for the version.
func eachWay(t *testing.T, test func(t *testing.T, b *bundle), change ...func(*tasks.Options)) {
	t.Helper()
	t.Parallel()
	for name, alone := range map[string]bool{"alone": true, "one of several": false} {
		t.Run(name, func(t *testing.T) {
			each(t, test, append(change, func(o *tasks.Options) { o.Alone = alone })...)
		})
	}
}

// TestPollsNeverGoBack polls a task from many sides while it changes: no version, line or
// final state is ever taken back, and whoever changed the task sees what he did.
func TestPollsNeverGoBack(t *testing.T) {
	eachWay(t, func(t *testing.T, b *bundle) {
		random := randomtest.New(t)
		task := b.submit(t, member, oneStep())
		held := b.claim(t, "w")
		b.begin(t, held, first)
		over := make(chan struct{})
		var pollers sync.WaitGroup
		for range 4 {
			pollers.Go(func() { b.poll(t, task.ID, over) })
		}
		for i := range 200 {
			switch random.IntN(4) {
			case 0:
				b.Progress(tasks.LeaseOf(held), first, float64(i)/2, "")
			case 1:
				line := models.LogLine{Attempt: 1, At: time.Now().UTC(), Level: models.Info, Stream: models.Stdout, Text: fmt.Sprint("line ", i)}
				require.NoError(t, b.AppendLog(b.ctx, tasks.LeaseOf(held), []models.LogLine{line}))
			case 2:
				b.requirePolled(t)(b.Pause(b.ctx, member, tasks.ControlInput{ID: task.ID}))
			case 3:
				b.requirePolled(t)(b.Resume(b.ctx, member, tasks.ControlInput{ID: task.ID}))
			}
		}
		b.requirePolled(t)(b.end(t, held, first, models.Failed), nil)
		b.requirePolled(t)(b.Retry(b.ctx, member, tasks.ControlInput{ID: task.ID}))
		b.requirePolled(t)(b.Cancel(b.ctx, member, tasks.ControlInput{ID: task.ID}))
		close(over)
		pollers.Wait()
		polled, err := b.Poll(b.ctx, member, task.ID)
		require.NoError(t, err)
		stored := b.requireFolded(t, task.ID)
		require.Equal(t, asJSON(t, stored), asJSON(t, polled.Task), "memory has what is stored")
		require.Equal(t, stored.LogLines, polled.LogLines)
	})
}

// requirePolled checks that a change is polled as soon as it is answered.
func (b *bundle) requirePolled(t *testing.T) func(*models.Task, error) {
	t.Helper()
	return func(after *models.Task, err error) {
		t.Helper()
		require.NoError(t, err)
		polled, err := b.Poll(b.ctx, member, after.ID)
		require.NoError(t, err)
		require.GreaterOrEqual(t, polled.Version, after.Version, "who changed the task sees it")
		if polled.Version == after.Version {
			require.Equal(t, after.Status, polled.Status)
		}
	}
}

// poll polls the task and its log until over is closed, and reads the log to its end.
func (b *bundle) poll(t *testing.T, id int64, over <-chan struct{}) {
	var last *models.Task
	var read []models.LogLine
	for done := false; ; {
		select {
		case <-over:
			done = true
		default:
		}
		polled, err := b.Poll(b.ctx, member, id)
		if !assert.NoError(t, err) || last != nil && !assertForward(t, last, polled.Task) {
			return
		}
		last = polled.Task
		batch, err := b.LogOf(b.ctx, last, tasks.LogQuery{After: int64(len(read)), First: 7})
		if !assert.NoError(t, err) || !assert.Nil(t, batch.Gap) {
			return
		}
		if read = append(read, batch.Lines...); done && batch.CaughtUp {
			break
		}
	}
	assert.Equal(t, asJSON(t, b.lines(t, last)), asJSON(t, read), "each line once, in order")
}

// assertForward checks that what was polled later is not older.
func assertForward(t *testing.T, before, after *models.Task) bool {
	t.Helper()
	ok := assert.GreaterOrEqual(t, after.Version, before.Version) && assert.GreaterOrEqual(t, after.LogLines, before.LogLines)
	if after.Version > before.Version && before.Status.Final() {
		ok = ok && assert.Greater(t, after.Attempt, before.Attempt, "only another attempt changes what is final")
	}
	return ok
}

// TestPollsSeeOtherProcesses: what one process has committed, the next poll of another one
// sees, and its log too.
func TestPollsSeeOtherProcesses(t *testing.T) {
	each(t, func(t *testing.T, here *bundle) {
		there := setup(t, here.store)
		task := here.submit(t, member, oneStep())
		held := here.claim(t, "w")
		here.begin(t, held, first)
		control := []func(*tasks.Service) (*models.Task, error){
			func(s *tasks.Service) (*models.Task, error) {
				return s.Pause(here.ctx, member, tasks.ControlInput{ID: task.ID})
			},
			func(s *tasks.Service) (*models.Task, error) {
				return s.Resume(here.ctx, member, tasks.ControlInput{ID: task.ID})
			},
		}
		for i := range 20 {
			after, err := control[i%2](here.Service)
			require.NoError(t, err)
			there.requirePolled(t)(after, nil)
			here.requirePolled(t)(control[(i+1)%2](there.Service))
			require.NoError(t, here.AppendLog(here.ctx, tasks.LeaseOf(held), []models.LogLine{{Attempt: 1, Level: models.Info, Stream: models.Stdout, Text: "x"}}))
		}
		ended := here.end(t, held, first, models.Succeeded)
		polled, err := there.Poll(there.ctx, member, task.ID)
		require.NoError(t, err)
		require.Equal(t, ended.Version, polled.Version)
		require.Equal(t, ended.LogLines, polled.LogLines)
		batch, err := there.Log(there.ctx, member, task.ID, tasks.LogQuery{First: tasks.MaxLogPage})
		require.NoError(t, err)
		require.Equal(t, asJSON(t, here.lines(t, ended)), asJSON(t, batch.Lines))
	})
}

// TestPollRights: a snapshot in memory is shown to none who may not see the task.
func TestPollRights(t *testing.T) {
	eachWay(t, func(t *testing.T, b *bundle) {
		task := b.submit(t, member, oneStep())
		for range 2 {
			for _, v := range []models.Viewer{member, admin, operator, observer} {
				polled, err := b.Poll(b.ctx, v, task.ID)
				require.NoError(t, err, v.Name)
				require.Equal(t, task.ID, polled.ID)
			}
			blind := member
			blind.Scopes = []models.Scope{models.ScopeControl}
			for _, v := range []models.Viewer{other, blind} {
				_, err := b.Poll(b.ctx, v, task.ID)
				requireFault(t, err, models.CodeNotFound)
				require.True(t, models.AsFault(err).Foreign, v.Name)
				_, err = b.Log(b.ctx, v, task.ID, tasks.LogQuery{First: 1})
				requireFault(t, err, models.CodeNotFound)
			}
		}
		_, err := b.Poll(b.ctx, admin, task.ID+1)
		requireFault(t, err, models.CodeNotFound)
		require.False(t, models.AsFault(err).Foreign)
	})
}

// TestPolledUntilDeleted: a finished task is polled until its retention is over, and
// does not exist after that.
func TestPolledUntilDeleted(t *testing.T) {
	eachWay(t, func(t *testing.T, b *bundle) {
		var ahead atomic.Int64
		later := setup(t, b.store, func(o *tasks.Options) {
			o.Alone, o.Retention = b.Alone, time.Hour
			o.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		})
		task := later.submit(t, member, oneStep())
		held := later.claim(t, "w")
		later.begin(t, held, first)
		later.end(t, held, first, models.Succeeded)
		polled, err := later.Poll(b.ctx, member, task.ID)
		require.NoError(t, err)
		require.Equal(t, models.Succeeded, polled.Status)
		ahead.Store(int64(2 * time.Hour))
		require.Eventually(t, func() bool {
			_, err := b.store.Row(b.ctx, task.ID)
			return models.CodeOf(err) == models.CodeNotFound
		}, time.Minute, 10*time.Millisecond, "the reaper deletes it")
		require.Eventually(t, func() bool {
			_, err := later.Poll(b.ctx, member, task.ID)
			return models.CodeOf(err) == models.CodeNotFound
		}, time.Minute, 10*time.Millisecond, "and it is polled no more")
	})
}
