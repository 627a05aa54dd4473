package client

import (
	"context"
	"fmt"
	"time"
)

// Report sends a report under the lease, numbers it, and answers what the server now
// wants. After an error that may pass it sends the same report again until it was
// answered, so that it counts once; reports of other goroutines wait meanwhile. It
// gives up with ctx, or with ErrLeaseLost when the lease is over. An *Error, such as
// CodeInvalid, is about this report only.
func (l *Lease) Report(ctx context.Context, report Report) (desired Status, err error) {
	if l.held.Err() != nil {
		return "", context.Cause(l.held)
	}
	ctx, leave := l.whileHeld(ctx)
	defer leave()
	select {
	case l.sending <- struct{}{}:
		defer func() { <-l.sending }()
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}

	l.sequence++
	in := ReportInput{
		TaskID: l.Claim.Task.ID, LeaseToken: l.Claim.Token, Sequence: l.sequence, Report: report,
	}
	for failures := 1; ; failures++ {
		sent := time.Now()
		desired, err := l.try(ctx, in)
		if err == nil {
			l.answered(sent, desired, report)
			return desired, nil
		}
		if err := l.retry(ctx, err, failures); err != nil {
			return "", err
		}
	}
}

// try sends a report once. What hangs is given up while there is time to try again.
func (l *Lease) try(ctx context.Context, in ReportInput) (Status, error) {
	ctx, cancel := context.WithTimeout(ctx, l.Claim.Duration/3)
	defer cancel()
	return l.client.Report(ctx, in)
}

// retry waits until a report may be sent again, or says why it may not.
func (l *Lease) retry(ctx context.Context, err error, failures int) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case CodeOf(err) == CodeStaleLease:
		l.end(ErrLeaseLost)
		return fmt.Errorf("%w: %w", ErrLeaseLost, err)
	case !passing(err):
		return err
	}
	wait, again := l.client.backoff(Failure{Count: failures, Err: err, Reached: true})
	if !again {
		return err
	}
	return pause(ctx, min(wait, l.Claim.Duration/6))
}

// answered takes note of a report that the server has counted.
func (l *Lease) answered(sent time.Time, desired Status, report Report) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.renewed = sent
	if l.held.Err() == nil {
		l.expiry.Reset(time.Until(sent.Add(l.Claim.Duration)))
	}
	for _, c := range report.Contents {
		switch {
		case c.Status != "":
			l.status[c.ContentID] = c.Status
		case c.Progress != nil && l.status[c.ContentID] == StatusWaiting:
			l.status[c.ContentID] = StatusRunning
		}
	}
	if desired == "" || desired == l.desired {
		return
	}
	l.desired = desired
	close(l.changed)
	l.changed = make(chan struct{})
	switch desired {
	case StatusCancelling, StatusCancelled, StatusTimedOut:
		l.stop(ErrCancelled)
	}
}
