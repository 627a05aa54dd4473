package live_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"stepcast/internal/randomtest"
	"stepcast/live"
)

// Sockets that come and go in every way, at once: nothing races, nothing is left. It has
// the process to itself, whose goroutines and descriptors it counts.
func TestChurn(t *testing.T) {
	seed := randomtest.Seed(t)
	b := setup(t, live.Options{
		WriteTimeout: 300 * time.Millisecond, CloseTimeout: 100 * time.Millisecond, OperationsPerSocket: 5,
	})
	first := b.connect(t) // what the process needs once is there from now on
	require.NoError(t, first.Close())
	b.released(t)
	goroutines, descriptors := runtime.NumGoroutine(), openDescriptors(t)

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
	// Eventually itself runs one or two goroutines.
	require.Eventually(t, func() bool {
		return runtime.NumGoroutine() <= goroutines+2 && openDescriptors(t) <= descriptors
	}, patience, time.Millisecond)
}

// churn opens a socket, does some random things on it and leaves in a random way.
func churn(t *testing.T, b *bundle, random *rand.Rand) {
	dialer := narrow()
	dialer.Subprotocols = []string{offer(byte(random.IntN(2)))}
	c := b.dialWith(t, dialer, nil)
	if random.IntN(10) == 0 {
		leave(c, random) // before its init
		return
	}
	c.send(initText)
	for range random.IntN(12) {
		if !act(c, random) {
			_ = c.Close()
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
	leave(c, random)
}

// act sends something. False: the socket has ended.
func act(c *client, random *rand.Rand) bool {
	queries := []string{
		`{ hello }`, `{ helo }`, `{ blocks }`, `{ panics }`, `subscription { once }`, `subscription { breaks }`,
		`subscription { count(to: 20) }`, `subscription { flood(bytes: 5000) }`, `subscription { refused }`,
	}
	begin, end := "subscribe", "complete"
	if c.Subprotocol() == "graphql-ws" {
		begin, end = "start", "stop"
	}
	id, query := random.IntN(8), queries[random.IntN(len(queries))]
	subscribe := fmt.Sprintf(`{"id":"%d","type":"%s","payload":{"query":"%s"}}`, id, begin, query)
	complete := fmt.Sprintf(`{"id":"%d","type":"%s"}`, id, end)
	var messages []string
	switch random.IntN(20) {
	case 0:
		messages = []string{subscribe, subscribe} // a duplicate, if the first one lasts
	case 1:
		messages = []string{initText}
	case 2, 3, 4:
		messages = []string{`{"type":"ping","payload":{"a":1}}`, `{"type":"pong"}`}
	case 5, 6, 7:
		messages = []string{complete}
	default:
		messages = []string{complete, subscribe}
	}
	for _, message := range messages {
		if c.WriteMessage(websocket.TextMessage, []byte(message)) != nil {
			return false
		}
	}
	return true
}

// leave ends a socket as clients do, and networks.
func leave(c *client, random *rand.Rand) {
	switch random.IntN(6) {
	case 0: // as the protocol asks for
		_ = c.SetReadDeadline(time.Now().Add(patience))
		_ = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), time.Now().Add(patience))
		for err := error(nil); err == nil; {
			_, _, err = c.ReadMessage()
		}
	case 1: // without waiting for the answer
		_ = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), time.Now().Add(patience))
	case 2: // within a frame
		whole := text(`{"type":"ping"}`).append(nil)
		_, _ = c.NetConn().Write(whole[:random.IntN(len(whole))])
	case 3: // reset
		_ = c.NetConn().(*net.TCPConn).SetLinger(0)
	case 4: // not at all: it stops reading and is cut in the end
		// Legacy sockets answer each message that they do not know, the others each ping.
		ping := []byte(`{"id":"` + strings.Repeat("x", 50_000) + `","type":"ping","payload":{"x":"` + strings.Repeat("x", 50_000) + `"}}`)
		_ = c.SetWriteDeadline(time.Now().Add(patience))
		for c.WriteMessage(websocket.TextMessage, ping) == nil {
		}
	}
	_ = c.Close()
}
