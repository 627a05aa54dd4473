package resolvers

import (
	"context"
	"errors"
	"io"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"

	"stepcast/internal/sharing"
	"stepcast/tasks"
)

// source is a tasks.Stream; tests have others.
type source[T any] interface {
	Next(ctx context.Context) (T, error)
	Mark() tasks.Mark
	Close()
}

var _ source[tasks.TaskChange] = (*tasks.Stream[tasks.TaskChange])(nil)

// forward passes on what a stream gives until it is over, it breaks, or ctx ends,
// and closes it. show gives an element as it is shown, and its place, which whoever
// runs the execution is told first. gqlgen knows of a closed channel only: StreamError tells the transport that it broke.
func forward[T, U any](ctx context.Context, s source[T], show func(T, tasks.Mark) (U, sharing.Mark)) <-chan U {
	op := graphql.GetOperationContext(ctx)
	breach := &atomic.Pointer[error]{}
	op.Stats.SetExtension(breachKey, breach)
	out, execution := make(chan U), sharing.Of(ctx)
	go func() {
		defer close(out)
		defer s.Close()
		// Nobody else recovers on this goroutine.
		defer func() {
			if value := recover(); value != nil {
				err := op.RecoverFunc(ctx, value)
				breach.Store(&err)
			}
		}()
		for {
			next, err := s.Next(ctx)
			if err != nil {
				if !errors.Is(err, io.EOF) && ctx.Err() == nil {
					breach.Store(&err)
				}
				return
			}
			shown, place := show(next, s.Mark())
			execution.Tell(place)
			select {
			case out <- shown:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// breachKey names what forward leaves in the operation.
const breachKey = "stepcast.streamError"

// StreamError is why the stream of the subscription in ctx ended before its time;
// nil when it did not. A transport asks once the stream has ended.
func StreamError(ctx context.Context) error {
	if !graphql.HasOperationContext(ctx) {
		return nil
	}
	breach, ok := graphql.GetOperationContext(ctx).Stats.GetExtension(breachKey).(*atomic.Pointer[error])
	if !ok {
		return nil
	}
	if err := breach.Load(); err != nil {
		return *err
	}
	return nil
}
