// Package sharing is what a transport and the source of a subscription tell each other,
// so that one execution can serve many subscribers: the source says how its stream may
// be shared and where each element stands in it; the transport says from where to where
// an execution goes. Neither knows the other.
package sharing

import (
	"context"
	"time"
)

// Mode is what a late or slow reader of a stream is owed.
type Mode int

const (
	// Latest: each element replaces all before it. A reader is owed the newest one.
	Latest Mode = iota
	// Every: elements lead from one position to the next. A reader is owed each of them.
	Every
	// LatestOfEach: each element replaces those of the same key. A reader is owed the
	// newest one of each key, or to be told that it must read everything anew.
	LatestOfEach
)

// Plan is how one subscriber, who is allowed to, takes part in a stream.
type Plan struct {
	Mode Mode
	// Scope is all that an element depends on besides the document and its variables:
	// subscribers with another one share nothing.
	Scope string
	// Head is the newest position of the stream: nothing older is shown with Latest,
	// and with Every a shared execution begins there. HeadCursor is its name.
	Head       int64
	HeadCursor string
	// After is the position that the subscriber has already, with Every; Unplaced when
	// it named one that the stream does not have.
	After int64
	// Variable is the variable that holds After and nothing else; "" when there is none.
	Variable string
}

// Unplaced is no position of the stream: its own execution tells the subscriber.
const Unplaced = -1

// PlanFunc says how the subscription whose operation ctx carries may be shared.
//
// resume is where an earlier stream of the subscriber ended, in place of the cursor
// among the arguments; nil when there was none. ok is false when the subscription is
// for one subscriber alone, or nobody can tell: its own execution gives the error then.
type PlanFunc func(ctx context.Context, resume *string) (plan Plan, ok bool)

// Mark is the place of an element in its stream.
type Mark struct {
	// Key is what the element is about.
	Key int64
	// From and To are positions: the element leads from the one to the other.
	From, To int64
	// Cursor is the name of To, by which a client resumes; "" where none can.
	Cursor string
	// Told is when this process learned of what the element tells; zero: before
	// anybody asked for it.
	Told time.Time
	// Resync says that the element tells its reader to read everything anew. Repeated
	// says that it does so because it was asked for: only for those who miss something.
	Resync, Repeated bool
}

// Execution is one run of a subscription.
type Execution struct {
	// Cursor is where to begin, instead of at the argument; nil: at the argument.
	Cursor *string
	// Until is the position after which the stream ends; 0: none.
	Until int64
	// Tell is called with the place of each element before the element is given on, on
	// one goroutine at a time.
	Tell func(Mark)
	// Repeats receives keys of which the newest element is to be given again, with
	// Resync, whether or not it is given otherwise. It may be nil.
	Repeats <-chan int64
}

type executionKey struct{}

// WithExecution gives the source of a subscription what it should know of its run.
func WithExecution(ctx context.Context, e *Execution) context.Context {
	return context.WithValue(ctx, executionKey{}, e)
}

// Of gives the execution in ctx: one without bounds that tells nobody when there is none.
func Of(ctx context.Context) *Execution {
	if e, ok := ctx.Value(executionKey{}).(*Execution); ok {
		return e
	}
	return &Execution{Tell: func(Mark) {}}
}
