package script

import (
	"context"
	"errors"

	"stepcast/internal/process"
	"stepcast/models"
)

// follow does what the owner wishes until the process has ended: stand still, go on,
// and mind the lease meanwhile. A newer wish overtakes one that is not fulfilled yet.
func (x *execution) follow() {
	overtake := func() {}
	defer func() { overtake() }()
	for {
		select {
		case <-x.process.Done():
			return
		case deadline := <-x.req.Lease:
			// It fails only when the process has ended, which Done tells.
			_ = x.process.Renew(deadline)
		case still := <-x.req.Pause:
			overtake()
			overtake = x.ask(still)
		}
	}
}

// ask passes a wish on and confirms it. The function that it returns gives the wish up
// and returns when nothing more comes of it.
func (x *execution) ask(still bool) (overtake func()) {
	ctx, cancel := context.WithCancel(context.Background())
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		order := x.process.Resume
		if still {
			order = x.process.Pause
		}
		x.confirm(still, order(ctx))
	}()
	return func() {
		cancel()
		<-answered
	}
}

// confirm tells what came true. What is being ended confirms nothing.
func (x *execution) confirm(still bool, err error) {
	switch {
	case err == nil:
		x.sink.Paused(still)
	case errors.Is(err, process.ErrUnsupported):
		if still {
			x.sink.Log(models.Warn, models.System, "This server cannot pause processes on its operating system; the script goes on")
		}
		x.sink.Paused(false)
	}
}
