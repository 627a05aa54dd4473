package live

import (
	"context"
	"sync"
)

// connection is one that stays open: a socket, or a stream over HTTP.
type connection interface {
	// goAway ends it because the process ends, restart because the server stops. Both
	// tell its client to come back, and never block.
	goAway()
	restart()
	// cut drops the connection; who serves it ends soon after.
	cut()
}

// connections is all that are open: for shutting down and for counting.
type connections struct {
	perViewer int // 0: no bound

	mu      sync.Mutex            // guards all below
	serving int                   // requests from before they are a connection until all has ended, and executions
	all     map[connection]string // the viewer of each; "": nobody in particular
	viewers map[string]int
	closing bool
	empty   chan struct{} // closed when closing and nothing is served
}

func newConnections(perViewer int) *connections {
	return &connections{
		perViewer: perViewer,
		all:       map[connection]string{},
		viewers:   map[string]int{},
		empty:     make(chan struct{}),
	}
}

// enter announces a connection, before it is one; leave must follow. False: the server
// is going away.
func (c *connections) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return false
	}
	c.serving++
	return true
}

// hold is enter for what runs on behalf of connections that are open.
func (c *connections) hold() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.serving++
}

func (c *connections) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.serving--
	c.settle()
}

// add makes one known; remove must follow. A server that has begun to go away ends it
// at once.
func (c *connections) add(one connection) {
	c.mu.Lock()
	c.all[one] = ""
	closing := c.closing
	c.mu.Unlock()
	if closing {
		one.restart()
	}
}

func (c *connections) remove(one connection) {
	c.mu.Lock()
	defer c.mu.Unlock()
	viewer := c.all[one]
	delete(c.all, one)
	if viewer == "" {
		return
	}
	if c.viewers[viewer]--; c.viewers[viewer] == 0 {
		delete(c.viewers, viewer)
	}
}

// admit makes it one of viewer's, unless there are too many already.
func (c *connections) admit(one connection, viewer string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if viewer == "" {
		return true
	}
	if c.perViewer > 0 && c.viewers[viewer] >= c.perViewer {
		return false
	}
	c.viewers[viewer]++
	c.all[one] = viewer
	return true
}

func (c *connections) open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.all)
}

// settle closes empty when a closing server serves nothing any more.
func (c *connections) settle() {
	if !c.closing || c.serving > 0 {
		return
	}
	select {
	case <-c.empty:
	default:
		close(c.empty)
	}
}

// shutdown is Handler.Shutdown.
func (c *connections) shutdown(ctx context.Context) error {
	for _, one := range c.startClosing() {
		one.restart()
	}
	select {
	case <-c.empty:
		return nil
	case <-ctx.Done():
	}
	for _, one := range c.snapshot() {
		one.cut()
	}
	return context.Cause(ctx)
}

// goAway ends all because the process does.
func (c *connections) goAway() {
	for _, one := range c.startClosing() {
		one.goAway()
	}
}

func (c *connections) startClosing() []connection {
	c.mu.Lock()
	c.closing = true
	c.settle()
	c.mu.Unlock()
	return c.snapshot()
}

func (c *connections) snapshot() []connection {
	c.mu.Lock()
	defer c.mu.Unlock()
	open := make([]connection, 0, len(c.all))
	for one := range c.all {
		open = append(open, one)
	}
	return open
}
