package e2e

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
)

// socket speaks graphql-transport-ws frame by frame, where a test needs what the
// client package hides.
type socket struct {
	t    *testing.T
	conn *websocket.Conn
}

// frame is a message of graphql-transport-ws.
type frame struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// dial opens a socket that has said nothing yet. The test closes it.
func (s *server) dial(t *testing.T, headers ...string) *socket {
	t.Helper()
	header := http.Header{}
	setHeaders(header, headers)
	dialer := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}, HandshakeTimeout: patience, TLSClientConfig: s.secure}
	conn, _, err := dialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(s.url, "http")+"/graphql", header)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(patience)))
	return &socket{t: t, conn: conn}
}

// socket opens a socket and signs in: with a token, or by the headers when it is "".
func (s *server) socket(t *testing.T, token string, headers ...string) *socket {
	t.Helper()
	w := s.dial(t, headers...)
	w.init(token)
	require.Equal(t, "connection_ack", w.next().Type)
	return w
}

// init sends connection_init, with a token unless it is "".
func (w *socket) init(token string) {
	w.t.Helper()
	payload := json.RawMessage(`{}`)
	if token != "" {
		payload = json.RawMessage(`{"Authorization":"Bearer ` + token + `"}`)
	}
	w.send(frame{Type: "connection_init", Payload: payload})
}

func (w *socket) send(f frame) {
	w.t.Helper()
	require.NoError(w.t, w.conn.WriteJSON(f))
}

func (w *socket) subscribe(id, query string, variables object) {
	w.t.Helper()
	payload, err := json.Marshal(object{"query": query, "variables": variables})
	require.NoError(w.t, err)
	w.send(frame{ID: id, Type: "subscribe", Payload: payload})
}

// next gives the next frame; pings of the protocol's own are answered and left out.
func (w *socket) next() frame {
	w.t.Helper()
	for {
		var f frame
		require.NoError(w.t, w.conn.ReadJSON(&f))
		if f.Type != "ping" {
			return f
		}
		w.send(frame{Type: "pong"})
	}
}

// answer gives the next value or error of the operations that run; ended is whether
// there is nothing more to come of it.
func (w *socket) answer() (a answer, ended bool) {
	w.t.Helper()
	f := w.next()
	switch f.Type {
	case "next":
		require.NoError(w.t, decode(string(f.Payload), &a))
		return a, false
	case "error":
		require.NoError(w.t, decode(string(f.Payload), &a.Errors))
		return a, true
	}
	require.Equal(w.t, "complete", f.Type, string(f.Payload))
	return a, true
}

// closed reads until the server closes the socket and gives the close code.
func (w *socket) closed() int {
	w.t.Helper()
	for {
		_, data, err := w.conn.ReadMessage()
		if err == nil {
			continue
		}
		var closed *websocket.CloseError
		require.True(w.t, errors.As(err, &closed), "no close frame but %v; the last message was %s", err, data)
		return closed.Code
	}
}
