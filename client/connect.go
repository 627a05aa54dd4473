package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gorilla/websocket"
)

const (
	subprotocol = "graphql-transport-ws"
	// handshakeTimeout bounds the opening of a websocket, and then the wait for its
	// connection_ack.
	handshakeTimeout = 10 * time.Second
)

// connect opens a websocket and has it acknowledged. Whoever gets a session ends it.
func (c *Client) connect(ctx context.Context) (*session, error) {
	token, err := c.token(ctx)
	if err != nil {
		return nil, &unsentError{"get token", err}
	}
	conn, err := c.dial(ctx)
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(maxAnswer)
	s := &session{ctx: ctx, conn: conn, silence: 2 * c.keepAlive, quit: make(chan struct{})}
	s.unwatch = context.AfterFunc(ctx, s.interrupt)
	if err := s.initialize(token); err != nil {
		s.end(err)
		return nil, err
	}
	s.pinging.Go(func() { s.keepAlive(c.keepAlive) })
	return s, nil
}

func (c *Client) dial(ctx context.Context) (*websocket.Conn, error) {
	conn, resp, err := c.dialer.DialContext(ctx, c.socket, c.headers())
	if errors.Is(err, websocket.ErrBadHandshake) && resp != nil {
		// gorilla keeps the beginning of the body in memory.
		body, _ := io.ReadAll(resp.Body)
		return nil, fmt.Errorf("open websocket: %w", newHTTPError(resp.StatusCode, resp.Header, body))
	}
	if err != nil {
		return nil, fmt.Errorf("open websocket: %w", err)
	}
	if conn.Subprotocol() != subprotocol {
		conn.Close()
		return nil, fmt.Errorf("open websocket: %w: it does not speak %s", ErrProtocol, subprotocol)
	}
	return conn, nil
}

// initialize sends connection_init and waits for connection_ack.
func (s *session) initialize(token string) error {
	init := message{Type: "connection_init"}
	if token != "" {
		payload, err := json.Marshal(map[string]string{"Authorization": "Bearer " + token})
		if err != nil {
			return fmt.Errorf("encode token: %w", err)
		}
		init.Payload = payload
	}
	if err := s.write(init); err != nil {
		return err
	}
	for {
		m, err := s.receive(handshakeTimeout)
		switch {
		case err != nil:
			return err
		case m.Type == "connection_ack":
			return nil
		case m.Type != "pong": // which may come at any time
			return fmt.Errorf("%w: %q instead of connection_ack", ErrProtocol, m.Type)
		}
	}
}
