package client

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// Waits of BackoffDefault.
const (
	backoffFirst = 500 * time.Millisecond
	backoffMost  = 30 * time.Second
	// backoffUnreached is how often it tries a server that it has never reached.
	backoffUnreached = 5
)

// Failure is what a Backoff judges.
type Failure struct {
	// Count is the number of failures in a row, this one included: 1, 2, ….
	Count int
	// Err is why it failed. It is one that may pass; what is final is not asked about.
	Err error
	// Reached says whether this stream, or this worker, has reached the server before.
	Reached bool
}

// Backoff says how long to wait before the next try, and whether there is one. It is
// also the place to tell a person that the connection was lost. It may be called from
// several goroutines.
type Backoff func(Failure) (wait time.Duration, again bool)

// BackoffDefault doubles the wait from half a second up to 30 seconds, of which half
// is random so that clients do not all come back at once. It tries for ever, but gives
// up after five tries when the server was never reached: the address is wrong then. It
// waits at least as long as the server asked for.
func BackoffDefault(f Failure) (time.Duration, bool) {
	if !f.Reached && f.Count >= backoffUnreached {
		return 0, false
	}
	wait := backoffMost
	// 2^6 half seconds are past the most; a larger shift might overflow.
	if doublings := f.Count - 1; doublings < 6 {
		wait = min(backoffMost, backoffFirst<<doublings)
	}
	return max(advised(f.Err), wait/2+rand.N(wait/2+1)), true
}

// advised is when the server asked to come back; 0 when it did not say.
func advised(err error) time.Duration {
	var refusal *Error
	if errors.As(err, &refusal) {
		return refusal.RetryAfter
	}
	var status *HTTPError
	if errors.As(err, &status) {
		return status.RetryAfter
	}
	return 0
}

// pause waits, or returns the cause of ctx when it ends first.
func pause(ctx context.Context, wait time.Duration) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
