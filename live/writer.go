package live

import (
	"errors"
	"os"
	"sync"
	"time"
)

const (
	// batchBytes is how much is sent in one go, at least one message.
	batchBytes = 64 << 10
	// maxKeptBatch is the largest buffer that goes back to the pool: one huge
	// message must not pin its size.
	maxKeptBatch = 4 * batchBytes
)

// batches holds buffers: a socket needs one only while it sends.
var batches = sync.Pool{New: func() any { return new([]byte) }}

// write is the writer: the only one to send on the socket, until it has ended.
func (s *socket) write() {
	defer close(s.written)
	pings := time.NewTicker(s.transport.opts.PingInterval)
	defer pings.Stop()
	for {
		select {
		case <-s.ended:
			s.farewell()
			return
		case <-pings.C:
			s.out.sendPing()
		case <-s.out.ready:
		}
		if !s.flush() {
			return
		}
	}
}

// flush sends all that is pending. False: nothing can be sent any more.
func (s *socket) flush() bool {
	buffer := batches.Get().(*[]byte)
	defer func() {
		if cap(*buffer) <= maxKeptBatch {
			batches.Put(buffer)
		}
	}()
	var taken []pending
	for {
		*buffer, taken = s.out.take((*buffer)[:0], taken[:0], batchBytes)
		if len(*buffer) == 0 {
			return true
		}
		rest, err := s.wire.send(*buffer)
		s.out.sent(taken)
		if err != nil {
			s.writeFailed(rest, err)
			return false
		}
	}
}

// writeFailed ends the socket after a failed write: with 1013 when the peer took no
// byte for the write timeout, else nobody is left to tell.
func (s *socket) writeFailed(rest []byte, err error) {
	defer s.wire.drain(s.transport.opts.CloseTimeout)
	if s.hasEnded() || !errors.Is(err, os.ErrDeadlineExceeded) {
		s.gone()
		return
	}
	s.end(closeTryAgain, "Not reading")
	// The rest of what was begun goes first, or the close frame would be part of it.
	s.wire.lastWords(appendFrame(rest, opClose, nil, closePayload(s.code, s.reason)))
}

// farewell sends what is pending and the close frame, then gives the peer
// CloseTimeout to close its side.
func (s *socket) farewell() {
	if s.code == closeGone {
		_ = s.wire.Close()
		return
	}
	if !s.flush() {
		return
	}
	frame := appendFrame(nil, opClose, nil, closePayload(s.code, s.reason))
	if _, err := s.wire.send(frame); err != nil {
		_ = s.wire.Close()
		return
	}
	s.wire.drain(s.transport.opts.CloseTimeout)
}
