package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

// generator is many subscribers on one thread, which never sleeps: so the server's
// writes need wake nobody, and what comes is seen at once.
type generator struct {
	ctx    context.Context
	server *remote
	load   load
	began  time.Time

	epoll  int
	events []unix.EpollEvent
	buffer []byte
	conns  []*conn
	live   int

	// newest is the event published last; pending counts the readers that lack it.
	newest  int64
	pending int
	// heard is when somebody was last told of an event, on the generator's clock.
	heard time.Duration
	// recordFrom is the first event whose latencies are recorded, in microseconds.
	recordFrom int64
	latencies  []int32
	tally      tally
}

// tally is what the subscribers that read were told.
type tally struct {
	// deliveries are the events that came; frame is the bytes of the newest's message.
	deliveries int
	frame      int
	// skipped are events that never came, because a newer one did; doubled came again.
	skipped, doubled int
	// cut are subscribers whose connection the server ended.
	cut int
}

// readBuffer holds a frame and more.
const readBuffer = 2 * maxFrame

func newGenerator(ctx context.Context, server *remote, l load) (*generator, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make an epoll: %w", err)
	}
	const batch = 256
	return &generator{
		ctx: ctx, server: server, load: l, began: time.Now(),
		epoll: epoll, events: make([]unix.EpollEvent, batch), buffer: make([]byte, readBuffer),
		recordFrom: math.MaxInt64,
	}, nil
}

// close ends all connections.
func (g *generator) close() {
	for _, c := range g.conns {
		if !c.closed {
			hangUp(c.fd)
		}
	}
	_ = unix.Close(g.epoll)
}

// now is the generator's clock.
func (g *generator) now() time.Duration { return time.Since(g.began) }

// connectWindow is how many subscribers are on their way at once.
const connectWindow = 32

// connect adds subscribers until there are n, and returns when each has its task.
func (g *generator) connect(n int) error {
	for g.live < n {
		for len(g.conns) < n && len(g.conns)-g.live < connectWindow {
			if err := g.open(); err != nil {
				return err
			}
		}
		before := g.live
		done, err := g.until(g.now()+patience, func() bool { return g.live > before })
		if err != nil {
			return err
		}
		if !done {
			return fmt.Errorf("no subscriber got its task for %s; %d of %d have theirs", patience, g.live, n)
		}
	}
	return nil
}

// open begins one more subscriber.
func (g *generator) open() error {
	number := len(g.conns)
	address, err := netip.ParseAddrPort(g.server.address)
	if err != nil {
		return err
	}
	fd, err := dial(address, number, g.load.narrow())
	if err != nil {
		return err
	}
	c := &conn{
		fd: fd, number: number, task: g.server.tasks[number%len(g.server.tasks)], id: g.server.subscriptionID(),
		apart: g.load.apart > 0 && number%(g.load.subscribers/g.load.apart) == 0,
	}
	g.conns = append(g.conns, c)
	interest := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(number)} // any 32 bits may be kept there
	if err := unix.EpollCtl(g.epoll, unix.EPOLL_CTL_ADD, fd, &interest); err != nil {
		return fmt.Errorf("watch a connection: %w", err)
	}
	return c.upgrade(g.server.address)
}

// stall makes the subscribers set apart stop reading, for good.
func (g *generator) stall() error {
	for _, c := range g.conns {
		if !c.apart {
			continue
		}
		if err := unix.EpollCtl(g.epoll, unix.EPOLL_CTL_DEL, c.fd, nil); err != nil {
			return fmt.Errorf("stop reading a connection: %w", err)
		}
		g.live--
	}
	return nil
}

// closedLoop publishes an event whenever all have the last one, for a while, and gives
// how many that were. It ends early when an event does not get to all.
func (g *generator) closedLoop(window time.Duration) (events int, err error) {
	for end := g.now() + window; g.now() < end; events++ {
		if err := g.publish(g.now()); err != nil {
			return events, err
		}
		if settled, err := g.settle(); err != nil || !settled {
			return events + 1, err
		}
	}
	return events, nil
}

// openLoop publishes events at a fixed rate, whether or not the last one has got to all,
// and gives how many that were. Latencies count from when an event was due, and after
// the time to warm up.
func (g *generator) openLoop(rate float64, warm, window time.Duration) (events int, err error) {
	begin, interval := g.now(), time.Duration(float64(time.Second)/rate)
	for due := begin; due < begin+warm+window; due += interval {
		if _, err := g.until(due, func() bool { return false }); err != nil {
			return events, err
		}
		if due-begin >= warm {
			g.record()
		}
		if err := g.publish(due); err != nil {
			return events, err
		}
		events++
	}
	_, err = g.settle()
	return events, err
}

// record keeps the latencies from the next event on.
func (g *generator) record() { g.recordFrom = min(g.recordFrom, g.newest+1) }

// publish makes the next event.
func (g *generator) publish(due time.Duration) error {
	g.newest++
	g.pending = g.live
	return g.server.publish(event{number: g.newest, due: int64(due)})
}

// settleLimit is how long a server may take to get rid of its backlog.
const settleLimit = time.Minute

// settle waits until every reader has the newest event. False: some do not get it, for
// nobody was told of anything for a while, or it takes too long.
func (g *generator) settle() (bool, error) {
	published := g.now()
	_, err := g.until(published+settleLimit, func() bool {
		return g.pending == 0 || g.now()-max(published, g.heard) > patience
	})
	return g.pending == 0, err
}

// until reads what comes until something is so, at most until a time on the generator's
// clock. False: it is not.
func (g *generator) until(end time.Duration, so func() bool) (bool, error) {
	for !so() {
		if g.now() >= end {
			return false, nil
		}
		if err := g.ctx.Err(); err != nil {
			return false, err
		}
		if err := g.poll(); err != nil {
			return false, err
		}
	}
	return true, nil
}

// poll reads what has come.
func (g *generator) poll() error {
	n, err := unix.EpollWait(g.epoll, g.events, 0)
	if err != nil && !errors.Is(err, unix.EINTR) {
		return fmt.Errorf("wait for connections: %w", err)
	}
	for _, e := range g.events[:max(n, 0)] {
		c := g.conns[e.Fd]
		if c.closed {
			continue
		}
		err := g.read(c)
		if errors.Is(err, unix.ECONNRESET) || errors.Is(err, unix.EPIPE) {
			err = g.lose(c, err.Error())
		}
		if err != nil {
			return fmt.Errorf("subscriber %d: %w", c.number, err)
		}
	}
	return nil
}
