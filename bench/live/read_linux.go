package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// read takes what has come for one subscriber.
func (g *generator) read(c *conn) error {
	begun := copy(g.buffer, c.rest)
	n, err := unix.Read(c.fd, g.buffer[begun:])
	switch {
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
		return nil
	case err != nil:
		return fmt.Errorf("read from the server: %w", err)
	case n == 0:
		return g.lose(c, "the server hung up")
	}
	rest, err := g.take(c, g.buffer[:begun+n], g.now())
	c.rest = append(c.rest[:0], rest...)
	return err
}

// take handles what is whole of b, and gives the rest.
func (g *generator) take(c *conn, b []byte, now time.Duration) (rest []byte, err error) {
	if c.phase == upgrading {
		size, err := c.upgraded(b)
		if err != nil || size == 0 {
			return b, err
		}
		b = b[size:]
	}
	for !c.closed {
		f, size, err := parseFrame(b)
		if err != nil || size == 0 {
			return b, err
		}
		b = b[size:]
		if err := g.frame(c, f, now); err != nil {
			return b, err
		}
	}
	return nil, nil
}

func (g *generator) frame(c *conn, f frame, now time.Duration) error {
	switch f.opcode {
	case opPing:
		return c.send(opPong, f.payload)
	case opPong:
		return nil
	case opClose:
		return g.lose(c, closeReason(f.payload))
	case opText, opContinuation:
	default:
		return fmt.Errorf("the server sent a frame of type %d", f.opcode)
	}
	text := f.payload
	if !f.final || len(c.message) > 0 { // a server may send a message in several frames
		if len(c.message)+len(text) > maxFrame {
			return fmt.Errorf("the server sent a message of more than %d bytes", maxFrame)
		}
		if c.message = append(c.message, text...); !f.final {
			return nil
		}
		text, c.message = c.message, nil
	}
	if e, ok := findEvent(text); ok {
		return g.told(c, e, len(text), now)
	}
	return c.receive(text)
}

// told notes that a subscriber was told of an event. The first time that is the task as
// it was when it subscribed.
func (g *generator) told(c *conn, e event, size int, now time.Duration) error {
	switch {
	case c.phase == subscribing:
		c.phase, c.last = subscribed, e.number
		g.live++
		return nil
	case c.phase != subscribed:
		return errors.New("the server told of an event before anybody subscribed")
	case e.number <= c.last:
		g.tally.doubled++
		return nil
	}
	g.heard = now
	g.tally.deliveries++
	g.tally.frame = size
	g.tally.skipped += int(e.number - c.last - 1)
	c.last = e.number
	if e.number == g.newest {
		g.pending--
	}
	if e.number >= g.recordFrom && !c.apart {
		g.latencies = append(g.latencies, int32((now - time.Duration(e.due)).Microseconds()))
	}
	return nil
}

// lose notes that the server has ended a connection. That is a finding when it was subscribed,
// and an error before.
func (g *generator) lose(c *conn, reason string) error {
	if c.phase != subscribed {
		return fmt.Errorf("not subscribed: %s", reason)
	}
	hangUp(c.fd)
	c.closed = true
	g.live--
	g.tally.cut++
	if c.last < g.newest {
		g.pending--
	}
	return nil
}

// closeReason words a close frame.
func closeReason(payload []byte) string {
	if len(payload) < 2 {
		return "the server closed the connection"
	}
	return fmt.Sprintf("the server closed the connection: %d %s", binary.BigEndian.Uint16(payload), payload[2:])
}
