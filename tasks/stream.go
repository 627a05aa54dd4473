package tasks

import (
	"context"
	"io"

	"stepcast/models"
	"stepcast/watch"
)

// streamPage bounds what one element of a cursor stream holds.
const streamPage = 500

// Stream is a sequence that its reader pulls. Next blocks until there is something
// new, ctx ends, or the stream is over (io.EOF). It is for one goroutine. Close it.
type Stream[T any] struct {
	next  func(context.Context) (T, error)
	close func()
}

// Next gives the next element.
func (s *Stream[T]) Next(ctx context.Context) (T, error) { return s.next(ctx) }

// Close releases what the stream holds. It may be called more than once.
func (s *Stream[T]) Close() { s.close() }

// follow starts to follow a task that v may see. What happens after it returned is
// signalled; row is what there was just after the following began.
func (s *Service) follow(ctx context.Context, v models.Viewer, id int64) (*watch.Follower, *models.Task, error) {
	f := s.Hub.Follow(id)
	row, err := s.Row(ctx, v, id)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, row, nil
}

func wait(ctx context.Context, changed <-chan struct{}) error {
	select {
	case <-changed:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Watch streams the task now, and again whenever it changed; states in between may
// be left out, the last never is. It ends after the attempt's final state.
func (s *Service) Watch(ctx context.Context, v models.Viewer, id int64) (*Stream[*models.Task], error) {
	f, _, err := s.follow(ctx, v, id)
	if err != nil {
		return nil, err
	}
	seen, over := int64(-1), false
	next := func(ctx context.Context) (*models.Task, error) {
		for !over {
			changed := f.Changed()
			t, err := f.Snapshot(ctx)
			if err != nil {
				return nil, goneIsOver(err)
			}
			if t.Version > seen {
				seen, over = t.Version, t.Status.Final()
				return t, nil
			}
			if err := wait(ctx, changed); err != nil {
				return nil, err
			}
		}
		return nil, io.EOF
	}
	return &Stream[*models.Task]{next: next, close: f.Close}, nil
}

// goneIsOver ends a stream when its task was deleted.
func goneIsOver(err error) error {
	if models.CodeOf(err) == models.CodeNotFound {
		return io.EOF
	}
	return err
}

// WatchEvents streams every event after the cursor ("" is the beginning), in order,
// none left out. It ends after the final one.
func (s *Service) WatchEvents(ctx context.Context, v models.Viewer, id int64, after string) (*Stream[EventBatch], error) {
	f, row, err := s.follow(ctx, v, id)
	if err != nil {
		return nil, err
	}
	seen, ok := position(row, after)
	gap := !ok
	var replayed *models.Task // up to seen, once there was a PlanChanged
	next := func(ctx context.Context) (EventBatch, error) {
		if gap {
			gap = false
			batch, err := s.replaced(ctx, row)
			if err == nil {
				seen = batch.Gap.Task.Version
			}
			return batch, err
		}
		for {
			changed := f.Changed()
			row, err := s.Store.Row(ctx, id)
			if err != nil {
				return EventBatch{}, goneIsOver(err)
			}
			batch, err := s.eventPage(ctx, row, seen, row.Version, streamPage)
			if err != nil {
				return batch, err
			}
			if n := len(batch.Events); n > 0 {
				seen = batch.Events[n-1].Number
				replayed, err = s.addPlans(ctx, row, batch.Events, replayed)
				return batch, err
			}
			if row.Status.Final() {
				return EventBatch{}, io.EOF
			}
			if err := wait(ctx, changed); err != nil {
				return EventBatch{}, err
			}
		}
	}
	return &Stream[EventBatch]{next: next, close: f.Close}, nil
}

// WatchLog streams every line after a line number, in order, none left out. It ends
// after the last one. With minLevel, a batch may have no lines but a newer cursor.
func (s *Service) WatchLog(ctx context.Context, v models.Viewer, id, after int64, minLevel models.LogLevel) (*Stream[LogBatch], error) {
	if after < 0 {
		return nil, models.Invalid([]string{"after"}, "after is a line number, 0 for the beginning, not %d", after)
	}
	f, _, err := s.follow(ctx, v, id)
	if err != nil {
		return nil, err
	}
	seen := after
	next := func(ctx context.Context) (LogBatch, error) {
		for {
			changed := f.Changed()
			row, err := s.Store.Row(ctx, id)
			if err != nil {
				return LogBatch{}, goneIsOver(err)
			}
			batch, err := s.logPage(ctx, row, LogQuery{After: seen, First: streamPage, MinLevel: minLevel})
			if err != nil || batch.Gap != nil || batch.Cursor > seen {
				seen = batch.Cursor
				return batch, err
			}
			if row.Status.Final() {
				return LogBatch{}, io.EOF
			}
			if err := wait(ctx, changed); err != nil {
				return LogBatch{}, err
			}
		}
	}
	return &Stream[LogBatch]{next: next, close: f.Close}, nil
}
