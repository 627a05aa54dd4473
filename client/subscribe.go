package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// provenAfter is how long a connection must have held to count as a success, when
// nothing came over it.
const provenAfter = time.Minute

// errComplete is the server's word that a subscription has ended.
var errComplete = errors.New("complete")

// feed is one subscription: what to ask for, and what to make of what comes. It
// remembers where the subscription stands, so that asking again goes on from there.
type feed[T any] interface {
	// request asks for what comes after all that accept has seen.
	request() request
	// accept takes the `data` of a value; deliver is false when there is nothing in it
	// that was not delivered before. An error ends the stream.
	accept(data json.RawMessage) (v T, deliver bool, err error)
}

// opener is a feed that has something to say whenever the subscription stands, the
// first time and after each lost connection.
type opener[T any] interface {
	opened() T
}

// snapshots marks a feed of which only the newest value matters.
type snapshots interface {
	latestOnly()
}

// subscribe starts a stream; what says in errors what it is.
func subscribe[T any](ctx context.Context, c *Client, what string, f feed[T]) *Stream[T] {
	ctx, abandon := context.WithCancelCause(ctx)
	held := streamBuffer
	_, latest := f.(snapshots)
	if latest {
		held = 1
	}
	s := &Stream[T]{values: make(chan T, held), abandon: abandon}
	go func() {
		defer close(s.values)
		defer abandon(nil)
		err := (&subscription[T]{client: c, feed: f, stream: s, latest: latest}).run(ctx)
		switch {
		case errors.Is(err, errComplete):
			s.err = io.EOF
		case ctx.Err() != nil:
			s.err = context.Cause(ctx)
		case errors.Is(err, io.EOF):
			// What broke must not look like the end of the stream.
			s.err = fmt.Errorf("%s: %w: %v", what, io.ErrUnexpectedEOF, err)
		default:
			s.err = fmt.Errorf("%s: %w", what, err)
		}
	}()
	return s
}

// subscription keeps a stream going over one connection after the other.
type subscription[T any] struct {
	client *Client
	feed   feed[T]
	stream *Stream[T]
	latest bool // a value replaces one that was not read yet

	reached  bool // some connection was acknowledged
	failures int  // in a row
	refused  bool // the token was refused, and nothing has proven since that it is good
}

// run returns errComplete, or why the stream cannot go on.
func (s *subscription[T]) run(ctx context.Context) error {
	for {
		err := s.attend(ctx)
		if ctx.Err() != nil || errors.Is(err, errComplete) {
			return err
		}
		again := passing(err)
		if forbidden(err) && !s.refused {
			s.refused, again = true, true
		}
		if !again {
			return err
		}
		s.failures++
		wait, again := s.client.backoff(Failure{Count: s.failures, Err: err, Reached: s.reached})
		if !again {
			return fmt.Errorf("gave up after try %d: %w", s.failures, err)
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
	}
}

// attend subscribes over a connection of its own until that ends; the error is never nil.
func (s *subscription[T]) attend(ctx context.Context) error {
	conn, err := s.client.connect(ctx)
	if err != nil {
		return err
	}
	s.reached = true
	began := time.Now()
	err = s.consume(ctx, conn)
	conn.end(err)
	if time.Since(began) >= provenAfter {
		s.proven()
	}
	return err
}

// proven forgets earlier failures. An acknowledgement alone is no proof: a server that
// accepts and then closes at once would be asked again without a pause.
func (s *subscription[T]) proven() { s.failures, s.refused = 0, false }
