package tasks_test

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/internal/randomtest"
	"stepcast/models"
	"stepcast/tasks"
)

// TestStreamsMissNothing lets readers join, drop and resume while a task writes: each
// ends with exactly the stored events and lines.
func TestStreamsMissNothing(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		random := randomtest.New(t)
		task := b.submit(t, member, oneStep())
		var readers sync.WaitGroup
		const count = 6
		events, lines := make([][]models.Event, count), make([][]models.LogLine, count)
		for i := range count {
			drops := random.IntN(10)
			readers.Go(func() { events[i] = b.readEvents(t, task.ID, drops) })
			readers.Go(func() { lines[i] = b.readLines(t, task.ID, drops) })
		}
		held := b.claim(t, "w")
		b.begin(t, held, first)
		for i := range 2000 {
			line := models.LogLine{Attempt: 1, At: time.Now().UTC(), Level: models.Info, Stream: models.Stdout, Text: fmt.Sprint("line ", i)}
			require.NoError(t, b.AppendLog(b.ctx, tasks.LeaseOf(held), []models.LogLine{line}))
			if i%100 == 0 {
				b.Progress(tasks.LeaseOf(held), first, float64(i)/20, fmt.Sprint("at ", i))
				_, err := b.OpenContent(b.ctx, tasks.LeaseOf(held), first, first, fmt.Sprint("content ", i))
				require.NoError(t, err)
			}
		}
		b.end(t, held, first, models.Succeeded)
		readers.Wait()
		stored := b.requireFolded(t, task.ID)
		for i := range count {
			require.Len(t, events[i], int(stored.Version))
			for n, e := range events[i] {
				require.EqualValues(t, n+1, e.Number, "each event once, in order")
			}
			require.Equal(t, asJSON(t, b.lines(t, stored)), asJSON(t, lines[i]))
		}
	})
}

// readEvents follows the events to the end.
func (b *bundle) readEvents(t *testing.T, id int64, drops int) (read []models.Event) {
	after := ""
	follow(t, drops, func() (*tasks.Stream[tasks.EventBatch], error) {
		return b.WatchEvents(b.ctx, member, id, tasks.EventRange{After: after})
	}, func(batch tasks.EventBatch, _ tasks.Mark) {
		for _, e := range batch.Events {
			read = append(read, e.Event)
			if e.Kind == models.PlanChanged && e.After == nil {
				t.Error("a PlanChanged comes with the plan")
			}
		}
		after = batch.Cursor
	})
	return read
}

// readLines follows the log to the end.
func (b *bundle) readLines(t *testing.T, id int64, drops int) (read []models.LogLine) {
	after := int64(0)
	follow(t, drops, func() (*tasks.Stream[tasks.LogBatch], error) {
		return b.WatchLog(b.ctx, member, id, tasks.LogRange{After: after})
	}, func(batch tasks.LogBatch, _ tasks.Mark) {
		read, after = append(read, batch.Lines...), batch.Cursor
	})
	return read
}

// follow reads a stream to its end, dropping it after every few elements and opening
// it again. It runs beside the test, so it reports and does not stop it.
func follow[T any](t *testing.T, drops int, open func() (*tasks.Stream[T], error), take func(T, tasks.Mark)) {
	for {
		stream, err := open()
		if err != nil {
			t.Error(err)
			return
		}
		for n := 0; n <= drops; n++ {
			next, err := stream.Next(t.Context())
			if err != nil {
				stream.Close()
				if !errors.Is(err, io.EOF) {
					t.Error(err)
				}
				return
			}
			take(next, stream.Mark())
		}
		stream.Close()
	}
}

func TestForeignCursorsAreGaps(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		task := b.submit(t, member, oneStep())
		for _, cursor := range []string{"nonsense", "1:", fmt.Sprintf("%d:99", task.ID), fmt.Sprintf("%d:1", task.ID+1)} {
			batch, err := b.Events(b.ctx, member, task.ID, tasks.EventQuery{After: cursor, First: 10})
			require.NoError(t, err)
			require.NotNil(t, batch.Gap, cursor)
			require.Equal(t, tasks.GapReplaced, batch.Gap.Reason)
			require.Equal(t, models.EventID(task.ID, batch.Gap.Task.Version), batch.Cursor)
		}
		stream, err := b.WatchEvents(b.ctx, member, task.ID, tasks.EventRange{After: "9999:1"})
		require.NoError(t, err)
		defer stream.Close()
		batch, err := stream.Next(b.ctx)
		require.NoError(t, err)
		require.NotNil(t, batch.Gap)
		_, err = b.Cancel(b.ctx, member, tasks.ControlInput{ID: task.ID})
		require.NoError(t, err)
		batch, err = stream.Next(b.ctx)
		require.NoError(t, err)
		require.EqualValues(t, task.Version+1, batch.Events[0].Number, "it goes on from the state that the gap gave")
		log, err := b.Log(b.ctx, member, task.ID, tasks.LogQuery{After: 10_000, First: 10})
		require.NoError(t, err)
		require.Equal(t, tasks.GapReplaced, log.Gap.Reason)
	})
}

func TestMinLevelSkipsNumbers(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		task := b.submit(t, member, oneStep())
		held := b.claim(t, "w")
		b.begin(t, held, first)
		for i := range 100 {
			level := models.LogLevels[i%4]
			line := models.LogLine{Attempt: 1, At: time.Now().UTC(), Level: level, Stream: models.Stderr, Text: fmt.Sprint(i)}
			require.NoError(t, b.AppendLog(b.ctx, tasks.LeaseOf(held), []models.LogLine{line}))
		}
		b.end(t, held, first, models.Succeeded)
		all := b.lines(t, b.requireFolded(t, task.ID))
		batch, err := b.Log(b.ctx, member, task.ID, tasks.LogQuery{First: 1000, MinLevel: models.Warn})
		require.NoError(t, err)
		require.True(t, batch.CaughtUp)
		require.EqualValues(t, len(all), batch.Cursor, "the cursor is the last line examined")
		for _, line := range batch.Lines {
			require.True(t, line.Level.AtLeast(models.Warn))
			require.Equal(t, all[line.Number-1].Text, line.Text)
		}
		require.Len(t, batch.Lines, 50)
	})
}

func TestWatchTasks(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		stream, err := b.WatchTasks(b.ctx, member, models.Filter{Statuses: []models.Status{models.Waiting}}, nil)
		require.NoError(t, err)
		defer stream.Close()
		b.submit(t, other, oneStep())
		mine := b.submit(t, member, oneStep())
		change, err := stream.Next(b.ctx)
		require.NoError(t, err)
		require.Equal(t, mine.ID, change.Task.ID, "those of others are not seen")
		require.True(t, change.Matches)
		_, err = b.Cancel(b.ctx, member, tasks.ControlInput{ID: mine.ID})
		require.NoError(t, err)
		change, err = stream.Next(b.ctx)
		require.NoError(t, err)
		require.Equal(t, mine.ID, change.Task.ID)
		require.False(t, change.Matches, "once more when it stops matching")
		require.Equal(t, models.Cancelled, change.Task.Status)
	})
}

// TestWatchFindsWhatTheListFinds, in each language of a description.
func TestWatchFindsWhatTheListFinds(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		filter := models.Filter{Text: "执行"}
		stream, err := b.WatchTasks(b.ctx, member, filter, nil)
		require.NoError(t, err)
		defer stream.Close()
		in := oneStep()
		in.Description = models.Message("task.execute")
		task := b.submit(t, member, in)
		page, err := b.List(b.ctx, member, tasks.ListInput{Filter: filter})
		require.NoError(t, err)
		require.Len(t, page.Tasks, 1)
		change, err := stream.Next(b.ctx)
		require.NoError(t, err)
		require.Equal(t, task.ID, change.Task.ID)
		require.True(t, change.Matches)
	})
}

func TestWatchEndsWithTheFinalState(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		task := b.submit(t, member, oneStep())
		stream, err := b.Watch(b.ctx, member, task.ID)
		require.NoError(t, err)
		defer stream.Close()
		now, err := stream.Next(b.ctx)
		require.NoError(t, err)
		require.Equal(t, models.Waiting, now.Status)
		held := b.claim(t, "w")
		b.begin(t, held, first)
		b.end(t, held, first, models.Succeeded)
		version := now.Version
		for now.Status != models.Succeeded {
			now, err = stream.Next(b.ctx)
			require.NoError(t, err)
			require.Greater(t, now.Version, version, "versions never go back")
			version = now.Version
		}
		_, err = stream.Next(b.ctx)
		require.ErrorIs(t, err, io.EOF)
		_, err = b.Watch(b.ctx, other, task.ID)
		requireFault(t, err, models.CodeNotFound)
	})
}
