package executor

import (
	"context"
	"time"
)

// Control is what others wish of an execution that keeps no process: to stand still, and
// the end of the lease. It stands still where it calls Hold, and nowhere else.
type Control struct {
	pause <-chan bool
	lease <-chan time.Time
	sink  Sink
	// still is the newest wish, and answered whether it was confirmed.
	still, answered bool
	// until is the end of the lease, zero for none.
	until time.Time
}

// NewControl makes the Control of one execution.
func NewControl(req Request, sink Sink) *Control {
	return &Control{pause: req.Pause, lease: req.Lease, sink: sink}
}

// hear takes a wish. To go on is confirmed at once, to stand still by Hold.
func (c *Control) hear(still bool) {
	c.still, c.answered = still, !still
	if !still {
		c.sink.Paused(false)
	}
}

// Hold returns when the work may go on; false when ctx has ended instead.
func (c *Control) Hold(ctx context.Context) bool {
	for c.poll() {
	}
	for {
		if ctx.Err() != nil {
			return false
		}
		if !c.answered && c.still {
			c.answered = true
			c.sink.Paused(true)
		}
		if !c.still && (c.until.IsZero() || time.Now().Before(c.until)) {
			return true
		}
		select {
		case <-ctx.Done():
		case still := <-c.pause:
			c.hear(still)
		case c.until = <-c.lease:
		}
	}
}

// poll takes what is there.
func (c *Control) poll() bool {
	select {
	case still := <-c.pause:
		c.hear(still)
	case c.until = <-c.lease:
	default:
		return false
	}
	return true
}

// Attend hears wishes while work runs that is never held. When done comes before the end
// of the work, end is called, with what is closed at that end; both may be nil. The
// function that it returns says that the work has ended, and returns when all is heard.
func (c *Control) Attend(done <-chan struct{}, end func(ended <-chan struct{})) (stop func()) {
	ended, heard := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(heard)
		if !c.attend(ended, done) {
			end(ended)
		}
	}()
	return func() {
		close(ended)
		<-heard
	}
}

// attend gives true when the work has ended, false when it is to end.
func (c *Control) attend(ended, done <-chan struct{}) bool {
	for {
		select {
		case <-ended:
			return true
		case <-done:
			select {
			case <-ended: // Nothing is left to be ended.
				return true
			default:
				return false
			}
		case still := <-c.pause:
			c.hear(still)
		case c.until = <-c.lease:
		}
	}
}
