package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// peer is the server's end of a websocket, played by the test.
type peer struct {
	t         *testing.T
	conn      *websocket.Conn
	handshake *http.Request
}

// read gives the next message.
func (p *peer) read() message {
	p.t.Helper()
	_ = p.conn.SetReadDeadline(time.Now().Add(testPatience))
	var m message
	if err := p.conn.ReadJSON(&m); err != nil {
		p.t.Fatalf("read from client: %v", err)
	}
	return m
}

func (p *peer) expect(kind string) message {
	p.t.Helper()
	m := p.read()
	if m.Type != kind {
		p.t.Fatalf("client sent %q, want %q", m.Type, kind)
	}
	return m
}

func (p *peer) send(m message) {
	p.t.Helper()
	_ = p.conn.SetWriteDeadline(time.Now().Add(testPatience))
	if err := p.conn.WriteJSON(m); err != nil {
		p.t.Fatalf("write to client: %v", err)
	}
}

// acknowledge takes connection_init and gives its payload.
func (p *peer) acknowledge() string {
	p.t.Helper()
	m := p.expect("connection_init")
	p.send(message{Type: "connection_ack"})
	return string(m.Payload)
}

func (p *peer) subscription() request {
	p.t.Helper()
	m := p.expect("subscribe")
	var r request
	if err := json.Unmarshal(m.Payload, &r); err != nil {
		p.t.Fatal(err)
	}
	return r
}

// next sends a value of the subscription's field.
func (p *peer) next(field string, value any) {
	p.t.Helper()
	p.send(message{ID: operationID, Type: "next", Payload: asJSON(p.t, map[string]any{
		"data": map[string]any{field: value},
	})})
}

// fail ends the subscription by an error.
func (p *peer) fail(code ErrorCode, text string) {
	p.t.Helper()
	p.send(message{ID: operationID, Type: "error", Payload: asJSON(p.t, []any{
		map[string]any{"message": text, "extensions": map[string]any{"code": code}},
	})})
}

// complete ends the subscription, and takes the goodbye.
func (p *peer) complete() {
	p.t.Helper()
	p.send(message{ID: operationID, Type: "complete"})
	p.expectClose(websocket.CloseNormalClosure)
}

// closeWith closes the websocket and waits until the client has gone.
func (p *peer) closeWith(code int, reason string) {
	p.t.Helper()
	deadline := time.Now().Add(testPatience)
	frame := websocket.FormatCloseMessage(code, reason)
	if err := p.conn.WriteControl(websocket.CloseMessage, frame, deadline); err != nil {
		p.t.Fatalf("write close frame: %v", err)
	}
	_ = p.conn.SetReadDeadline(deadline)
	for {
		if _, _, err := p.conn.ReadMessage(); err != nil {
			break
		}
	}
	p.conn.Close()
}

// drop breaks the connection without a word.
func (p *peer) drop() { p.conn.NetConn().Close() }

// expectClose takes the client's close frame, after pings.
func (p *peer) expectClose(code int) {
	p.t.Helper()
	_ = p.conn.SetReadDeadline(time.Now().Add(testPatience))
	for {
		_, data, err := p.conn.ReadMessage()
		if err == nil {
			var m message
			if json.Unmarshal(data, &m) != nil || m.Type != "ping" {
				p.t.Fatalf("client sent %s, want close frame %d", data, code)
			}
			continue
		}
		var closed *websocket.CloseError
		if !errors.As(err, &closed) || closed.Code != code {
			p.t.Fatalf("client left with %v, want close frame %d", err, code)
		}
		p.conn.Close()
		return
	}
}

// expectLeave takes the goodbye of a client that does not want to hear more.
func (p *peer) expectLeave() {
	p.t.Helper()
	if m := p.expect("complete"); m.ID != operationID {
		p.t.Fatalf("complete of %q", m.ID)
	}
	p.expectClose(websocket.CloseNormalClosure)
}

func asJSON(t *testing.T, v any) json.RawMessage {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// within bounds a wait of the test.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testPatience)
	t.Cleanup(cancel)
	return ctx
}

// mustNext gives the next value of a stream that must have one.
func mustNext[T any](t *testing.T, s *Stream[T]) T {
	t.Helper()
	v, err := s.Next(within(t))
	if err != nil {
		t.Fatalf("Next: %v", err)
	}
	return v
}

// mustEnd gives why a stream that has no more values is over; nil when it is complete.
func mustEnd[T any](t *testing.T, s *Stream[T]) error {
	t.Helper()
	v, err := s.Next(within(t))
	switch {
	case err == nil:
		t.Fatalf("Next gave %+v, want the end", v)
	case errors.Is(err, io.EOF):
		return nil
	}
	return err
}
