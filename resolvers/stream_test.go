package resolvers

import (
	"context"
	"errors"
	"io"
	"strconv"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"stepcast/internal/sharing"
	"stepcast/tasks"
)

// fakeStream gives the values and then err; closed tells that it was closed.
type fakeStream struct {
	values []int
	err    error
	closed chan struct{}
}

func newStream(err error, values ...int) *fakeStream {
	return &fakeStream{values: values, err: err, closed: make(chan struct{})}
}

func (s *fakeStream) Next(ctx context.Context) (int, error) {
	if len(s.values) > 0 {
		next := s.values[0]
		s.values = s.values[1:]
		return next, nil
	}
	if s.err != nil {
		return 0, s.err
	}
	<-ctx.Done()
	return 0, context.Cause(ctx)
}

func (s *fakeStream) Mark() tasks.Mark { return tasks.Mark{} }

func (s *fakeStream) Close() { close(s.closed) }

func inDigits(n int, _ tasks.Mark) (string, sharing.Mark) { return strconv.Itoa(n), sharing.Mark{} }

func subscribed(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	return graphql.WithOperationContext(ctx, &graphql.OperationContext{RecoverFunc: Recover}), cancel
}

func TestForwardEndsWithItsStream(t *testing.T) {
	t.Parallel()
	broken := errors.New("database away")
	for name, test := range map[string]struct{ err, want error }{
		"over":   {io.EOF, nil},
		"broken": {broken, broken},
	} {
		ctx, cancel := subscribed(t)
		defer cancel()
		stream := newStream(test.err, 1, 2)
		got := ""
		for text := range forward(ctx, stream, inDigits) {
			got += text
		}
		if got != "12" {
			t.Errorf("%s: got %q", name, got)
		}
		if err := StreamError(ctx); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
		<-stream.closed
	}
}

func TestForwardEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for name, stream := range map[string]*fakeStream{
		"while it waits": newStream(nil),
		"while it sends": newStream(nil, 1),
	} {
		ctx, cancel := subscribed(t)
		out := forward(ctx, stream, inDigits)
		cancel()
		<-stream.closed
		for range out {
			// What was ready may still come.
		}
		if err := StreamError(ctx); err != nil {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestForwardSurvivesAPanic(t *testing.T) {
	t.Parallel()
	ctx, cancel := subscribed(t)
	defer cancel()
	stream := newStream(nil, 1)
	for range forward(ctx, stream, func(int, tasks.Mark) (string, sharing.Mark) { panic("broken view") }) {
		t.Error("got an element")
	}
	if err := StreamError(ctx); err == nil || err.Error() != "panic: broken view" {
		t.Errorf("got %v", err)
	}
	<-stream.closed
}

func TestStreamErrorOutsideOfASubscription(t *testing.T) {
	t.Parallel()
	if err := StreamError(t.Context()); err != nil {
		t.Error(err)
	}
	ctx, cancel := subscribed(t)
	defer cancel()
	if err := StreamError(ctx); err != nil {
		t.Error(err)
	}
}
