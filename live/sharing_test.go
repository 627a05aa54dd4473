package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"stepcast/internal/randomtest"
	"stepcast/live"
	"stepcast/live/internal/testschema"
)

const (
	latestQuery  = `subscription($feed: String!, $pad: Int! = 0) { latest(feed: $feed, pad: $pad) { number pad } }`
	everyQuery   = `subscription($feed: String!, $after: Int! = 0, $pad: Int! = 0) { every(feed: $feed, after: $after, pad: $pad) { numbers pad } }`
	changesQuery = `subscription($feed: String!, $pad: Int! = 0) { changes(feed: $feed, pad: $pad) { key number resync pad } }`
)

// feedMessage is what comes of the fields that follow a feed.
type feedMessage struct {
	ID, Type string
	Payload  json.RawMessage
	data     struct {
		Latest  *testschema.Latest
		Every   *testschema.Batch
		Changes *testschema.Change
	}
}

func (c *client) watch(id, query string, variables map[string]any) {
	c.t.Helper()
	message, err := json.Marshal(map[string]any{
		"id": id, "type": "subscribe", "payload": map[string]any{"query": query, "variables": variables},
	})
	require.NoError(c.t, err)
	c.send(string(message))
}

// tryNext gives the next message of a feed.
func (c *client) tryNext() (m feedMessage, err error) {
	_ = c.SetReadDeadline(time.Now().Add(patience))
	_, data, err := c.ReadMessage()
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(data, &m); err != nil || m.Type != "next" {
		return m, err
	}
	payload := struct{ Data any }{&m.data}
	return m, json.Unmarshal(m.Payload, &payload)
}

func (c *client) next() feedMessage {
	c.t.Helper()
	m, err := c.tryNext()
	require.NoError(c.t, err)
	return m
}

// awaitNumber reads snapshots until the one with the number; they never go back.
func (c *client) awaitNumber(number int) {
	c.t.Helper()
	for last := -1; last < number; {
		m := c.next()
		require.NotNil(c.t, m.data.Latest, "%s", m.Payload)
		require.Greater(c.t, m.data.Latest.Number, last, "snapshots go back")
		last = m.data.Latest.Number
	}
}

// eventually waits for a condition.
func eventually(t *testing.T, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, patience, time.Millisecond)
}

func TestSubscribersShareAnExecution(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	feed := b.Feed("f")
	feed.Append(1)
	clients := make([]*client, 50)
	for i := range clients {
		clients[i] = b.connect(t)
		clients[i].watch(fmt.Sprintf("op %d", i), latestQuery, map[string]any{"feed": "f"})
		clients[i].awaitNumber(1) // at once, whoever came before
	}
	for range 20 {
		number := feed.Append(1)
		for i, c := range clients {
			m := c.next()
			require.Equal(t, number, m.data.Latest.Number)
			require.Equal(t, fmt.Sprintf("op %d", i), m.ID)
		}
	}
	require.EqualValues(t, 1, feed.Executions.Load())
	// It is nobody's own: whoever began it may leave.
	require.NoError(t, clients[0].Close())
	feed.Append(1)
	for _, c := range clients[1:] {
		c.awaitNumber(22)
	}
	feed.End(nil)
	for i, c := range clients[1:] {
		c.expect(fmt.Sprintf(`{"id":"op %d","type":"complete"}`, i+1))
	}
	require.EqualValues(t, 1, feed.Executions.Load())
	eventually(t, func() bool { return feed.Running.Load() == 0 })
}

func TestOnlyTheSameIsShared(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{
		Authenticate: func(ctx context.Context, _ *http.Request, payload map[string]any) (context.Context, live.Session, error) {
			name, _ := payload["name"].(string)
			return testschema.WithViewer(ctx, name), live.Session{}, nil
		},
	})
	feed := b.Feed("f")
	feed.Append(1)
	watch := func(viewer, query string, variables map[string]any) {
		c := b.dial(t, nil)
		c.send(fmt.Sprintf(`{"type":"connection_init","payload":{"name":%q}}`, viewer))
		c.expect(`{"type":"connection_ack"}`)
		c.watch("1", query, variables)
		require.Equal(t, "next", c.next().Type)
	}
	of := map[string]any{"feed": "f"}
	for i, begin := range []func(){
		func() { watch("amy", latestQuery, of) },
		func() { watch("bob", latestQuery, of) },
		func() { watch("amy", latestQuery, map[string]any{"feed": "f", "pad": 1}) },
		func() { watch("amy", latestQuery+" ", of) },
	} {
		begin()
		require.EqualValues(t, i+1, feed.Executions.Load())
		begin()
		require.EqualValues(t, i+1, feed.Executions.Load())
	}
	// Where a reader is does not matter, once it is where the others are: these begin at the
	// head, so that none has to catch up with an execution of its own.
	began := feed.Executions.Load()
	for range 5 {
		c := b.connect(t)
		c.watch("1", everyQuery, map[string]any{"feed": "f", "after": 1})
		eventually(t, func() bool { return feed.Executions.Load() > began })
	}
	require.Equal(t, began+1, feed.Executions.Load(), "of nobody in particular")
}

func TestSharedStreamBreaksForAll(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	feed := b.Feed("f")
	feed.Append(1)
	clients := []*client{b.connect(t), b.connect(t)}
	for _, c := range clients {
		c.watch("1", latestQuery, map[string]any{"feed": "f"})
		c.awaitNumber(1)
	}
	feed.End(errors.New("the feed broke"))
	for _, c := range clients {
		c.expect(`{"id":"1","type":"error","payload":[{"message":"the feed broke"}]}`)
	}
	// Who comes later has an execution of its own time.
	late := b.connect(t)
	late.watch("1", latestQuery, map[string]any{"feed": "f"})
	late.awaitNumber(1)
}

// A session that ends takes nobody else's stream along.
func TestRevokedSessionEndsItsOwnStreamOnly(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	revoke := []context.CancelFunc{}
	b := setup(t, live.Options{
		Authenticate: func(ctx context.Context, _ *http.Request, _ map[string]any) (context.Context, live.Session, error) {
			mu.Lock()
			defer mu.Unlock()
			ctx, end := context.WithCancel(ctx)
			revoke = append(revoke, end)
			return ctx, live.Session{}, nil
		},
	})
	feed := b.Feed("f")
	feed.Append(1)
	first, second := b.connect(t), b.connect(t)
	for _, c := range []*client{first, second} {
		c.watch("1", latestQuery, map[string]any{"feed": "f"})
		c.awaitNumber(1)
	}
	end := func(i int) {
		mu.Lock()
		defer mu.Unlock()
		revoke[i]()
	}
	end(0)
	first.expectClose(4403)
	second.awaitNumber(feed.Append(1))
	require.EqualValues(t, 1, feed.Executions.Load())
	end(1)
	second.expectClose(4403)
	eventually(t, func() bool { return feed.Running.Load() == 0 })
}

// A reader that stalls gets the newest snapshot when it reads again, and not what was
// in between; nobody waits for it.
func TestSnapshotsConflateForTheSlow(t *testing.T) {
	t.Parallel()
	const pad, changes = 20_000, 150
	b := setup(t, live.Options{WriteTimeout: time.Minute})
	feed := b.Feed("f")
	feed.Append(1)
	slow, fast := b.dialWith(t, narrow(), nil), b.connect(t)
	slow.init()
	for _, c := range []*client{slow, fast} {
		c.watch("1", latestQuery, map[string]any{"feed": "f", "pad": pad})
		c.awaitNumber(1)
	}
	for range changes {
		fast.awaitNumber(feed.Append(1))
	}
	received, last := 0, 1
	for last <= changes {
		m := slow.next()
		require.Greater(t, m.data.Latest.Number, last)
		last = m.data.Latest.Number
		received++
	}
	require.Less(t, received, changes/2)
	require.EqualValues(t, 1, feed.Executions.Load())
}

// A reader that stalls misses nothing of a stream of which nothing may be left out.
func TestEveryReachesTheSlow(t *testing.T) {
	t.Parallel()
	const pad, changes = 10_000, 300
	b := setup(t, live.Options{WriteTimeout: time.Minute, QueueBytes: 256 << 10})
	feed := b.Feed("f")
	slow, fast := b.dialWith(t, narrow(), nil), b.connect(t)
	slow.init()
	for _, c := range []*client{slow, fast} {
		c.watch("1", everyQuery, map[string]any{"feed": "f", "pad": pad})
	}
	for number := 1; number <= changes; number++ {
		feed.Append(1)
		require.Equal(t, []int{number}, fast.next().data.Every.Numbers)
	}
	feed.End(nil)
	fast.expect(`{"id":"1","type":"complete"}`)
	numbers := []int{}
	for {
		m := slow.next()
		if m.Type == "complete" {
			break
		}
		numbers = append(numbers, m.data.Every.Numbers...)
	}
	require.Len(t, numbers, changes)
	for i, number := range numbers {
		require.Equal(t, i+1, number)
	}
}

// A reader that takes too slowly of many keys is told that it must read all anew, and
// has the newest of each key in the end.
func TestChangesResyncTheSlow(t *testing.T) {
	t.Parallel()
	const pad, keys = 10_000, 300
	b := setup(t, live.Options{WriteTimeout: time.Minute, QueueBytes: 256 << 10})
	feed := b.Feed("f")
	slow, fast := b.dialWith(t, narrow(), nil), b.connect(t)
	slow.init()
	for _, c := range []*client{slow, fast} {
		c.watch("1", changesQuery, map[string]any{"feed": "f", "pad": pad})
	}
	// Changes count from when the subscription has begun.
	eventually(t, func() bool { return feed.Running.Load() == 1 })
	awaitAttached(t, feed, slow, fast)
	for key := 2; key <= keys; key++ {
		number := feed.Append(key)
		require.Equal(t, number, fast.next().data.Changes.Number, "the fast one is told nothing twice")
	}
	came := 0
	for !slow.next().data.Changes.Resync {
		came++
		require.Less(t, came, keys, "nothing was left out")
	}
	// A client would list everything now. From here on it is told of everything again,
	// or to list once more.
	number := feed.Append(1)
	for {
		change := slow.next().data.Changes
		if change.Key == 1 && change.Number == number {
			break
		}
		if change.Resync {
			number = feed.Append(1)
		}
	}
}

// awaitAttached appends until each of the clients has seen a change of key 1.
func awaitAttached(t *testing.T, feed *testschema.Feed, clients ...*client) {
	t.Helper()
	for _, c := range clients {
		seen := make(chan struct{})
		go func() {
			defer close(seen)
			_, _ = c.tryNext()
		}()
		for waiting := true; waiting; {
			feed.Append(1)
			select {
			case <-seen:
				waiting = false
			case <-time.After(time.Millisecond):
			}
		}
	}
	// What was appended for the others is on its way, too, and this comes last.
	last := feed.Append(1)
	for _, c := range clients {
		for c.next().data.Changes.Number != last {
		}
	}
}

// Readers that come, stall, drop and resume while the feed goes on see each number
// exactly once and in order, and leave nothing behind.
func TestEveryExactlyOnce(t *testing.T) {
	seed := randomtest.Seed(t)
	b := setup(t, live.Options{WriteTimeout: time.Minute, CloseTimeout: 50 * time.Millisecond, QueueBytes: 64 << 10})
	feed := b.Feed("f")
	goroutines, files := runtime.NumGoroutine(), openFiles(t)
	const numbers, readers = 3000, 24
	var all sync.WaitGroup
	for n := range uint64(readers) {
		all.Go(func() { readAll(t, b, rand.New(rand.NewPCG(seed, n)), numbers) })
	}
	random := rand.New(rand.NewPCG(seed, readers))
	for range numbers {
		feed.Append(1)
		if random.IntN(20) == 0 {
			runtime.Gosched()
		}
	}
	all.Wait()
	feed.End(nil)
	b.released(t)
	eventually(t, func() bool { return runtime.NumGoroutine() <= goroutines+2 && openFiles(t) <= files+2 })
	require.Less(t, feed.Executions.Load(), int64(numbers), "an execution for each element is no sharing")
}

// openFiles counts the descriptors of this process; 0 where that cannot be known.
func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return len(entries)
}

// readAll reads every number, on as many connections as it takes.
func readAll(t *testing.T, b *bundle, random *rand.Rand, numbers int) {
	have := 0
	for have < numbers {
		c := b.dialWith(t, narrow(), nil)
		c.init()
		c.watch("1", everyQuery, map[string]any{"feed": "f", "after": have, "pad": random.IntN(3) * 500})
		messages := 1 + random.IntN(200)
		for range messages {
			m, err := c.tryNext()
			if err != nil || m.data.Every == nil {
				t.Errorf("after %d: %v %s %s", have, err, m.Type, m.Payload)
				return
			}
			for _, number := range m.data.Every.Numbers {
				if have++; number != have {
					t.Errorf("got %d where %d comes next", number, have)
					return
				}
			}
			if have >= numbers {
				break
			}
		}
		if random.IntN(2) == 0 {
			_ = c.NetConn().Close()
			continue
		}
		_ = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), time.Now().Add(patience))
		_ = c.Close()
	}
}

// Snapshots that are written while readers subscribe: everybody ends with the newest.
func TestSnapshotsConvergeWhileSubscribing(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for round := range 30 {
		name := fmt.Sprint("feed ", round)
		feed := b.Feed(name)
		feed.Append(1)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				c := b.connect(t)
				at := feed.Newest()
				c.watch("1", latestQuery, map[string]any{"feed": name})
				last := 0
				for {
					m, err := c.tryNext()
					if err != nil {
						t.Error(err)
						return
					}
					if m.Type == "complete" {
						break
					}
					if number := m.data.Latest.Number; number <= last || number < at {
						t.Errorf("got %d after %d; it was at %d before", number, last, at)
						return
					}
					last = m.data.Latest.Number
				}
				if newest := feed.Newest(); last != newest {
					t.Errorf("ended with %d, not %d", last, newest)
				}
			})
		}
		for range 200 {
			feed.Append(1)
		}
		feed.End(nil)
		all.Wait()
	}
}
