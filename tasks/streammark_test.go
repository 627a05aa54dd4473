package tasks_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"stepcast/internal/randomtest"
	"stepcast/models"
	"stepcast/tasks"
)

// work writes lines, progress, contents and intents to a task at random, and ends it.
func (b *bundle) work(t *testing.T, random *rand.Rand, held *models.Task, changes int) {
	t.Helper()
	lease := tasks.LeaseOf(held)
	b.begin(t, held, first)
	for i := range changes {
		switch random.IntN(8) {
		case 0:
			b.Progress(lease, first, float64(i)/2, fmt.Sprint("at ", i))
		case 1:
			_, err := b.OpenContent(b.ctx, lease, first, first, fmt.Sprint("content ", i))
			require.NoError(t, err)
		case 2:
			_, err := b.Pause(b.ctx, member, tasks.ControlInput{ID: held.ID})
			require.NoError(t, err)
		case 3:
			_, err := b.Resume(b.ctx, member, tasks.ControlInput{ID: held.ID})
			require.NoError(t, err)
		default:
			level := models.LogLevels[random.IntN(4)]
			line := models.LogLine{Attempt: 1, At: time.Now().UTC(), Level: level, Stream: models.Stdout, Text: fmt.Sprint("line ", i)}
			require.NoError(t, b.AppendLog(b.ctx, lease, []models.LogLine{line}))
		}
	}
	b.end(t, held, first, models.Succeeded)
}

// marks checks the marks of one reader, who may come back.
type marks struct {
	began time.Time
	last  int64
	told  time.Time
}

// check takes the mark of the next element, which is to lead to a position.
func (m *marks) check(t *testing.T, mark tasks.Mark, task, from, to int64) {
	assert.Equal(t, task, mark.Task)
	assert.Equal(t, from, mark.From, "it begins where the one before ended")
	assert.Equal(t, to, mark.To)
	assert.Greater(t, mark.To, mark.From)
	if m.last = mark.To; mark.Told.IsZero() {
		return // it was known before
	}
	assert.False(t, mark.Told.Before(m.began), "told of before anybody followed")
	assert.False(t, mark.Told.After(time.Now()))
	assert.False(t, mark.Told.Before(m.told), "what is newer was told of later")
	m.told = mark.Told
}

// TestMarksJoin: the elements of each stream join without holes, also when its reader
// drops it and comes back, and what came while somebody followed was told at some time.
func TestMarksJoin(t *testing.T) {
	eachWay(t, func(t *testing.T, b *bundle) {
		random := randomtest.New(t)
		task := b.submit(t, member, oneStep())
		held := b.claim(t, "w")
		var readers sync.WaitGroup
		for range 3 {
			drops := random.IntN(10)
			readers.Go(func() { b.checkEventMarks(t, task.ID, drops) })
			readers.Go(func() { b.checkLogMarks(t, task.ID, drops) })
			readers.Go(func() { b.checkTaskMarks(t, task.ID) })
		}
		b.work(t, random, held, 300)
		readers.Wait()
	})
}

func (b *bundle) checkEventMarks(t *testing.T, id int64, drops int) {
	m := &marks{began: time.Now()}
	follow(t, drops, func() (*tasks.Stream[tasks.EventBatch], error) {
		return b.WatchEvents(b.ctx, member, id, tasks.EventRange{After: models.EventID(id, m.last)})
	}, func(batch tasks.EventBatch, mark tasks.Mark) {
		m.check(t, mark, id, batch.Events[0].Number-1, batch.Events[len(batch.Events)-1].Number)
	})
}

func (b *bundle) checkLogMarks(t *testing.T, id int64, drops int) {
	m := &marks{began: time.Now()}
	follow(t, drops, func() (*tasks.Stream[tasks.LogBatch], error) {
		return b.WatchLog(b.ctx, member, id, tasks.LogRange{After: m.last, MinLevel: models.Warn})
	}, func(batch tasks.LogBatch, mark tasks.Mark) {
		m.check(t, mark, id, m.last, batch.Cursor)
	})
}

func (b *bundle) checkTaskMarks(t *testing.T, id int64) {
	m := &marks{began: time.Now()}
	const forever = 1 << 30
	follow(t, forever, func() (*tasks.Stream[*models.Task], error) {
		return b.Watch(b.ctx, member, id)
	}, func(now *models.Task, mark tasks.Mark) {
		m.check(t, mark, id, m.last, now.Version)
	})
}

// TestToldIsAfterTheStreamBegan: what was there before was not told of.
func TestToldIsAfterTheStreamBegan(t *testing.T) {
	eachWay(t, func(t *testing.T, b *bundle) {
		task := b.submit(t, member, oneStep())
		events, err := b.WatchEvents(b.ctx, member, task.ID, tasks.EventRange{})
		require.NoError(t, err)
		defer events.Close()
		require.Zero(t, events.Mark())
		_, err = events.Next(b.ctx)
		require.NoError(t, err)
		require.Equal(t, tasks.Mark{Task: task.ID, To: task.Version}, events.Mark())
		before := time.Now()
		after, err := b.Cancel(b.ctx, member, tasks.ControlInput{ID: task.ID})
		require.NoError(t, err)
		told := time.Now()
		for events.Mark().To < after.Version {
			_, err = events.Next(b.ctx)
			require.NoError(t, err)
		}
		require.WithinRange(t, events.Mark().Told, before, told)
		late, err := b.Watch(b.ctx, member, task.ID)
		require.NoError(t, err)
		defer late.Close()
		_, err = late.Next(b.ctx)
		require.NoError(t, err)
		require.Equal(t, tasks.Mark{Task: task.ID, To: after.Version}, late.Mark())
	})
}
