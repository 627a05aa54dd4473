package live

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/gorilla/websocket"
)

// socket is one WebSocket connection, from its upgrade to its end.
type socket struct {
	transport *webSocket
	exec      graphql.GraphExecutor
	request   *http.Request // the upgrade
	conn      *websocket.Conn
	wire      *wire
	out       *outbox
	own       lane // for messages of no operation

	ctx        context.Context // until the socket ends
	cancel     context.CancelFunc
	written    chan struct{} // closed when the writer has ended
	operations operations

	// What connection_init gave; the reader's alone.
	initTimer *time.Timer
	session   context.Context // nil until acknowledged
	forget    []func() bool   // stops what watches the session

	viewer string // set once, by sockets.admit on the reader's goroutine

	ending sync.Once
	ended  chan struct{} // closed after code and reason are set
	code   int
	reason string
}

func newSocket(t *webSocket, conn *websocket.Conn, w *wire, r *http.Request, exec graphql.GraphExecutor) *socket {
	w.writeTimeout = t.opts.WriteTimeout
	w.idleTimeout = silentPings * t.opts.PingInterval
	w.takeOver()
	s := &socket{
		transport: t, exec: exec, request: r, conn: conn, wire: w,
		out:     newOutbox(t.opts.QueueBytes),
		written: make(chan struct{}),
		ended:   make(chan struct{}),
	}
	s.ctx, s.cancel = context.WithCancel(r.Context())
	s.operations.limit = t.opts.OperationsPerSocket
	s.operations.running = map[string]*operation{}
	conn.SetReadLimit(t.opts.MaxMessageBytes)
	conn.SetPingHandler(func(payload string) error { s.wire.alive(); s.out.sendPong(payload); return nil })
	conn.SetPongHandler(func(string) error { s.wire.alive(); return nil })
	// The reader sees the close frame as an error; the writer echoes it.
	conn.SetCloseHandler(func(int, string) error { return nil })
	return s
}

// serve runs the socket on the caller's goroutine, and releases everything before it
// returns, in this order: operations are told, the writer says goodbye, the
// connection is closed, operations have ended.
func (s *socket) serve() {
	defer s.operations.wait()
	defer func() { _ = s.wire.Close() }()
	go s.write()
	defer func() { <-s.written }()
	defer s.end(closeGone, "") // unless it has ended otherwise
	stop := context.AfterFunc(s.request.Context(), func() { s.end(closeGoingAway, "Going away") })
	defer stop()

	if s.conn.Subprotocol() != subprotocol {
		s.end(closeSubprotocol, "Subprotocol not acceptable")
	}
	s.initTimer = time.AfterFunc(s.transport.opts.InitTimeout, func() {
		s.end(closeInitTimeout, "Connection initialisation timeout")
	})
	defer s.initTimer.Stop()
	defer s.leaveSession()
	s.read()
}

// end ends the socket, once: later reasons are ignored. The writer sends the close
// frame. It may be called from any goroutine and never blocks.
func (s *socket) end(code int, reason string) {
	s.ending.Do(func() {
		s.code, s.reason = code, reason
		s.out.close(discards(code))
		s.wire.finish(s.transport.opts.CloseTimeout)
		close(s.ended)
		s.cancel()
	})
}

// restart ends the socket because the server stops: its client is to come back.
func (s *socket) restart() { s.end(closeRestart, "Service restart") }

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
		default:
			s.receive(data)
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
