package testschema

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Resolver is one server's state. The zero value is ready.
type Resolver struct {
	// Streams is how many source streams are open.
	Streams atomic.Int64
	// Produced counts the flood's texts that were taken.
	Produced atomic.Int64
	// Blocked is how many `blocks` wait for their context.
	Blocked atomic.Int64
	bumps   atomic.Int64
	feeds   sync.Map // *Feed by name
}

// New makes an executable schema over r.
func New(r *Resolver) graphql.ExecutableSchema {
	return NewExecutableSchema(Config{Resolvers: r})
}

type viewerKey struct{}

// WithViewer gives the context that `viewer` reads.
func WithViewer(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, viewerKey{}, name)
}

// Viewer is the name that WithViewer set, "" without one.
func Viewer(ctx context.Context) string {
	name, _ := ctx.Value(viewerKey{}).(string)
	return name
}

const brokenStream = "testschema.brokenStream"

// StreamError is why the stream of the operation in ctx broke, nil when it did not.
func StreamError(ctx context.Context) error {
	err, _ := graphql.GetOperationContext(ctx).Stats.GetExtension(brokenStream).(error)
	return err
}

type (
	query        struct{ *Resolver }
	mutation     struct{ *Resolver }
	subscription struct{ *Resolver }
)

func (r *Resolver) Query() QueryResolver               { return query{r} }
func (r *Resolver) Mutation() MutationResolver         { return mutation{r} }
func (r *Resolver) Subscription() SubscriptionResolver { return subscription{r} }

func (query) Hello(_ context.Context, name string) (string, error) {
	return "Hello, " + name + ".", nil
}

func (query) Sum(_ context.Context, values []int) (int, error) {
	sum := 0
	for _, v := range values {
		sum += v
	}
	return sum, nil
}

func (query) Echo(_ context.Context, number int64) (int64, error) { return number, nil }
func (query) Viewer(ctx context.Context) (string, error)          { return Viewer(ctx), nil }
func (query) Fails(context.Context) (*string, error)              { return nil, errors.New("it fails") }
func (query) Panics(context.Context) (string, error)              { panic("it panics") }
func (query) Big(_ context.Context, bytes int) (string, error) {
	return strings.Repeat("x", bytes), nil
}
func (query) Node(context.Context) (*Node, error)                  { return &Node{ID: "1"}, nil }
func (query) Unauthenticated(ctx context.Context) (*string, error) { return nil, signIn() }

func signIn() error {
	return &gqlerror.Error{Message: "sign in first", Extensions: map[string]any{"code": "UNAUTHENTICATED"}}
}

func (q query) Blocks(ctx context.Context) (string, error) {
	q.Blocked.Add(1)
	defer q.Blocked.Add(-1)
	<-ctx.Done()
	return "", context.Cause(ctx)
}

func (m mutation) Bump(context.Context) (int, error) { return int(m.bumps.Add(1)), nil }

// produce runs source on its own goroutine, counted as a stream.
func produce[T any](r *Resolver, source func(send chan<- T)) <-chan T {
	values := make(chan T)
	r.Streams.Add(1)
	go func() {
		defer r.Streams.Add(-1)
		defer close(values)
		source(values)
	}()
	return values
}

func (s subscription) Count(ctx context.Context, to int) (<-chan int, error) {
	return produce(s.Resolver, func(send chan<- int) {
		for i := 1; i <= to; i++ {
			select {
			case send <- i:
			case <-ctx.Done():
				return
			}
		}
	}), nil
}

func (s subscription) Once(ctx context.Context) (<-chan int, error) {
	return produce(s.Resolver, func(send chan<- int) {
		select {
		case send <- 1:
			<-ctx.Done()
		case <-ctx.Done():
		}
	}), nil
}

func (s subscription) Flood(ctx context.Context, bytes int) (<-chan string, error) {
	text := strings.Repeat("x", bytes)
	return produce(s.Resolver, func(send chan<- string) {
		for {
			select {
			case send <- text:
				s.Produced.Add(1)
			case <-ctx.Done():
				return
			}
		}
	}), nil
}

func (subscription) Refused(context.Context) (<-chan int, error) {
	return nil, errors.New("there is no such stream")
}

func (s subscription) Breaks(ctx context.Context) (<-chan int, error) {
	return produce(s.Resolver, func(send chan<- int) {
		select {
		case send <- 1:
			graphql.GetOperationContext(ctx).Stats.SetExtension(brokenStream, errors.New("the source broke"))
		case <-ctx.Done():
		}
	}), nil
}
