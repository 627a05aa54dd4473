package tasks

import (
	"context"
	"io"
	"time"

	"stepcast/models"
	"stepcast/watch"
)

const (
	// streamPage and streamBytes bound what one element of a cursor stream holds: how many
	// lines or events, and the bytes of their texts; one that has more comes alone. It is
	// what waits, beside what a queue may hold, for a reader that takes nothing.
	streamPage  = 500
	streamBytes = 32 << 10
)

// fitting is how many of some texts, given by their sizes, one element holds: at least one.
func fitting(n int, size func(i int) int) int {
	bytes := 0
	for i := range n {
		if bytes += size(i); bytes > streamBytes {
			return max(i, 1)
		}
	}
	return n
}

// Stream is a sequence that its reader pulls. Next blocks until there is something
// new, ctx ends, or the stream is over (io.EOF). It is for one goroutine. Close it.
type Stream[T any] struct {
	next  func(context.Context) (T, Mark, error)
	close func()
	mark  Mark
}

// Mark says where an element of a stream belongs.
type Mark struct {
	// Task is whom the element is about.
	Task int64
	// The element leads from the position From to the position To, where the next one
	// about the same task begins. Positions are versions of the task with Watch and
	// WatchTasks, which say of each task first how it is now: From is 0 then. They are
	// numbers of events with WatchEvents and of lines with WatchLog. A gap leads to where
	// to go on: from 0 with WatchEvents, from the line number given with WatchLog.
	From, To int64
	// Told is when this process learned of the newest that the element has; zero when that
	// was known before the stream began.
	Told time.Time
	// Repeated says that WatchTasks was asked to give the task again.
	Repeated bool
}

// Next gives the next element.
func (s *Stream[T]) Next(ctx context.Context) (T, error) {
	element, mark, err := s.next(ctx)
	if err == nil {
		s.mark = mark
	}
	return element, err
}

// Mark is about the element that Next gave last; zero before it gave any.
func (s *Stream[T]) Mark() Mark { return s.mark }

// Close releases what the stream holds. It may be called more than once.
func (s *Stream[T]) Close() { s.close() }

// following is a task that a stream follows.
type following struct {
	*watch.Follower
	// start is the task as it was when the stream began.
	start *models.Task
}

// follow starts to follow a task that v may see. What happens after it returned is
// signalled. The start is as new as what Task would give, mostly from memory: many who
// follow one task cost the database no more than one.
func (s *Service) follow(ctx context.Context, v models.Viewer, id int64) (following, error) {
	f := s.Hub.Follow(id)
	start, err := s.Poll(ctx, v, id)
	if err != nil {
		f.Close()
		return following{}, err
	}
	return following{f, start.Task}, nil
}

// mark is about an element of the task's versions or events.
func (f following) mark(from, to int64) Mark {
	m := Mark{Task: f.start.ID, From: from, To: to}
	if to > f.start.Version {
		m.Told = f.Told(to, 0)
	}
	return m
}

// markLines is about an element of the task's log.
func (f following) markLines(from, to int64) Mark {
	m := Mark{Task: f.start.ID, From: from, To: to}
	if to > f.start.LogLines {
		m.Told = f.Told(0, to)
	}
	return m
}

func wait(ctx context.Context, changed <-chan struct{}) error {
	select {
	case <-changed:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// goneIsOver ends a stream when its task was deleted.
func goneIsOver(err error) error {
	if models.CodeOf(err) == models.CodeNotFound {
		return io.EOF
	}
	return err
}

// checkUntil refuses a bound that is no position.
func checkUntil(until int64) error {
	if until < 0 {
		return models.Invalid([]string{"until"}, "until is the last position to stream, 0 for no bound, not %d", until)
	}
	return nil
}

// Watch streams the task now, and again whenever it changed; states in between may
// be left out, the last never is. It ends after the attempt's final state.
func (s *Service) Watch(ctx context.Context, v models.Viewer, id int64) (*Stream[*models.Task], error) {
	f, err := s.follow(ctx, v, id)
	if err != nil {
		return nil, err
	}
	w := &taskWatch{following: f}
	return &Stream[*models.Task]{next: w.next, close: f.Close}, nil
}

// taskWatch streams the states of a task.
type taskWatch struct {
	following
	// seen is the version given last, 0 for none; over says that it was final.
	seen int64
	over bool
}

func (w *taskWatch) next(ctx context.Context) (*models.Task, Mark, error) {
	for !w.over {
		changed := w.Changed()
		t, err := w.Snapshot(ctx)
		if err != nil {
			return nil, Mark{}, goneIsOver(err)
		}
		if t.Version > w.seen {
			m := w.mark(w.seen, t.Version)
			w.seen, w.over = t.Version, t.Status.Final()
			return t, m, nil
		}
		if err := wait(ctx, changed); err != nil {
			return nil, Mark{}, err
		}
	}
	return nil, Mark{}, io.EOF
}
