package live

import (
	"crypto/tls"
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

const (
	// chunkBytes is how much must be taken within one write timeout on a connection
	// that cannot say how far a failed write came (TLS).
	chunkBytes = 16 << 10
	// sendBuffer bounds, in bytes, what the kernel holds for one socket. Left alone
	// it grows to megabytes, all of it stale by the time that a slow peer reads it;
	// and a full one takes the next byte only when a third of it has been read.
	sendBuffer = 64 << 10
	// lastWordsBuffer makes room for a close frame behind a full sendBuffer.
	lastWordsBuffer = 4 * sendBuffer
	// waited is how long a write takes when it had to wait for the peer to read.
	waited = 20 * time.Millisecond
)

// wire is a socket's network connection. gorilla/websocket does the handshake and
// reads through it. Writing is the outbox's alone: what gorilla would send of its own
// accord, close frames after broken input, is swallowed, for it could land inside a
// frame of ours.
type wire struct {
	net.Conn
	writeTimeout time.Duration
	idleTimeout  time.Duration

	mu       sync.Mutex // guards all below, and setting deadlines
	ours     bool       // the handshake is done
	lastCall time.Time  // nothing is written after it; zero: open
	draining bool       // the read deadline is final
	writing  time.Time  // since when a write goes on; zero: none does
	took     time.Time  // when the peer last took what had to wait
}

// Write and SetWriteDeadline are gorilla's way out, open during the handshake only.
func (w *wire) Write(p []byte) (int, error) {
	if w.isOurs() {
		return len(p), nil
	}
	return w.Conn.Write(p)
}

func (w *wire) SetWriteDeadline(t time.Time) error {
	if w.isOurs() {
		return nil
	}
	return w.Conn.SetWriteDeadline(t)
}

func (w *wire) isOurs() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ours
}

// takeOver ends gorilla's writing.
func (w *wire) takeOver() {
	w.mu.Lock()
	w.ours = true
	w.mu.Unlock()
	w.setSendBuffer(sendBuffer)
}

// send writes p. It goes on as long as the peer takes a byte now and then, and gives
// what it could not write with os.ErrDeadlineExceeded when it takes none for
// writeTimeout.
func (w *wire) send(p []byte) (rest []byte, err error) {
	for len(p) > 0 {
		before := acknowledged(w.Conn)
		w.beginWrite()
		n, err := w.Conn.Write(p[:min(len(p), chunkBytes)])
		p = p[n:]
		moved := n > 0 || acknowledged(w.Conn) > before
		w.endWrite(moved)
		if err != nil && (!moved || !errors.Is(err, os.ErrDeadlineExceeded) || w.isClosing()) {
			return p, err
		}
	}
	return nil, nil
}

func (w *wire) beginWrite() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writing = time.Now()
	deadline := w.writing.Add(w.writeTimeout)
	if !w.lastCall.IsZero() && w.lastCall.Before(deadline) {
		deadline = w.lastCall
	}
	_ = w.Conn.SetWriteDeadline(deadline)
}

// rest ends the sender's writing: what is written without waiting has no deadline.
func (w *wire) rest() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.lastCall.IsZero() {
		_ = w.Conn.SetWriteDeadline(time.Time{})
	}
}

// endWrite notes that the peer took something that it had been slow to take.
func (w *wire) endWrite(moved bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if moved && now.Sub(w.writing) > waited {
		w.took = now
	}
	w.writing = time.Time{}
}

// Read is gorilla's. It gives os.ErrDeadlineExceeded when nothing is heard of the
// peer for idleTimeout, unless it is excused.
func (w *wire) Read(p []byte) (int, error) {
	for {
		n, err := w.Conn.Read(p)
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) || !w.excused() {
			return n, err
		}
		w.alive()
	}
}

// excused says whether the peer may be silent: while it is slow to read, its answers
// to our pings are behind all that it has yet to read, and the write timeout decides.
func (w *wire) excused() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	blocked := !w.writing.IsZero() && time.Since(w.writing) > waited
	return !w.draining && (blocked || time.Since(w.took) < w.idleTimeout)
}

// finish ends a blocked write after d, and all writing with it.
func (w *wire) finish(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lastCall = time.Now().Add(d)
	_ = w.Conn.SetWriteDeadline(w.lastCall)
}

func (w *wire) isClosing() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.lastCall.IsZero()
}

// alive gives the peer another idleTimeout to be heard of.
func (w *wire) alive() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.draining {
		_ = w.Conn.SetReadDeadline(time.Now().Add(w.idleTimeout))
	}
}

// drain ends all reading after d.
func (w *wire) drain(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.draining = true
	_ = w.Conn.SetReadDeadline(time.Now().Add(d))
}

// lastWords writes p to a peer that does not read. The kernel keeps it, if it has
// room, and delivers it should the peer read again. Best effort: a TLS connection is
// unusable after a write that timed out.
func (w *wire) lastWords(p []byte) {
	w.setSendBuffer(lastWordsBuffer)
	_ = w.Conn.SetWriteDeadline(time.Now().Add(waited))
	_, _ = w.Conn.Write(p)
}

func (w *wire) setSendBuffer(bytes int) {
	if tcp := tcpOf(w.Conn); tcp != nil {
		_ = tcp.SetWriteBuffer(bytes)
	}
}

// tcpOf gives the TCP connection under conn, nil when there is none.
func tcpOf(conn net.Conn) *net.TCPConn {
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	tcp, _ := conn.(*net.TCPConn)
	return tcp
}
