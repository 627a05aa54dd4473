package live_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"stepcast/live"
	"stepcast/live/internal/testschema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come.
const patience = 10 * time.Second

// bundle is a server of the test schema on a real port.
type bundle struct {
	*testschema.Resolver
	handler *live.Handler
	server  *httptest.Server
	url     string
	panics  atomic.Int64 // of requests, which net/http would only log
}

func setup(t testing.TB, opts live.Options) *bundle {
	t.Helper()
	return setupServer(t, opts, (*httptest.Server).Start)
}

// setupServer lets start decide how the server speaks.
func setupServer(t testing.TB, opts live.Options, start func(*httptest.Server)) *bundle {
	t.Helper()
	b := &bundle{Resolver: &testschema.Resolver{}}
	opts.StreamError, opts.Share = testschema.StreamError, b.Plan
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	b.handler = live.New(testschema.New(b.Resolver), opts)
	mux := http.NewServeMux()
	mux.Handle("/graphql", b.countPanics(b.handler))
	b.server = httptest.NewUnstartedServer(mux)
	live.Prepare(b.server.Config)
	start(b.server)
	b.url = b.server.URL + "/graphql"
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		require.NoError(t, b.handler.Shutdown(ctx))
		b.server.Close()
		require.Zero(t, b.panics.Load())
	})
	return b
}

func (b *bundle) countPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if value := recover(); value != nil {
				b.panics.Add(1)
				panic(value) // net/http logs it, with its stack
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// released waits until nothing of any socket is left.
func (b *bundle) released(t testing.TB) {
	t.Helper()
	require.Eventually(t, func() bool {
		return b.handler.Sockets() == 0 && b.Streams.Load() == 0 && b.Blocked.Load() == 0
	}, patience, time.Millisecond)
}

// client is a raw WebSocket client.
type client struct {
	*websocket.Conn
	t *testing.T
}

// dial opens a socket; header may be nil.
func (b *bundle) dial(t *testing.T, header http.Header) *client {
	t.Helper()
	return b.dialWith(t, &websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}}, header)
}

func (b *bundle) dialWith(t *testing.T, dialer *websocket.Dialer, header http.Header) *client {
	t.Helper()
	conn, resp, err := dialer.Dial("ws"+strings.TrimPrefix(b.url, "http"), header)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(patience)))
	return &client{Conn: conn, t: t}
}

// connect opens a socket and waits for its ack.
func (b *bundle) connect(t *testing.T) *client {
	t.Helper()
	c := b.dial(t, nil)
	c.init()
	return c
}

func (c *client) init() {
	c.t.Helper()
	c.send(`{"type":"connection_init"}`)
	c.expect(`{"type":"connection_ack"}`)
}

func (c *client) send(text string) {
	c.t.Helper()
	require.NoError(c.t, c.WriteMessage(websocket.TextMessage, []byte(text)))
}

func (c *client) subscribe(id, query string) {
	c.t.Helper()
	payload, err := json.Marshal(map[string]any{
		"id": id, "type": "subscribe", "payload": map[string]any{"query": query},
	})
	require.NoError(c.t, err)
	c.send(string(payload))
}

// receive gives the next message.
func (c *client) receive() string {
	c.t.Helper()
	_, data, err := c.ReadMessage()
	require.NoError(c.t, err)
	return string(data)
}

func (c *client) expect(message string) {
	c.t.Helper()
	require.JSONEq(c.t, message, c.receive())
}

// expectNothing checks that nothing was sent before the answer to a ping.
func (c *client) expectNothing() {
	c.t.Helper()
	c.send(`{"type":"ping"}`)
	c.expect(`{"type":"pong"}`)
}

// expectClose checks that the socket ends with code, whatever comes before.
func (c *client) expectClose(code int) *websocket.CloseError {
	c.t.Helper()
	for {
		if _, _, err := c.ReadMessage(); err != nil {
			var closed *websocket.CloseError
			require.ErrorAs(c.t, err, &closed)
			require.Equal(c.t, code, closed.Code, "reason %q", closed.Text)
			return closed
		}
	}
}

// narrow dials with a small receive buffer, so that a reader that stops is noticed soon.
func narrow() *websocket.Dialer {
	return &websocket.Dialer{
		Subprotocols: []string{"graphql-transport-ws"},
		NetDialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
			if err == nil {
				err = conn.(*net.TCPConn).SetReadBuffer(128 << 10)
			}
			return conn, err
		},
	}
}
