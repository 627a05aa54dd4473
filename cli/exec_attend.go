package cli

import (
	"context"
	"errors"
	"os"
	"sync"

	"stepcast/client"
	"stepcast/internal/process"
	"stepcast/models"
)

// attend does what the server and ctx want of the program while it runs. The function
// that it returns ends that.
func (x *execution) attend(ctx context.Context) (stop func()) {
	ours, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var all sync.WaitGroup
	all.Go(func() { x.hear(ours) })
	all.Go(func() { x.pauses(ours) })
	all.Go(func() { x.leaseEnds(ours) })
	unwatch := context.AfterFunc(ctx, func() {
		x.interrupts.Add(1)
		x.process.Stop()
	})
	return func() {
		unwatch()
		cancel()
		all.Wait()
	}
}

// hear watches the task, so that a wish is known before the next heartbeat would tell it.
// What is seen is a hint; what counts is the answer to a report. When it cannot be
// watched, the heartbeats are left.
func (x *execution) hear(ctx context.Context) {
	for task, err := range x.client.WatchProgress(ctx, x.lease.Claim.Task.ID).All(ctx) {
		if err != nil {
			return
		}
		desired := x.lease.Desired()
		news := task.Status != desired && (task.Status == client.StatusPausing || task.Status == client.StatusCancelling)
		if news || desired == client.StatusPausing {
			_, _ = x.lease.Report(ctx, client.Report{}) // the next report has the answer as well
		}
	}
}

// pauses makes the program stand still while the server wants it to.
func (x *execution) pauses(ctx context.Context) {
	for {
		changed := x.lease.Changed()
		if x.lease.Desired() == client.StatusPausing {
			x.pause(ctx)
		}
		select {
		case <-changed:
		case <-x.lease.Context().Done():
			return
		case <-ctx.Done():
			return
		}
	}
}

// pause stops the whole tree, tells the server, and returns when the program runs again.
func (x *execution) pause(ctx context.Context) {
	switch err := x.process.Pause(ctx); {
	case errors.Is(err, process.ErrUnsupported):
		x.note(models.Warn, "This system cannot pause a program: it goes on, and the task stays PAUSING")
		return
	case err != nil:
		return // it has ended, or is about to
	}
	x.reporter.still.Lock()
	err := x.lease.Checkpoint(ctx)
	x.reporter.still.Unlock()
	_ = x.process.Resume(ctx) // an error is that it has ended
	if err != nil && ctx.Err() == nil && x.lease.Context().Err() == nil {
		x.warn("pause: %v", err)
	}
}

// leaseEnds does what the end of the lease means for the program.
func (x *execution) leaseEnds(ctx context.Context) {
	select {
	case <-ctx.Done():
		return
	case <-x.lease.Context().Done():
	}
	switch cause := context.Cause(x.lease.Context()); {
	case errors.Is(cause, client.ErrCancelled):
		x.process.Stop()
	case !errors.Is(cause, client.ErrLeaseLost):
	case x.options.KillOnLost:
		x.warn("the server has given the task up, so the program is ended")
		x.process.Stop()
	default:
		x.warn("the server has given the task up; the program goes on, and nobody sees it there")
	}
}

// heed does what signals want, until ended is closed. INT is passed on to the program,
// the second one ends it as TERM and HUP do, and the next one kills it. When the program
// has ended, any signal gives up what the server has not got yet.
func (x *execution) heed(ended <-chan struct{}, giveUp context.CancelCauseFunc) {
	for {
		select {
		case <-ended:
			return
		case signal := <-x.options.Signals:
			if x.hasEnded() {
				giveUp(errGivenUp)
				continue
			}
			x.obey(signal, x.interrupts.Add(1))
		}
	}
}

// obey does what the nth signal wants.
func (x *execution) obey(signal os.Signal, n int32) {
	gentle := int32(1) // how many signals come before KILL
	if signal == os.Interrupt {
		gentle = 2
	}
	switch {
	case n == 1 && signal == os.Interrupt:
		_ = x.process.Interrupt() // an error is that it has ended
	case n <= gentle:
		x.process.Stop()
	default:
		x.process.Kill()
	}
}

func (x *execution) hasEnded() bool {
	select {
	case <-x.process.Done():
		return true
	default:
		return false
	}
}
