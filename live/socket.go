package live

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"

	"stepcast/internal/httpx"
)

// socket is one WebSocket connection, from its upgrade to its end.
type socket struct {
	peer
	connections *connections
	protocol    protocol
	request     *http.Request // the upgrade; nil once it was acknowledged
	conn        *websocket.Conn
	wire        *wire
	own         lane // for messages of no operation
	pace        *rate.Limiter

	ctx     context.Context // until the socket ends
	cancel  context.CancelFunc
	written chan struct{} // closed when the last sender has ended
	pings   *time.Timer

	// What connection_init gave; only who handles a message uses it.
	initTimer *time.Timer
	session   context.Context // nil until acknowledged
	viewer    string
	forget    []func() bool // stops what watches the session

	ending sync.Once
	ended  chan struct{} // closed after code and reason are set
	code   int
	reason string
}

func newSocket(t *webSocket, conn *websocket.Conn, w *wire, r *http.Request) *socket {
	w.writeTimeout = t.opts.WriteTimeout
	w.idleTimeout = silentPings * t.opts.PingInterval
	w.takeOver()
	s := &socket{
		connections: t.connections, protocol: protocolNamed(conn.Subprotocol()), request: r, conn: conn, wire: w,
		pace:    rate.NewLimiter(rate.Limit(t.opts.MessagesPerSecond), t.opts.MessageBurst),
		written: make(chan struct{}),
		ended:   make(chan struct{}),
	}
	s.peer = peer{runner: t.runner, operations: operations{limit: t.opts.OperationsPerSocket}}
	s.out = &outbox{limit: t.opts.QueueBytes, format: s.protocol.format(), meter: t.meter, wake: func() { go s.send() }}
	if direct := newDirectWriter(w.Conn); direct != nil {
		s.out.direct = direct.write
	}
	// The context of the request ends with its handler, long before the socket does.
	s.ctx, s.cancel = context.WithCancel(httpx.Detached(r.Context()))
	s.pings = time.AfterFunc(never, s.ping)
	conn.SetReadLimit(t.opts.MaxMessageBytes)
	conn.SetPingHandler(func(payload string) error { s.wire.alive(); s.out.sendPong(payload); return nil })
	conn.SetPongHandler(func(string) error { s.wire.alive(); return nil })
	// The reader sees the close frame as an error; the sender echoes it.
	conn.SetCloseHandler(func(int, string) error { return nil })
	return s
}

// never is when timers go off that are set later.
const never = 1<<63 - 1

// serve runs the socket, and releases everything before it returns, in this order:
// operations are told, the sender says goodbye, the connection is closed, operations
// have ended.
func (s *socket) serve() {
	defer s.connections.leave()
	defer s.removed()
	defer s.operations.wait()
	defer func() { _ = s.wire.Close() }()
	defer func() { <-s.written }()
	defer s.end(closeGone, "") // unless it has ended otherwise
	defer s.leaveSession()
	defer s.stopInitTimer()

	open := s.meter.connections[s.out.format.name]
	open.Inc()
	defer open.Dec()
	s.pings.Reset(s.opts.PingInterval)
	defer s.pings.Stop()
	if s.conn.Subprotocol() == "" {
		s.end(closeSubprotocol, "Subprotocol not acceptable")
	}
	s.initTimer = time.AfterFunc(s.opts.InitTimeout, func() {
		s.end(closeInitTimeout, "Connection initialisation timeout")
	})
	s.read()
}

func (s *socket) stopInitTimer() {
	if s.initTimer != nil {
		s.initTimer.Stop()
		s.initTimer = nil
	}
}

func (s *socket) removed() {
	s.connections.remove(s)
	s.meter.ended(s.code)
	s.opts.Logger.DebugContext(s.ctx, "socket closed", "viewer", s.viewer, "code", s.code, "reason", s.reason)
}

// ping asks for a sign of life, again and again until the socket has ended: who stops the
// timer may come between its going off and its being set again.
func (s *socket) ping() {
	if s.hasEnded() {
		return
	}
	s.out.sendPing()
	s.protocol.keepAlive(s)
	s.pings.Reset(s.opts.PingInterval)
}

// end ends the socket, once: later reasons are ignored. The sender sends the close
// frame. It may be called from any goroutine and never blocks.
func (s *socket) end(code int, reason string) {
	s.ending.Do(func() {
		s.code, s.reason = code, reason
		s.wire.finish(s.opts.CloseTimeout)
		s.out.close(discards(code))
		close(s.ended)
		s.cancel()
	})
}

// The three ends of a connection.
func (s *socket) restart() { s.end(closeRestart, "Service restart") }
func (s *socket) goAway()  { s.end(closeGoingAway, "Going away") }
func (s *socket) cut()     { _ = s.wire.Close() }

func (s *socket) hasEnded() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// read handles messages until the connection has no more. After the socket has ended
// it reads on, to leave nothing unread: closing a connection with unread input
// destroys what is still on its way to the peer, the close frame first of all.
func (s *socket) read() {
	for {
		s.wire.alive()
		kind, data, err := s.conn.ReadMessage()
		switch {
		case err != nil:
			s.readFailed(err)
			return
		case s.hasEnded():
		case kind != websocket.TextMessage:
			s.end(closeBadMessage, "message is not text")
		case !utf8.Valid(data):
			s.end(closeNotUTF8, "message is not valid UTF-8")
		case s.pace.Wait(s.ctx) == nil:
			s.handle(data)
		}
	}
}

// readFailed ends the socket for err, unless it has ended already.
func (s *socket) readFailed(err error) {
	var closed *websocket.CloseError
	var network net.Error
	switch {
	case errors.As(err, &closed) && closed.Code == closeGone:
		s.gone()
	case errors.As(err, &closed):
		s.end(closed.Code, closed.Text)
	case strings.Contains(err.Error(), "invalid utf8"): // gorilla has no other name for it
		s.end(closeNotUTF8, "close reason is not valid UTF-8")
		s.drain()
	case errors.Is(err, websocket.ErrReadLimit):
		s.end(closeMessageTooBig, "message is too big")
		s.drain()
	case errors.As(err, &network) && network.Timeout():
		s.end(closeGoingAway, "no sign of life")
	case network != nil, errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		s.gone()
	default:
		s.end(closeProtocol, "broken frame")
		s.drain()
	}
}

// gone ends the socket when there is no connection any more, and a blocked write
// with it.
func (s *socket) gone() {
	s.end(closeGone, "")
	_ = s.wire.Close()
}

// drain reads what gorilla refuses to, after broken input.
func (s *socket) drain() {
	<-s.written
	_, _ = io.Copy(io.Discard, s.wire.Conn)
}
