package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
)

// badFrames sends messages that are none of graphql-transport-ws: the socket closes
// with the code that says so.
func badFrames(t *testing.T, s *server, task string) {
	watch := `{"id":"1","type":"subscribe","payload":{"query":"subscription { taskProgress(id: \"` + task + `\") { id } }"}}`
	for name, try := range map[string]struct {
		kind     int
		messages []string
		code     int
	}{
		"binary":               {websocket.BinaryMessage, []string{"\x00\x01\x02"}, 4400},
		"a message as binary":  {websocket.BinaryMessage, []string{`{"type":"ping"}`}, 4400},
		"not UTF-8":            {websocket.TextMessage, []string{"\xff\xfe"}, 1007},
		"empty":                {websocket.TextMessage, []string{""}, 4400},
		"not JSON":             {websocket.TextMessage, []string{"hello"}, 4400},
		"null":                 {websocket.TextMessage, []string{"null"}, 4400},
		"a list":               {websocket.TextMessage, []string{"[]"}, 4400},
		"no type":              {websocket.TextMessage, []string{"{}"}, 4400},
		"type of a number":     {websocket.TextMessage, []string{`{"type":1}`}, 4400},
		"unknown type":         {websocket.TextMessage, []string{`{"type":"start"}`}, 4400},
		"deep":                 {websocket.TextMessage, []string{`{"type":"ping","payload":` + nested(`{"x":`, "1", "}", 100_000) + "}"}, 4400},
		"payload of a list":    {websocket.TextMessage, []string{`{"type":"connection_init","payload":[]}`}, 4400},
		"no id":                {websocket.TextMessage, []string{`{"type":"subscribe","payload":{"query":"{viewer{name}}"}}`}, 4400},
		"empty id":             {websocket.TextMessage, []string{`{"id":"","type":"subscribe","payload":{"query":"{viewer{name}}"}}`}, 4400},
		"id of a number":       {websocket.TextMessage, []string{`{"id":1,"type":"complete"}`}, 4400},
		"no payload":           {websocket.TextMessage, []string{`{"id":"1","type":"subscribe"}`}, 4400},
		"no query":             {websocket.TextMessage, []string{`{"id":"1","type":"subscribe","payload":{}}`}, 4400},
		"variables of a list":  {websocket.TextMessage, []string{`{"id":"1","type":"subscribe","payload":{"query":"{viewer{name}}","variables":[]}}`}, 4400},
		"too big":              {websocket.TextMessage, []string{`{"type":"ping","payload":{"x":"` + strings.Repeat("x", 2<<20) + `"}}`}, 1009},
		"another init":         {websocket.TextMessage, []string{`{"type":"connection_init"}`}, 4429},
		"an id that is in use": {websocket.TextMessage, []string{watch, watch}, 4409},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := s.with(t).socket(t, token)
			for _, message := range try.messages {
				// It may be closing already: the close code tells.
				_ = w.conn.WriteMessage(try.kind, []byte(message))
			}
			require.Equal(t, try.code, w.closed())
		})
	}
	t.Run("no init", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, 4408, s.with(t).dial(t).closed())
	})
	t.Run("bad init", func(t *testing.T) {
		t.Parallel()
		for _, payload := range []string{`{"Authorization":1}`, `{"Authorization":"Bearer"}`, `{"Authorization":["Bearer x"]}`, `{"Authorization":"Basic x"}`} {
			w := s.with(t).dial(t)
			w.send(frame{Type: "connection_init", Payload: []byte(payload)})
			require.Equal(t, 4403, w.closed(), payload)
		}
	})
	t.Run("other subprotocol", func(t *testing.T) {
		t.Parallel()
		dialer := websocket.Dialer{Subprotocols: []string{"graphql"}}
		conn, _, err := dialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(s.url, "http")+"/graphql", nil)
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close() })
		require.NoError(t, conn.SetReadDeadline(time.Now().Add(patience)))
		require.Equal(t, 4406, (&socket{t: t, conn: conn}).closed())
	})
	t.Run("page of another site", func(t *testing.T) {
		t.Parallel()
		page := http.Header{"Origin": {"https://example.org"}}
		_, refused, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(s.url, "http")+"/graphql", page)
		require.Error(t, err)
		require.Equal(t, http.StatusForbidden, refused.StatusCode)
	})
}

// brokenFrames writes bytes that are no WebSocket frames after the handshake.
func brokenFrames(t *testing.T, s *server, _ string) {
	const handshake = "GET /graphql HTTP/1.1\r\nHost: stepcast\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
	for name, bytes := range map[string]string{
		"unmasked":                  "\x81\x02{}",
		"reserved bits":             "\xf1\x82\x00\x00\x00\x00{}",
		"unknown opcode":            "\x83\x82\x00\x00\x00\x00{}",
		"a fragmented ping":         "\x09\x80\x00\x00\x00\x00",
		"a long ping":               "\x89\xfe\x01\x00\x00\x00\x00\x00" + strings.Repeat("x", 256),
		"a continuation of nothing": "\x80\x82\x00\x00\x00\x00{}",
		"a negative length":         "\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00",
		"HTTP":                      "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
			require.NoError(t, err)
			defer conn.Close()
			require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
			_, err = io.WriteString(conn, handshake)
			require.NoError(t, err)
			reader := bufio.NewReader(conn)
			answered, err := http.ReadResponse(reader, nil)
			require.NoError(t, err)
			require.Equal(t, http.StatusSwitchingProtocols, answered.StatusCode)
			_, err = io.WriteString(conn, bytes)
			require.NoError(t, err)
			frames, err := io.ReadAll(reader)
			require.NoError(t, err, "the server closes")
			require.GreaterOrEqual(t, len(frames), 4, "a close frame: %q", frames)
			require.Equal(t, byte(0x88), frames[0])
			require.Contains(t, []int{1002, 1009}, int(frames[2])<<8|int(frames[3]))
		})
	}
}

// badOperations subscribes to what cannot be run: each is an error of its own, and the
// socket goes on.
func badOperations(t *testing.T, s *server, _ string) {
	w := s.socket(t, token)
	for i, document := range append(hostileDocuments(),
		`subscription { taskProgress(id: "nonsense") { id } }`, `subscription { taskLog(id: "1", after: -1) { cursor } }`,
		`subscription { taskChanges(filter: {createdAfter: "yesterday"}) { resync } }`, `subscription { taskProgress(id: "1") { log { cursor } } }`) {
		if strings.Contains(document, "taskLog(id: 1) { cursor }") && !strings.Contains(document, "taskEvents") || len(document) > 500_000 {
			continue // over a socket the one may run, and the other is too big a message
		}
		w.subscribe(fmt.Sprint(i), document, nil)
		a, ended := w.answer()
		requireClear(t, shown(document), a)
		if !ended { // it was refused while it ran: errors are its only value
			_, ended = w.answer()
			require.True(t, ended, shown(document))
		}
	}
	const most = 100
	for i := range most + 1 {
		w.subscribe(fmt.Sprint("s", i), `subscription { taskChanges { resync } }`, nil)
	}
	a, _ := w.answer()
	require.Equal(t, "LIMIT_EXCEEDED", a.code(), "one operation too many")
	w.subscribe("query", `{ viewer { name } }`, nil)
	a, _ = w.answer()
	require.Equal(t, "LIMIT_EXCEEDED", a.code(), "queries count too")
	w.send(frame{ID: "s1", Type: "complete"})
	until(t, "a place for one more operation", func() bool {
		w.subscribe("query", `{ viewer { name } }`, nil)
		a, ended := w.answer()
		if !ended {
			_, _ = w.answer()
		}
		return textAt(a.Data, "viewer", "name") == "admin"
	})
}

// TestSocketLimit: a user may have so many sockets, and another when one has ended.
func TestSocketLimit(t *testing.T) {
	t.Parallel()
	s := start(t, "--no-worker", "--socket-limit", "2")
	first, _ := s.socket(t, token), s.socket(t, token)
	third := s.dial(t)
	third.init(token)
	require.Equal(t, 4403, third.closed())
	require.NoError(t, first.conn.Close())
	until(t, "room for another", func() bool {
		again := s.dial(t)
		again.init(token)
		_, message, err := again.conn.ReadMessage()
		return err == nil && strings.Contains(string(message), "connection_ack")
	})
}
