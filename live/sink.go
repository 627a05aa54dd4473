package live

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// errUnheard ends a stream whose peer has vanished without a word.
var errUnheard = errors.New("nothing that was sent arrives any more")

// looks is how often, within a write timeout, a write that takes long is looked at.
const looks = 4

// sink writes a response that goes on, for one goroutine. Deadlines would cut a peer that
// reads, but slowly; so a write that takes long is looked at, and cut when the peer takes
// nothing of it.
type sink struct {
	w       http.ResponseWriter
	control *http.ResponseController
	conn    net.Conn // nil when it is not known, or carries other responses, too
	timeout time.Duration
	look    *time.Timer
	unheard int    // pings since the peer took something
	seen    uint64 // bytes that it had taken then

	mu      sync.Mutex // guards all below, and setting deadlines
	writing bool
	moved   time.Time // when the write began, or the peer last took something
	taken   uint64    // bytes that it had taken then
	late    bool      // the write was cut
	last    bool      // the time to end is set
	closed  bool      // the response is not ours any more
}

func newSink(w http.ResponseWriter, r *http.Request, timeout time.Duration) *sink {
	s := &sink{w: w, control: http.NewResponseController(w), conn: ownConn(r), timeout: timeout}
	s.look = time.AfterFunc(never, s.watch)
	return s
}

// open lifts the limits that the server sets for reading a request and for answering it:
// they do not hold for a response that goes on.
func (s *sink) open() {
	s.mu.Lock()
	defer s.mu.Unlock()
	// Where they cannot be set there are none.
	_ = s.control.SetReadDeadline(time.Time{})
	if !s.last {
		_ = s.control.SetWriteDeadline(time.Time{})
	}
	if tcp := tcpOf(s.conn); tcp != nil {
		_ = tcp.SetWriteBuffer(sendBuffer)
	}
}

// send writes p, and gives what it could not.
func (s *sink) send(p []byte) (rest []byte, err error) {
	for len(p) > 0 {
		chunk := p[:min(len(p), chunkBytes)]
		if err := s.write(chunk); err != nil {
			return p, err
		}
		p = p[len(chunk):]
	}
	return nil, nil
}

func (s *sink) write(chunk []byte) error {
	s.setWriting(true)
	defer s.setWriting(false)
	if _, err := s.w.Write(chunk); err != nil {
		return err
	}
	return s.control.Flush()
}

func (s *sink) setWriting(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writing = on
	if !on {
		s.look.Stop()
		return
	}
	s.moved = time.Now()
	s.look.Reset(s.timeout / looks)
}

// watch looks at a write that takes long.
func (s *sink) watch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.writing || s.closed {
		return
	}
	if taken := acknowledged(s.conn); taken != s.taken {
		s.taken, s.moved = taken, time.Now()
	}
	if time.Since(s.moved) >= s.timeout {
		s.late = true
		s.abortLocked()
		return
	}
	s.look.Reset(s.timeout / looks)
}

// heard is asked before each ping. False: nothing of the last ones has arrived.
func (s *sink) heard() bool {
	taken := acknowledged(s.conn)
	if taken == 0 || taken != s.seen {
		s.seen, s.unheard = taken, 0
		return true
	}
	s.unheard++
	return s.unheard < silentPings
}

// stalled says whether a write was cut because the peer did not read.
func (s *sink) stalled() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.late
}

// finish ends all writing after d; the first time counts.
func (s *sink) finish(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last || s.closed {
		return
	}
	s.last = true
	_ = s.control.SetWriteDeadline(time.Now().Add(d))
}

// abort ends all writing now.
func (s *sink) abort() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.abortLocked()
}

func (s *sink) abortLocked() {
	s.last = true
	if !s.closed {
		_ = s.control.SetWriteDeadline(time.Unix(1, 0))
	}
}

// close gives the response back to the server.
func (s *sink) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.look.Stop()
}

type connKey struct{}

// Prepare readies a server for streams: those over HTTP/1.1 can look at their connection,
// and tell who reads slowly from who does not, and HTTP/2 cuts peers that vanish. Call it
// before the server serves. It sets ConnContext and HTTP2.
func Prepare(server *http.Server) {
	server.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, conn)
	}
	server.HTTP2 = &http.HTTP2Config{
		SendPingTimeout:  PingIntervalDefault,
		PingTimeout:      (silentPings - 1) * PingIntervalDefault,
		WriteByteTimeout: WriteTimeoutDefault,
	}
}

// ownConn is the connection that carries nothing but the response to r, nil when there is
// none or the server was not prepared.
func ownConn(r *http.Request) net.Conn {
	if r.ProtoMajor != 1 {
		return nil
	}
	conn, _ := r.Context().Value(connKey{}).(net.Conn)
	return conn
}
