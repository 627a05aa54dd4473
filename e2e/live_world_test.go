package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/client"
	"stepcast/internal/metricstest"
	"stepcast/internal/randomtest"
)

// liveWorld is a server of which the test knows how much it had open before.
type liveWorld struct {
	*server
	random *rand.Rand
	fray   *fray
	client *client.Client
	ctx    context.Context
	before metricstest.Values
	// readers are all that run, or have run.
	readers []*liveReader
}

func newLiveWorld(t *testing.T, s *server) *liveWorld {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	seed := randomtest.Seed(t)
	w := &liveWorld{server: s, random: rand.New(rand.NewPCG(seed, 1)), client: s.client(), ctx: ctx}
	w.fray = startFray(t, hostOf(s.url), rand.New(rand.NewPCG(seed, 2)))
	t.Cleanup(func() {
		cancel()
		for _, r := range w.readers {
			<-r.done
		}
	})
	w.warmUp()
	return w
}

// warmUp opens once what the process then keeps, connections to the database among it.
func (w *liveWorld) warmUp() {
	w.t.Helper()
	task, err := w.client.Submit(w.ctx, sh("echo warm"))
	require.NoError(w.t, err)
	for range 50 {
		w.start(fast, "a first task", token, &everyFeed{stream: eventsOf(task.ID)})
	}
	awaitEnd(w.t, w.client, task.ID)
	w.await("the end of the stream", w.readers, (*liveReader).isDone)
	w.readers = nil
	w.before = w.awaitNothing()
}

// start starts a reader.
func (w *liveWorld) start(m manner, what, token string, f feed) *liveReader {
	ctx, cancel := context.WithCancel(w.ctx)
	r := &liveReader{manner: m, what: what, host: hostOf(w.url), token: token, feed: f, cancel: cancel, done: make(chan struct{})}
	if m.frayed {
		r.host = w.fray.listener.Addr().String()
	}
	w.readers = append(w.readers, r)
	go r.run(ctx)
	return r
}

// await waits until something holds of each of some readers, and fails with one that has
// failed.
func (w *liveWorld) await(what string, readers []*liveReader, holds func(*liveReader) bool) {
	w.t.Helper()
	for _, r := range readers {
		until(w.t, fmt.Sprintf("%s: %s", r, what), func() (held bool) {
			r.look(func() {
				require.NoError(w.t, r.err)
				held = holds(r)
			})
			return held
		})
	}
}

// these are the readers with a manner whose feed is of a type.
func these[F feed](w *liveWorld, m manner) (readers []*liveReader) {
	for _, r := range w.readers {
		if _, is := r.feed.(F); is && r.manner == m {
			readers = append(readers, r)
		}
	}
	return readers
}

// read reads a task as it is stored.
func (w *liveWorld) read(id string) object {
	w.t.Helper()
	said := w.graphql(`query($id: ID!) { task(id: $id) `+taskSelection+` }`, object{"id": id}, bearer(token)...)
	require.Empty(w.t, said.Errors)
	return said.Data["task"].(object)
}

// readEvery reads page by page what is stored of a stream.
func (w *liveWorld) readEvery(of stream) []any {
	w.t.Helper()
	query := `query($id: ID!, $after: String) { task(id: $id) { page: events(after: $after, first: 200) ` + eventsSelection + ` } }`
	if of.field == "taskLog" {
		query = `query($id: ID!, $after: Long, $level: LogLevel) { task(id: $id) { page: log(after: $after, first: 1000, minLevel: $level) ` + logSelection + ` } }`
	}
	pages := &everyFeed{stream: of}
	for {
		said := w.graphql(query, pages.variables(), bearer(token)...)
		require.Empty(w.t, said.Errors)
		page := at(said.Data, "task", "page")
		require.NoError(w.t, pages.take(page))
		if at(page, "caughtUp") == true {
			return pages.elements
		}
	}
}

// connections are those of all protocols that are open.
func connections(values metricstest.Values) (open float64) {
	for name, value := range values {
		if strings.HasPrefix(name, "stepcast_live_connections{") {
			open += value
		}
	}
	return open
}

// slack is what a process may keep more than before, of descriptors and of goroutines: the
// connections of this test's requests, and of the pools of the database.
const slack = 24

// awaitNothing waits until nobody watches any more, and nothing is left of who did.
func (w *liveWorld) awaitNothing() (now metricstest.Values) {
	w.t.Helper()
	until(w.t, "nothing left of those who watched", func() bool {
		now, _ = w.scrape()
		for _, gauge := range []string{"live_subscriptions", "live_groups", "live_queue_bytes", "watch_followers", "watch_lists"} {
			if now.Get(w.t, "stepcast_"+gauge) != 0 {
				return false
			}
		}
		return connections(now) == 0 && (w.before == nil || now["go_goroutines"] <= w.before["go_goroutines"]+slack &&
			now["process_open_fds"] <= w.before["process_open_fds"]+slack)
	})
	return now
}
