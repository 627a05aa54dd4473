package live_test

import (
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"stepcast/internal/randomtest"
	"stepcast/live"
	"stepcast/live/internal/testschema"
)

// Sockets that come and go in every way, at once: nothing races, nothing is left.
func TestChurn(t *testing.T) {
	t.Parallel()
	seed := randomtest.Seed(t)
	b := setup(t, live.Options{CloseTimeout: 100 * time.Millisecond, OperationsPerSocket: 5})
	var clients sync.WaitGroup
	for n := range uint64(30) {
		clients.Go(func() {
			random := rand.New(rand.NewPCG(seed, n))
			for range 5 {
				churn(t, b, random)
			}
		})
	}
	clients.Wait()
	b.released(t)
}

// churn opens a socket, does some random things on it and leaves in a random way.
func churn(t *testing.T, b *bundle, random *rand.Rand) {
	c := b.dial(t, nil)
	c.init()
	queries := []string{
		`{ hello }`, `{ helo }`, `{ blocks }`, `{ panics }`, `subscription { once }`,
		`subscription { count(to: 20) }`, `subscription { flood(bytes: 5000) }`, `subscription { refused }`,
	}
	for range random.IntN(12) {
		id := random.IntN(8)
		// Completing first makes duplicates rare, not impossible.
		if c.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"id":"%d","type":"complete"}`, id)) != nil {
			return
		}
		query := queries[random.IntN(len(queries))]
		if c.WriteMessage(websocket.TextMessage, fmt.Appendf(nil,
			`{"id":"%d","type":"subscribe","payload":{"query":"%s"}}`, id, query)) != nil {
			return
		}
		for range random.IntN(10) {
			_ = c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
			if _, _, err := c.ReadMessage(); err != nil {
				_ = c.Close()
				return
			}
		}
	}
	if random.IntN(2) == 0 {
		_ = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), time.Now().Add(time.Second))
	}
	_ = c.Close()
}

// The same over TLS, where a write is not one write of the kernel's.
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
