package live

import (
	"errors"
	"os"
	"sync"
)

const (
	// batchBytes is how much is sent in one go, at least one message.
	batchBytes = 64 << 10
	// maxKeptBuffer is the largest buffer that goes back to the pool: one huge
	// message must not pin its size.
	maxKeptBuffer = 4 * batchBytes
)

// buffers are for what is about to be sent: a connection needs one only then. What waits
// is copied together and sent by one write: for messages of about a kilobyte that is
// cheaper than a vector of them, and TLS would copy it anyway.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

func frameBuffer() *[]byte { return buffers.Get().(*[]byte) }

func keepBuffer(b *[]byte) {
	if cap(*b) <= maxKeptBuffer {
		buffers.Put(b)
	}
}

// flush sends all that waits in the outbox; send writes what it is given, and gives
// what it could not.
func (o *outbox) flush(send func([]byte) (rest []byte, err error)) (rest []byte, err error) {
	buffer := frameBuffer()
	defer keepBuffer(buffer)
	var taken []*pending
	for {
		*buffer, taken = o.take((*buffer)[:0], taken[:0], batchBytes)
		if len(*buffer) == 0 {
			return nil, nil
		}
		rest, err = send(*buffer)
		o.sent(taken, err == nil)
		if err != nil {
			return append([]byte(nil), rest...), err // the buffer goes back
		}
	}
}

// send is the socket's sender: it sends what waits, and ends when nothing does. The last
// one, once the socket has ended, says goodbye.
func (s *socket) send() {
	for {
		rest, err := s.out.flush(s.wire.send)
		if err != nil {
			s.sendFailed(rest, err)
			close(s.written)
			return
		}
		closed, idle := s.out.idle(s.wire.rest)
		if closed {
			s.farewell()
			close(s.written)
		}
		if closed || idle {
			return
		}
	}
}

// sendFailed ends the socket after a failed write: with 1013 when the peer took no
// byte for the write timeout, else nobody is left to tell.
func (s *socket) sendFailed(rest []byte, err error) {
	defer s.wire.drain(s.opts.CloseTimeout)
	defer s.out.close(true) // whatever the socket ended for: nobody takes what waits
	if s.hasEnded() || !errors.Is(err, os.ErrDeadlineExceeded) {
		s.gone()
		return
	}
	s.meter.timeouts.Inc()
	s.end(closeTryAgain, "Not reading")
	// The rest of what was begun goes first, or the close frame would be part of it.
	s.wire.lastWords(appendFrame(rest, opClose, nil, closePayload(s.code, s.reason)))
}

// farewell sends the close frame, then gives the peer CloseTimeout to close its side.
func (s *socket) farewell() {
	if s.code == closeGone {
		_ = s.wire.Close()
		return
	}
	frame := appendFrame(nil, opClose, nil, closePayload(s.code, s.reason))
	if _, err := s.wire.send(frame); err != nil {
		_ = s.wire.Close()
		return
	}
	s.wire.drain(s.opts.CloseTimeout)
}
