package live

import (
	"context"
	"sync"
)

// sockets is all that are open: for shutting down and for counting.
type sockets struct {
	perViewer int // 0: no bound

	mu      sync.Mutex // guards all below
	serving int        // requests from before their upgrade until all has ended
	all     map[*socket]struct{}
	viewers map[string]int
	closing bool
	empty   chan struct{} // closed when closing and nothing is served
}

func newSockets(perViewer int) *sockets {
	return &sockets{
		perViewer: perViewer,
		all:       map[*socket]struct{}{},
		viewers:   map[string]int{},
		empty:     make(chan struct{}),
	}
}

// enter announces a socket, before it is one; leave must follow. False: the server is
// going away.
func (c *sockets) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return false
	}
	c.serving++
	return true
}

func (c *sockets) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.serving--
	c.settle()
}

// add makes s known; remove must follow. A server that has begun to go away ends it
// at once.
func (c *sockets) add(s *socket) {
	c.mu.Lock()
	c.all[s] = struct{}{}
	closing := c.closing
	c.mu.Unlock()
	if closing {
		s.restart()
	}
}

func (c *sockets) remove(s *socket) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.all, s)
	if s.viewer == "" {
		return
	}
	if c.viewers[s.viewer]--; c.viewers[s.viewer] == 0 {
		delete(c.viewers, s.viewer)
	}
}

// admit makes s one of viewer's sockets, unless there are too many already.
func (c *sockets) admit(s *socket, viewer string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if viewer == "" {
		return true
	}
	if c.perViewer > 0 && c.viewers[viewer] >= c.perViewer {
		return false
	}
	c.viewers[viewer]++
	s.viewer = viewer
	return true
}

func (c *sockets) open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.all)
}

// settle closes empty when a closing server serves nothing any more.
func (c *sockets) settle() {
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
func (c *sockets) shutdown(ctx context.Context) error {
	for _, s := range c.startClosing() {
		s.restart()
	}
	select {
	case <-c.empty:
		return nil
	case <-ctx.Done():
	}
	for _, s := range c.snapshot() {
		_ = s.wire.Close()
	}
	return context.Cause(ctx)
}

func (c *sockets) startClosing() []*socket {
	c.mu.Lock()
	c.closing = true
	c.settle()
	c.mu.Unlock()
	return c.snapshot()
}

func (c *sockets) snapshot() []*socket {
	c.mu.Lock()
	defer c.mu.Unlock()
	open := make([]*socket, 0, len(c.all))
	for s := range c.all {
		open = append(open, s)
	}
	return open
}
