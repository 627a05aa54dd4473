package tasks_test

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"stepcast/internal/randomtest"
	"stepcast/models"
	"stepcast/tasks"
)

// TestResumeFromAnywhere: a stream from any cursor gives exactly the rest, and up to any
// bound exactly what is between; also while all of it is written.
func TestResumeFromAnywhere(t *testing.T) {
	eachWay(t, func(t *testing.T, b *bundle) {
		random := randomtest.New(t)
		task := b.submit(t, member, oneStep())
		held := b.claim(t, "w")
		type bounds struct{ after, until int64 }
		var readers sync.WaitGroup
		events, lines := map[bounds]*[]models.Event{}, map[bounds]*[]models.LogLine{}
		for after := range int64(2) { // what there surely is already
			in := bounds{after, after + 1 + random.Int64N(60)}
			read, logged := new([]models.Event), new([]models.LogLine)
			events[in], lines[in] = read, logged
			readers.Go(func() { *read = b.eventsBetween(t, task.ID, in.after, in.until) })
			readers.Go(func() { *logged = b.linesBetween(t, task.ID, in.after, in.until) })
		}
		b.work(t, random, held, 150)
		readers.Wait()
		stored := b.requireFolded(t, task.ID)
		allEvents, err := b.store.Events(b.ctx, task.ID, 0, int(stored.Version))
		require.NoError(t, err)
		allLines := b.lines(t, stored)
		for in, read := range events {
			require.Equal(t, asJSON(t, between(allEvents, in.after, in.until)), asJSON(t, *read), in)
		}
		for in, read := range lines {
			require.Equal(t, asJSON(t, between(allLines, in.after, in.until)), asJSON(t, *read), in)
		}
		for range 50 {
			after, until := random.Int64N(stored.Version+1), random.Int64N(stored.Version+10)
			require.Equal(t, asJSON(t, between(allEvents, after, until)), asJSON(t, b.eventsBetween(t, task.ID, after, until)))
			after, until = random.Int64N(stored.LogLines+1), random.Int64N(stored.LogLines+10)
			require.Equal(t, asJSON(t, between(allLines, after, until)), asJSON(t, b.linesBetween(t, task.ID, after, until)))
		}
	})
}

// between gives the elements after one position up to another; 0 is the end.
func between[T any](all []T, after, until int64) (part []T) {
	if end := int64(len(all)); until == 0 || until > end {
		until = end
	}
	if after >= until {
		return nil
	}
	return all[after:until]
}

func (b *bundle) eventsBetween(t *testing.T, id, after, until int64) (read []models.Event) {
	stream, err := b.WatchEvents(b.ctx, member, id, tasks.EventRange{After: models.EventID(id, after), Until: until})
	drain(t, stream, err, func(batch tasks.EventBatch) {
		for _, e := range batch.Events {
			read = append(read, e.Event)
		}
	})
	return read
}

func (b *bundle) linesBetween(t *testing.T, id, after, until int64) (read []models.LogLine) {
	stream, err := b.WatchLog(b.ctx, member, id, tasks.LogRange{After: after, Until: until})
	drain(t, stream, err, func(batch tasks.LogBatch) { read = append(read, batch.Lines...) })
	return read
}

// drain reads a stream that was opened to its end. It may run beside the test.
func drain[T any](t *testing.T, stream *tasks.Stream[T], err error, take func(T)) {
	if !assert.NoError(t, err) {
		return
	}
	defer stream.Close()
	for {
		next, err := stream.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return
		}
		if !assert.NoError(t, err) {
			return
		}
		take(next)
	}
}

func TestBoundsOfStreams(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		task := b.submit(t, member, oneStep())
		_, err := b.WatchEvents(b.ctx, member, task.ID, tasks.EventRange{Until: -1})
		requireFault(t, err, models.CodeInvalid, "until")
		_, err = b.WatchLog(b.ctx, member, task.ID, tasks.LogRange{Until: -1})
		requireFault(t, err, models.CodeInvalid, "until")
		events, err := b.WatchEvents(b.ctx, member, task.ID, tasks.EventRange{After: "9999:1", Until: 1})
		require.NoError(t, err)
		defer events.Close()
		gap, err := events.Next(b.ctx)
		require.NoError(t, err)
		require.Equal(t, tasks.GapReplaced, gap.Gap.Reason)
		require.Equal(t, tasks.Mark{Task: task.ID, To: task.Version}, events.Mark(), "a gap leads past the bound")
		_, err = events.Next(b.ctx)
		require.ErrorIs(t, err, io.EOF)
		log, err := b.WatchLog(b.ctx, member, task.ID, tasks.LogRange{After: 1000, Until: 1001})
		require.NoError(t, err)
		defer log.Close()
		lines, err := log.Next(b.ctx)
		require.NoError(t, err)
		require.Equal(t, tasks.GapReplaced, lines.Gap.Reason)
		require.Equal(t, tasks.Mark{Task: task.ID, From: 1000, To: task.LogLines}, log.Mark())
	})
}

// TestJoiningRacesWriting: who asks for what comes after a cursor, at any moment of a
// commit, gets exactly that.
func TestJoiningRacesWriting(t *testing.T) {
	eachWay(t, func(t *testing.T, b *bundle) {
		task := b.submit(t, member, oneStep())
		held := b.claim(t, "w")
		b.begin(t, held, first)
		control := []func(context.Context, models.Viewer, tasks.ControlInput) (*models.Task, error){b.Pause, b.Resume}
		seen, err := b.Row(b.ctx, member, task.ID)
		require.NoError(t, err)
		for i := range 100 {
			after := seen.Version
			read := make(chan []models.Event, 4)
			for range cap(read) {
				go func() { read <- b.eventsBetween(t, task.ID, after, after+1) }()
			}
			seen, err = control[i%2](b.ctx, member, tasks.ControlInput{ID: task.ID})
			require.NoError(t, err)
			require.Greater(t, seen.Version, after)
			for range cap(read) {
				events := <-read
				require.Len(t, events, 1)
				require.Equal(t, after+1, events[0].Number)
			}
		}
	})
}

// TestMemoryHasWhatIsStored: events come to who follows from memory as from the store,
// with the same plans.
func TestMemoryHasWhatIsStored(t *testing.T) {
	eachWay(t, func(t *testing.T, b *bundle) {
		random := randomtest.New(t)
		task := b.submit(t, member, oneStep())
		held := b.claim(t, "w")
		read := make(chan []tasks.RecordedEvent)
		go func() { read <- b.recorded(t, task.ID, task.Version) }()
		b.work(t, random, held, 300)
		live := <-read
		require.Equal(t, asJSON(t, b.recorded(t, task.ID, task.Version)), asJSON(t, live))
		stored := b.requireFolded(t, task.ID)
		require.Equal(t, asJSON(t, stored.Steps), asJSON(t, lastPlan(live, stored).Steps))
	})
}

// recorded gives the events after a number with what belongs to them.
func (b *bundle) recorded(t *testing.T, id, after int64) (read []tasks.RecordedEvent) {
	stream, err := b.WatchEvents(b.ctx, member, id, tasks.EventRange{After: models.EventID(id, after)})
	drain(t, stream, err, func(batch tasks.EventBatch) { read = append(read, batch.Events...) })
	return read
}

// lastPlan replays the events onto the task as it was after the last PlanChanged.
func lastPlan(events []tasks.RecordedEvent, origin *models.Task) *models.Task {
	task := models.Origin(origin)
	for _, e := range events {
		if e.After != nil {
			task = e.After.Clone()
		} else if task.Version > 0 {
			task.Apply(e.Event)
		}
	}
	return task
}

// TestStreamsOfOtherProcesses: what another process commits comes too, by polling alone.
func TestStreamsOfOtherProcesses(t *testing.T) {
	each(t, func(t *testing.T, here *bundle) {
		there := setup(t, here.store)
		random := randomtest.New(t)
		task := here.submit(t, member, oneStep())
		held := here.claim(t, "w")
		var readers sync.WaitGroup
		var events []models.Event
		var lines []models.LogLine
		readers.Go(func() { events = there.readEvents(t, task.ID, 3) })
		readers.Go(func() { lines = there.readLines(t, task.ID, 3) })
		readers.Go(func() { there.checkEventMarks(t, task.ID, 3) })
		readers.Go(func() { there.checkLogMarks(t, task.ID, 3) })
		here.work(t, random, held, 100)
		readers.Wait()
		stored := here.requireFolded(t, task.ID)
		require.Len(t, events, int(stored.Version))
		require.Equal(t, asJSON(t, here.lines(t, stored)), asJSON(t, lines))
	})
}
