package executortest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/executor"
)

// Execution is one execution under test, and the Sink that records what it tells. Make it
// with NewExecution, change what it should have, then Begin.
type Execution struct {
	Sink
	// Told is what the executor is given, when it is not Sink.
	Told executor.Sink
	// Pause and Lease are the channels of its request, with room for one wish each.
	Pause chan bool
	Lease chan time.Time
	// Cancel ends it with a cause, also before it has begun.
	Cancel context.CancelCauseFunc
	// Result counts after End.
	Result executor.Result

	ctx   context.Context
	err   error
	ended chan struct{}
}

// NewExecution prepares an execution.
func NewExecution() *Execution {
	x := &Execution{Pause: make(chan bool, 1), Lease: make(chan time.Time, 1), ended: make(chan struct{})}
	x.Told = x
	x.ctx, x.Cancel = context.WithCancelCause(context.Background())
	return x
}

// Begin begins it. What still runs at the end of the test is cancelled.
func (x *Execution) Begin(t testing.TB, e executor.Executor, req executor.Request) {
	t.Helper()
	req.Pause, req.Lease = x.Pause, x.Lease
	go func() {
		defer close(x.ended)
		x.Result, x.err = e.Execute(x.ctx, req, x.Told)
	}()
	t.Cleanup(func() {
		x.Cancel(executor.ErrShutdown)
		<-x.ended
		require.NoError(t, x.err)
	})
}

// End waits for the end.
func (x *Execution) End(t testing.TB) executor.Result {
	t.Helper()
	select {
	case <-x.ended:
	case <-time.After(Patience):
		events := x.Events()
		t.Fatalf("does not end; the last of %d calls: %+v", len(events), events[max(0, len(events)-5):])
	}
	require.NoError(t, x.err)
	return x.Result
}
