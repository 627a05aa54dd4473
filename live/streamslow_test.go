package live_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/live"
)

// stuck waits until a flood has nowhere to go.
func (b *bundle) stuck(t *testing.T) {
	t.Helper()
	produced, since := int64(-1), time.Now()
	require.Eventually(t, func() bool {
		if now := b.Produced.Load(); now != produced {
			produced, since = now, time.Now()
		}
		return produced > 0 && time.Since(since) > 100*time.Millisecond
	}, patience, time.Millisecond)
}

// servers are the ways in which a stream is written.
var servers = map[string]func(*httptest.Server){
	"HTTP/1.1":          (*httptest.Server).Start,
	"HTTP/1.1 over TLS": (*httptest.Server).StartTLS,
	"HTTP/2": func(s *httptest.Server) {
		s.EnableHTTP2 = true
		s.StartTLS()
	},
}

// A peer that stops reading is cut, whatever carries it, and leaves nothing.
func TestStalledStreamIsCut(t *testing.T) {
	t.Parallel()
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setupServer(t, live.Options{WriteTimeout: 200 * time.Millisecond}, start)
			client := narrowClient(t, b.server.Client().Transport.(*http.Transport))
			b.ask(t, client, b.postRequest(t, mediaEvents, `subscription { flood(bytes: 100000) }`))
			require.Eventually(t, func() bool { return b.Produced.Load() > 0 }, patience, time.Millisecond)
			b.released(t)
		})
	}
}

// What waits for a peer that does not read is bounded, the buffers of both kernels included.
func TestStalledStreamHoldsLittle(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{WriteTimeout: time.Hour, CloseTimeout: 50 * time.Millisecond})
	client := narrowClient(t, b.server.Client().Transport.(*http.Transport))
	r := b.ask(t, client, b.postRequest(t, mediaEvents, `subscription { flood(bytes: 1000) }`))
	b.stuck(t)
	require.Less(t, b.Produced.Load()*textBytes, int64(1<<20))
	require.NoError(t, r.Body.Close())
	b.released(t)
}

// A reader is kept as long as it reads at all.
func TestSlowStreamIsKept(t *testing.T) {
	t.Parallel()
	const writeTimeout = time.Second
	for _, name := range []string{"HTTP/1.1", "HTTP/1.1 over TLS"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setupServer(t, live.Options{WriteTimeout: writeTimeout}, servers[name])
			client := narrowClient(t, b.server.Client().Transport.(*http.Transport))
			r := b.ask(t, client, b.postRequest(t, mediaEvents, `subscription { flood(bytes: 100000) }`))
			b.stuck(t)
			r.readSlowly(3*writeTimeout, writeTimeout/10)
			require.Equal(t, 1, b.handler.Sockets())
		})
	}
}

// readSlowly reads a little each pace.
func (r *response) readSlowly(d, pace time.Duration) {
	r.t.Helper()
	ticks := time.NewTicker(pace)
	defer ticks.Stop()
	some := make([]byte, 64<<10)
	for end := time.Now().Add(d); time.Now().Before(end); {
		<-ticks.C
		_, err := io.ReadFull(r.body, some)
		require.NoError(r.t, err)
	}
}

// All goroutines of stalled streams end.
func TestStalledStreamsLeaveNoGoroutines(t *testing.T) {
	b := setup(t, live.Options{WriteTimeout: 100 * time.Millisecond})
	client := narrowClient(t, b.server.Client().Transport.(*http.Transport))
	before := runtime.NumGoroutine()
	var open []*response
	for range 20 {
		open = append(open, b.ask(t, client, b.postRequest(t, mediaEvents, `subscription { flood(bytes: 100000) }`)))
	}
	b.released(t)
	for _, r := range open {
		require.NoError(t, r.Body.Close())
	}
	// Eventually itself runs one or two.
	require.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+2 }, patience, time.Millisecond)
}

// One who leaves in the middle leaves nothing, whatever was going on.
func TestStreamsLeaveNothing(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for _, query := range []string{
		`subscription { once }`, `subscription { flood(bytes: 5000) }`, `subscription { every(feed: "left") { numbers } }`, `{ blocks }`,
	} {
		for range 5 {
			r := b.events(t, query)
			_, err := r.body.ReadByte()
			require.NoError(t, err)
			require.NoError(t, r.Body.Close())
		}
	}
	b.released(t)
	require.Zero(t, b.Feed("left").Running.Load())
}

// A message larger than the whole outbox arrives.
func TestHugeEvent(t *testing.T) {
	t.Parallel()
	r := setup(t, live.Options{QueueBytes: 1000}).events(t, `{ big(bytes: 3000000) }`)
	e, err := r.read()
	require.NoError(t, err)
	require.Greater(t, len(e.data), 3_000_000)
	r.complete()
}

// A complete stream has all the time that its reader takes.
func TestSlowStreamGetsItsEnd(t *testing.T) {
	t.Parallel()
	const closeTimeout = 20 * time.Millisecond
	b := setup(t, live.Options{CloseTimeout: closeTimeout, QueueBytes: 16 << 20})
	client := narrowClient(t, b.server.Client().Transport.(*http.Transport))
	r := b.ask(t, client, b.postRequest(t, mediaEvents, `{ big(bytes: 10000000) }`))
	pace := time.NewTicker(closeTimeout)
	defer pace.Stop()
	_, err := r.body.Peek(1)
	require.NoError(t, err)
	for range 5 {
		<-pace.C
	}
	e, err := r.read()
	require.NoError(t, err)
	require.Greater(t, len(e.data), 10_000_000)
	r.complete()
}
