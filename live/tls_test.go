package live_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"stepcast/live"
	"stepcast/live/internal/testschema"
)

// Over TLS a write is not one write of the kernel's.
func TestSocketOverTLS(t *testing.T) {
	t.Parallel()
	b := &bundle{Resolver: &testschema.Resolver{}}
	b.handler = live.New(testschema.New(b.Resolver), live.Options{
		WriteTimeout: 200 * time.Millisecond, CloseTimeout: 50 * time.Millisecond,
	})
	b.server = httptest.NewTLSServer(http.HandlerFunc(b.handler.ServeHTTP))
	defer b.server.Close()
	dialer := &websocket.Dialer{
		Subprotocols:    []string{"graphql-transport-ws"},
		TLSClientConfig: b.server.Client().Transport.(*http.Transport).TLSClientConfig.Clone(),
	}
	dialer.TLSClientConfig.NextProtos = []string{"http/1.1"}
	dialer.TLSClientConfig.MinVersion = tls.VersionTLS12
	open := func() *client {
		conn, resp, err := dialer.Dial("wss"+b.server.URL[len("https"):], nil)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		t.Cleanup(func() { _ = conn.Close() })
		require.NoError(t, conn.SetReadDeadline(time.Now().Add(patience)))
		return &client{Conn: conn, t: t}
	}
	reading := open()
	reading.init()
	reading.subscribe("1", `subscription { count(to: 100) }`)
	for range 100 {
		reading.receive()
	}
	reading.expect(`{"id":"1","type":"complete"}`)
	require.NoError(t, reading.Close())

	stalled := open()
	stalled.init()
	stalled.subscribe("1", `subscription { flood(bytes: 100000) }`)
	b.released(t)
}
