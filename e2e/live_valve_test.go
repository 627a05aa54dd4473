package e2e

import (
	"context"
	"net"
	"sync"
	"time"
)

const (
	// narrowBuffer is what a kernel keeps for a reader that stalls: the server notices soon.
	narrowBuffer = 16 << 10
	// A reader that stalls takes sipBytes each sipPause: a snapshot of 50 kB in 12 s. It
	// still reads, so that the server must not cut it, however long the test takes.
	sipBytes = 1 << 10
	sipPause = 250 * time.Millisecond
)

// valve is a connection whose reader can be made to stall.
type valve struct {
	net.Conn
	sip *time.Ticker

	mu   sync.Mutex
	open chan struct{} // closed while everything may pass
}

// dialValve gives a connection with a valve that is shut.
func dialValve(ctx context.Context, network, addr string) (*valve, error) {
	conn, err := (&net.Dialer{Control: narrow}).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return &valve{Conn: conn, sip: time.NewTicker(sipPause), open: make(chan struct{})}, nil
}

func (v *valve) Read(p []byte) (int, error) {
	select {
	case <-v.opened():
	case <-v.sip.C:
		p = p[:min(len(p), sipBytes)]
	}
	return v.Conn.Read(p)
}

func (v *valve) Close() error {
	v.sip.Stop()
	v.release() // who waits for a sip finds the connection closed
	return v.Conn.Close()
}

func (v *valve) opened() <-chan struct{} {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.open
}

// release lets everything pass.
func (v *valve) release() {
	v.mu.Lock()
	defer v.mu.Unlock()
	select {
	case <-v.open:
	default:
		close(v.open)
	}
}

// shut lets hardly anything pass.
func (v *valve) shut() {
	v.mu.Lock()
	defer v.mu.Unlock()
	select {
	case <-v.open:
		v.open = make(chan struct{})
	default:
	}
}
