package client

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// IdleDefault is how long a worker waits when there was nothing to claim.
const IdleDefault = 2 * time.Second

// Worker does external steps one after the other. Several workers may share a client.
type Worker struct {
	Client *Client
	// Labels limits it to tasks that have all of them; empty is all tasks.
	Labels []Label
	// Handle does the work of one step. Its ctx is the lease's Context: it ends when
	// the work is to stop, and Handle returns then. What Handle has not reported as
	// final is reported by what it returns: nil is SUCCEEDED; an error is CANCELLED
	// after ErrCancelled, else FAILED with the error as a line of the log. When the
	// lease was lost, or Run is ending, an error is not reported: the server gives the
	// step to somebody else.
	Handle func(ctx context.Context, lease *Lease) error
	// Idle is how long to wait when there was nothing to claim; 0 is IdleDefault.
	Idle time.Duration
	// Done, unless nil, is told how each step ended: nil, or what Handle returned or
	// the server made of the last report.
	Done func(claim *Claim, err error)
}

// Run claims and handles steps until ctx ends, and then returns its cause; or until a
// claim fails for good, such as with CodeForbidden. What may pass it sits out, as the
// client's Backoff says.
func (w *Worker) Run(ctx context.Context) error {
	idle := w.Idle
	if idle == 0 {
		idle = IdleDefault
	}
	reached, failures := false, 0
	for {
		wait, err := time.Duration(0), w.one(ctx)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err == nil:
			reached, failures = true, 0
		case errors.Is(err, ErrNothingToClaim):
			reached, failures, wait = true, 0, idle
		case !passing(err):
			return fmt.Errorf("claim: %w", err)
		default:
			failures++
			again := false
			wait, again = w.Client.backoff(Failure{Count: failures, Err: err, Reached: reached})
			if !again {
				return fmt.Errorf("claim: gave up after try %d: %w", failures, err)
			}
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
	}
}

// one claims a step and sees it through; the error is about the claim.
func (w *Worker) one(ctx context.Context) error {
	lease, err := w.Client.Lease(ctx, ClaimInput{Labels: w.Labels})
	if err != nil {
		return err
	}
	defer lease.Close()
	err = lease.conclude(ctx, w.Handle(lease.Context(), lease))
	if w.Done != nil {
		w.Done(lease.Claim, err)
	}
	return nil
}

// conclude reports what is open by the outcome of the work, and gives the outcome, or
// why it could not be reported.
func (l *Lease) conclude(ctx context.Context, outcome error) error {
	// The report counts although the work was told to stop; the lease bounds it.
	last := context.WithoutCancel(ctx)
	open := l.open()
	var err error
	switch {
	case outcome == nil:
		err = l.reportStatus(last, StatusSucceeded, open)
	case errors.Is(context.Cause(l.work), ErrCancelled):
		err = l.reportStatus(last, StatusCancelled, open)
	case l.work.Err() != nil:
		return outcome
	default:
		line := LogLineInput{Text: outcome.Error(), Level: LevelError, Stream: StreamStderr}
		err = l.reportStatus(last, StatusFailed, open, line)
	}
	if err != nil {
		return errors.Join(outcome, fmt.Errorf("report the end: %w", err))
	}
	return outcome
}
