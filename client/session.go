package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	// writeTimeout bounds each write: our messages are small, so that a socket which
	// takes none for this long is lost.
	writeTimeout = 10 * time.Second
	// leaveTimeout bounds the goodbye.
	leaveTimeout = time.Second
)

// message is a message of graphql-transport-ws.
type message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// session is one websocket, from its handshake to its end. One goroutine reads it;
// pings are written by another.
type session struct {
	ctx     context.Context
	conn    *websocket.Conn
	silence time.Duration // how long it may say nothing before it counts as lost
	unwatch func() bool   // ends the watch over ctx
	// subscribed is set while the server works on the operation; for the reader only.
	subscribed bool

	writing sync.Mutex // one writer at a time

	mu sync.Mutex // orders read deadlines with leaving
	// leaving is set once ctx has ended: no read may wait any more.
	leaving bool

	quit    chan struct{} // closed to stop the pings
	pinging sync.WaitGroup
}

// receive gives the next message that is not a ping; pings it answers.
func (s *session) receive(patience time.Duration) (message, error) {
	for {
		m, err := s.read(patience)
		if err != nil {
			return message{}, err
		}
		if m.Type != "ping" {
			return m, nil
		}
		if err := s.write(message{Type: "pong", Payload: m.Payload}); err != nil {
			return message{}, err
		}
	}
}

func (s *session) read(patience time.Duration) (message, error) {
	if err := s.allowRead(patience); err != nil {
		return message{}, err
	}
	kind, data, err := s.conn.ReadMessage()
	if err != nil {
		return message{}, closedBy(err)
	}
	if kind != websocket.TextMessage {
		return message{}, fmt.Errorf("%w: a binary message", ErrProtocol)
	}
	var m message
	if err := json.Unmarshal(data, &m); err != nil {
		return message{}, fmt.Errorf("decode message: %w: %w", ErrProtocol, err)
	}
	return m, nil
}

// allowRead lets the next read wait, unless the session is being left.
func (s *session) allowRead(patience time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leaving {
		return context.Cause(s.ctx)
	}
	if err := s.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return lost(err)
	}
	return nil
}

// interrupt ends the reads and writes under way, so that whoever reads can say goodbye.
func (s *session) interrupt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leaving = true
	// The connection fails by itself where a deadline cannot be set.
	_ = s.conn.SetReadDeadline(time.Now())
	_ = s.conn.NetConn().SetWriteDeadline(time.Now().Add(leaveTimeout))
}

func (s *session) write(m message) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	timeout := writeTimeout
	if s.ctx.Err() != nil {
		timeout = leaveTimeout
	}
	if err := s.conn.SetWriteDeadline(time.Now().Add(timeout)); err != nil {
		return lost(err)
	}
	if err := s.conn.WriteJSON(m); err != nil {
		return lost(err)
	}
	return nil
}

// keepAlive asks for a sign of life until the session ends. A reader that waits longer
// than s.silence takes the connection for lost.
func (s *session) keepAlive(interval time.Duration) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-s.quit:
			return
		case <-ticker.C:
			if s.write(message{Type: "ping"}) != nil {
				return // the reader finds out by itself
			}
		}
	}
}

// end says goodbye in the way that the reason asks for, closes the websocket and waits
// for the goroutines. Only whoever reads may call it, once.
func (s *session) end(reason error) {
	s.unwatch()
	close(s.quit)
	var closed *ClosedError
	if gone := errors.As(reason, &closed) && s.ctx.Err() == nil; !gone {
		s.goodbye(reason)
	}
	s.conn.Close()
	s.pinging.Wait()
}

// goodbye ends the operation and closes the websocket in order. It then reads to the
// end, because a socket that is closed with unread bytes may take back what was sent last.
func (s *session) goodbye(reason error) {
	if s.subscribed && s.write(message{ID: operationID, Type: "complete"}) != nil {
		return
	}
	code, text := websocket.CloseNormalClosure, ""
	if errors.Is(reason, ErrProtocol) {
		code, text = closeBadResponse, "bad response"
	}
	deadline := time.Now().Add(leaveTimeout)
	if s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, text), deadline) != nil {
		return
	}
	raw := s.conn.NetConn()
	if raw.SetReadDeadline(deadline) == nil {
		_, _ = io.Copy(io.Discard, raw)
	}
}

// closedBy tells what the end of a read means.
func closedBy(err error) error {
	var frame *websocket.CloseError
	switch {
	case errors.Is(err, websocket.ErrReadLimit):
		return fmt.Errorf("read message: %w: more than %d bytes", ErrProtocol, maxAnswer)
	case errors.As(err, &frame) && frame.Code != websocket.CloseAbnormalClosure:
		return &ClosedError{Code: frame.Code, Reason: frame.Text}
	}
	return lost(err)
}

func lost(err error) error {
	return &ClosedError{Code: websocket.CloseAbnormalClosure, Err: err}
}
