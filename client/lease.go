package client

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Why the context of a Lease ended.
var (
	// ErrLeaseLost: the lease is over, and somebody else may have the step by now.
	ErrLeaseLost = errors.New("the lease was lost")
	// ErrCancelled: the server asks to stop; what is left is to be reported CANCELLED.
	ErrCancelled = errors.New("the task is being cancelled")
	// ErrLeaseClosed: Close was called.
	ErrLeaseClosed = errors.New("the lease was closed")
)

// claimTimeout bounds a claim: nobody is served by one that comes after its lease.
const claimTimeout = 30 * time.Second

// Lease is a claimed step while this client works on it. It renews itself by an empty
// report whenever a third of its duration has passed without another report. It is
// safe for concurrent use.
type Lease struct {
	// Claim is as the server gave it; it does not change.
	Claim *Claim

	client *Client
	// work is for whoever does the work; held lasts as long as reports count.
	work    context.Context
	stop    context.CancelCauseFunc
	held    context.Context
	release context.CancelCauseFunc
	expiry  *time.Timer // ends held when the lease cannot be relied on any more
	beat    sync.WaitGroup

	// sending has its one element while a report is being sent: a report must have
	// arrived before the next one leaves, else that one makes it look old.
	sending  chan struct{}
	sequence int64 // of the last report; guarded by sending

	mu      sync.Mutex // guards what follows
	renewed time.Time  // when the last report that was answered was sent
	desired Status
	changed chan struct{}     // closed and replaced when desired changes
	status  map[string]Status // of each content, by id, as far as this side knows
}

// Lease claims a step as Claim does. The lease is renewed until ctx ends, Close is
// called, or it is lost; one of these must happen.
func (c *Client) Lease(ctx context.Context, in ClaimInput) (*Lease, error) {
	asked := time.Now()
	brief, cancel := context.WithTimeout(ctx, claimTimeout)
	defer cancel()
	claim, err := c.Claim(brief, in)
	if err != nil {
		return nil, err
	}
	l := &Lease{
		Claim: claim, client: c, renewed: asked, desired: StatusRunning,
		sending: make(chan struct{}, 1), changed: make(chan struct{}), status: map[string]Status{},
	}
	for _, content := range claim.Contents {
		l.status[content.ID] = content.Status
	}
	l.work, l.stop = context.WithCancelCause(ctx)
	// Last words may be reported after ctx has ended.
	l.held, l.release = context.WithCancelCause(context.WithoutCancel(ctx))
	// Counted from when it was asked for: the server's clock started no earlier.
	l.expiry = time.AfterFunc(time.Until(asked.Add(claim.Duration)), func() { l.end(ErrLeaseLost) })
	l.beat.Go(func() { l.heartbeat(ctx) })
	return l, nil
}

// Context ends when the work is to stop. Its cause is ErrCancelled, ErrLeaseLost,
// ErrLeaseClosed, or that of the context that the lease was claimed with. After
// ErrCancelled the lease is still renewed, so that the worker can stop in order.
func (l *Lease) Context() context.Context { return l.work }

// Desired is what the server wants, as of the last report: RUNNING to go on, PAUSING
// to pause, CANCELLING to stop.
func (l *Lease) Desired() Status {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.desired
}

// Changed is closed when what Desired answers changes next. Read it first, then Desired.
func (l *Lease) Changed() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changed
}

// Close stops renewing the lease and returns once nothing of it is left. It does not
// give the step back: what is not final by then is the server's to judge when the
// lease ends. It may be called more than once.
func (l *Lease) Close() {
	l.expiry.Stop()
	l.end(ErrLeaseClosed)
	l.beat.Wait()
}

// end makes reports count no more, for the first cause given.
func (l *Lease) end(cause error) {
	l.release(cause)
	l.stop(context.Cause(l.held))
}

// heartbeat sends an empty report whenever a third of the lease has passed without
// another report. It ends with ctx or with the lease.
func (l *Lease) heartbeat(ctx context.Context) {
	ctx, leave := l.whileHeld(ctx)
	defer leave()
	for {
		l.mu.Lock()
		due := l.renewed.Add(l.Claim.Duration / 3)
		l.mu.Unlock()
		if wait := time.Until(due); wait > 0 {
			if pause(ctx, wait) != nil {
				return
			}
			continue // another report may have renewed it meanwhile
		}
		if _, err := l.Report(ctx, Report{}); err != nil && pause(ctx, l.Claim.Duration/6) != nil {
			return
		}
	}
}

// whileHeld bounds ctx by the lease.
func (l *Lease) whileHeld(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	unwatch := context.AfterFunc(l.held, func() { cancel(context.Cause(l.held)) })
	return ctx, func() {
		unwatch()
		cancel(nil)
	}
}
