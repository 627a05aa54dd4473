package client

import (
	"context"
	"errors"
	"io"
	"iter"
)

// streamBuffer is how many batches a stream holds for its reader.
const streamBuffer = 4

// ErrStreamClosed is what Next gives once Close was called.
var ErrStreamClosed = errors.New("the stream was closed")

// Stream is a sequence of values that its reader pulls. It lives until it is complete,
// fails, is closed, or the context that it was opened with ends; one of these must
// happen, or its goroutine and its socket stay. It is safe for concurrent use.
type Stream[T any] struct {
	values  chan T // closed once err is set
	err     error
	abandon context.CancelCauseFunc
}

// Next gives the next value. Its ctx bounds the wait only. When the stream is over it
// gives what was still held and then, from then on, why: io.EOF when it is complete,
// else an error.
func (s *Stream[T]) Next(ctx context.Context) (T, error) {
	var none T
	select {
	case v, ok := <-s.values:
		if !ok {
			return none, s.err
		}
		return v, nil
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
}

// All goes through the values that are to come. An error other than io.EOF comes last,
// with a zero value. Leaving the loop closes the stream.
func (s *Stream[T]) All(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		defer s.Close()
		for {
			v, err := s.Next(ctx)
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

// Close ends the stream, tells the server, and returns once nothing of it is left. It
// may be called more than once.
func (s *Stream[T]) Close() {
	s.abandon(ErrStreamClosed)
	for range s.values { // what was held, until the goroutine has ended
	}
}

// put hands a value to the reader, and waits while as much as may be held is held.
func (s *Stream[T]) put(ctx context.Context, v T) error {
	select {
	case s.values <- v:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// replace hands a value to the reader in place of one that was not read yet. It never
// waits: only the stream's own goroutine puts values in, and there is room for one.
func (s *Stream[T]) replace(v T) {
	select {
	case <-s.values:
	default:
	}
	s.values <- v
}
