package live_test

import (
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"stepcast/internal/metricstest"
	"stepcast/live"
)

const textBytes = 1000

// A peer that stops reading is cut, whatever it subscribed to, and leaves nothing.
func TestStalledReaderIsCut(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{WriteTimeout: 100 * time.Millisecond, CloseTimeout: 50 * time.Millisecond})
	stalled := b.dialWith(t, narrow(), nil)
	stalled.init()
	stalled.subscribe("1", `subscription { flood(bytes: 1000) }`)
	stalled.subscribe("2", `subscription { flood(bytes: 1000) }`)
	b.released(t)
	// What was produced waits in two lanes, the batch being sent, and the buffers of
	// both kernels; not in memory without bound.
	require.Less(t, b.Produced.Load()*textBytes, int64(2<<20))
	require.Equal(t, "Not reading", stalled.expectClose(websocket.CloseTryAgainLater).Text)
}

// A stalled reader whose peer vanishes is released at once.
func TestStalledReaderVanishes(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{WriteTimeout: time.Hour, CloseTimeout: time.Hour})
	stalled := b.dialWith(t, narrow(), nil)
	stalled.init()
	stalled.subscribe("1", `subscription { flood(bytes: 100000) }`)
	stalled.receive()
	require.NoError(t, stalled.NetConn().Close())
	b.released(t)
}

// A reader is kept as long as it reads at all, and its pongs come in time or not.
func TestSlowReaderIsKept(t *testing.T) {
	t.Parallel()
	const writeTimeout = 400 * time.Millisecond
	b := setup(t, live.Options{WriteTimeout: writeTimeout, PingInterval: 100 * time.Millisecond})
	slow := b.dialWith(t, narrow(), nil)
	slow.init()
	slow.subscribe("1", `subscription { flood(bytes: 20000) }`)
	end := time.Now().Add(4 * writeTimeout)
	pace := time.NewTicker(writeTimeout / 10)
	defer pace.Stop()
	for time.Now().Before(end) {
		<-pace.C
		slow.receive()
	}
	require.Equal(t, 1, b.handler.Sockets())
}

// A stalled socket delays neither another operation's answers, nor other sockets.
func TestStalledReaderDelaysNobody(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{WriteTimeout: time.Minute, CloseTimeout: 50 * time.Millisecond})
	stalled := b.dialWith(t, narrow(), nil)
	stalled.init()
	stalled.subscribe("1", `subscription { flood(bytes: 100000) }`)
	stalled.receive()

	other := b.connect(t)
	other.subscribe("1", `subscription { count(to: 1000) }`)
	for range 1000 {
		other.receive()
	}
	other.expect(`{"id":"1","type":"complete"}`)

	// On the stalled socket itself the others still find room.
	stalled.subscribe("2", `{ blocks }`)
	require.Eventually(t, func() bool { return b.Blocked.Load() == 1 }, patience, time.Millisecond)
	stalled.send(`{"id":"2","type":"complete"}`)
	require.Eventually(t, func() bool { return b.Blocked.Load() == 0 }, patience, time.Millisecond)
}

// One flooding subscription does not keep a query on the same socket from its answer.
func TestFloodLeavesRoom(t *testing.T) {
	t.Parallel()
	c := setup(t, live.Options{}).connect(t)
	c.subscribe("flood", `subscription { flood(bytes: 10000) }`)
	c.subscribe("query", `{ hello }`)
	for range 1000 {
		if c.receive() == `{"id":"query","type":"next","payload":{"data":{"hello":"Hello, world."}}}` {
			return
		}
	}
	t.Fatal("no answer within 1000 messages of the flood")
}

// A message larger than the whole outbox arrives.
func TestHugeMessage(t *testing.T) {
	t.Parallel()
	c := setup(t, live.Options{QueueBytes: 1000}).connect(t)
	c.subscribe("1", `{ big(bytes: 3000000) }`)
	require.Greater(t, len(c.receive()), 3_000_000)
	c.expect(`{"id":"1","type":"complete"}`)
}

// Clients that send without reading are held back, and cut in the end.
func TestPingsWithoutReading(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{WriteTimeout: 50 * time.Millisecond, CloseTimeout: 50 * time.Millisecond})
	c := b.dialWith(t, narrow(), nil)
	c.init()
	ping := []byte(`{"type":"ping","payload":{"x":"` + strings.Repeat("x", 50_000) + `"}}`)
	require.NoError(t, c.SetWriteDeadline(time.Now().Add(patience)))
	for {
		if err := c.WriteMessage(websocket.TextMessage, ping); err != nil {
			break
		}
	}
	b.released(t)
}

// All goroutines of stalled sockets end.
func TestStalledReadersLeaveNoGoroutines(t *testing.T) {
	b := setup(t, live.Options{WriteTimeout: 50 * time.Millisecond, CloseTimeout: 20 * time.Millisecond})
	b.connect(t).subscribe("1", `{ hello }`)
	before := runtime.NumGoroutine()
	for range 20 {
		c := b.dialWith(t, narrow(), nil)
		c.init()
		c.subscribe("1", `subscription { flood(bytes: 100000) }`)
	}
	// Eventually itself runs one or two.
	require.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+2 }, patience, time.Millisecond)
}

// The peer that was cut can still read what had been sent: whole frames only.
func TestCutReaderSeesWholeFrames(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{WriteTimeout: 50 * time.Millisecond, CloseTimeout: 20 * time.Millisecond})
	c := b.dialWith(t, narrow(), nil)
	c.init()
	c.subscribe("1", `subscription { flood(bytes: 1000) }`)
	b.released(t)
	for {
		_, data, err := c.ReadMessage()
		if err != nil {
			require.True(t, websocket.IsCloseError(err, websocket.CloseTryAgainLater), "%v", err)
			require.NotErrorIs(t, err, io.ErrUnexpectedEOF)
			return
		}
		require.Len(t, data, len(`{"id":"1","type":"next","payload":{"data":{"flood":""}}}`)+textBytes)
	}
}

// What a peer never read, because it said goodbye instead, is not counted as waiting.
func TestGoodbyeOfStalledReaderLeavesNothingWaiting(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewPedanticRegistry()
	b := setup(t, live.Options{Metrics: registry, WriteTimeout: time.Minute, CloseTimeout: 50 * time.Millisecond})
	waiting := func() float64 { return metricstest.Gather(t, registry).Get(t, "stepcast_live_queue_bytes") }
	c := b.dialWith(t, narrow(), nil)
	c.init()
	for _, id := range []string{"1", "2", "3"} {
		c.subscribe(id, `subscription { flood(bytes: 1000) }`)
	}
	eventually(t, func() bool { return waiting() > 150_000 })
	goodbye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	require.NoError(t, c.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(patience)))
	b.released(t)
	require.Zero(t, waiting())
}
