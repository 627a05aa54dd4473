package live

import (
	"errors"
	"log/slog"
	"maps"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"stepcast/internal/metricstest"
	"stepcast/internal/randomtest"
	"stepcast/live/internal/testschema"
)

// modelQueries are subscriptions of the three modes.
var modelQueries = map[string]string{
	"latest":  `subscription($feed: String!, $pad: Int!) { latest(feed: $feed, pad: $pad) { number pad } }`,
	"every":   `subscription($feed: String!, $pad: Int!, $after: Int!) { every(feed: $feed, after: $after, pad: $pad) { numbers pad } }`,
	"changes": `subscription($feed: String!, $pad: Int!) { changes(feed: $feed, pad: $pad) { key number resync pad } }`,
}

// modelModes are their names, in the order in which chance picks them.
var modelModes = []string{"latest", "every", "changes"}

// modelPads are how much longer messages may be: some fill the share of an operation, some
// the ring of a group.
var modelPads = []int{0, 200, 4000}

// model is a feed of each mode, and what its readers must come to know. Executions,
// groups, members and outboxes are the real ones; only the network is made up.
type model struct {
	t        *testing.T
	resolver testschema.Resolver
	runner   *runner
	metrics  *prometheus.Registry

	mu     sync.Mutex // guards newest, and is held while a feed grows
	newest map[string]map[int]int
}

func newModel(t *testing.T) *model {
	m := &model{t: t, metrics: prometheus.NewPedanticRegistry(), newest: map[string]map[int]int{}}
	for _, mode := range modelModes {
		m.newest[mode] = map[int]int{}
	}
	opts := Options{
		Share: m.resolver.Plan, StreamError: testschema.StreamError, Metrics: m.metrics, Logger: slog.New(slog.DiscardHandler),
	}.withDefaults()
	meter, open := newMeter(opts.Metrics), newConnections(0)
	m.runner = &runner{
		opts: &opts, exec: newExecutor(testschema.New(&m.resolver), &opts), meter: meter, groups: newGroups(meter, open),
	}
	return m
}

// append adds a number to the feed of a mode.
func (m *model) append(mode string, key int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.newest[mode][key] = m.resolver.Feed(mode).Append(key)
}

// list gives the newest number of each key, as a client would that reads everything.
func (m *model) list(mode string) map[int]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.newest[mode])
}

// modelTick is the smallest pause: it is coarse, so that much happens at one moment.
const modelTick = time.Microsecond

// grow appends bursts, some faster than anybody reads: of many keys, or again of a few of
// those that were just told of.
func (m *model) grow(random *rand.Rand, bursts int) {
	for range bursts {
		mode := modelModes[random.IntN(len(modelModes))]
		keys := random.Perm(1 + random.IntN(40))
		for range 1 + random.IntN(4) {
			for _, key := range keys {
				m.append(mode, 1+key)
				time.Sleep(time.Duration(max(0, random.IntN(8)-6)) * modelTick)
			}
			time.Sleep(time.Duration(random.IntN(10)) * modelTick)
			random.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
			keys = keys[:1+random.IntN(min(3, len(keys)))]
		}
	}
}

// TestGroupModel: whatever order readers join, stall, leave and come back in, each is given
// what its stream owes it, and nothing is left of any. Time is synctest's: it passes when
// all that can be done at a moment was done, so that a pause decides an order and costs
// nothing.
func TestGroupModel(t *testing.T) {
	t.Parallel()
	seed := randomtest.Seed(t)
	for round := range uint64(10) {
		synctest.Test(t, func(t *testing.T) { runModel(t, rand.New(rand.NewPCG(seed, round))) })
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
}

func runModel(t *testing.T, random *rand.Rand) {
	m := newModel(t)
	var chaos sync.WaitGroup
	readers := make([]*modelReader, 2+random.IntN(10))
	for i := range readers {
		readers[i] = newModelReader(m, random.Uint64())
		chaos.Go(readers[i].wander)
	}
	source := rand.New(rand.NewPCG(random.Uint64(), 0))
	chaos.Go(func() { m.grow(source, 15) })
	chaos.Wait()

	for _, r := range readers {
		r.watchAll()
	}
	for range 10 {
		m.grow(random, 1+random.IntN(5))
		settle()
		for _, r := range readers {
			r.requireUpToDate(t)
		}
	}
	if ends := random.IntN(3); ends > 0 {
		m.endFeeds(t, readers, ends == 1)
	}
	for _, r := range readers {
		r.line.hangUp()
	}
	settle()
	m.requireNothingLeft(t)
}

// endFeeds ends all feeds, well or not, and checks that the readers are told.
func (m *model) endFeeds(t *testing.T, readers []*modelReader, well bool) {
	how, err := "complete", error(nil)
	if !well {
		how, err = "error", errors.New("the feed broke")
	}
	for _, mode := range modelModes {
		m.resolver.Feed(mode).End(err)
	}
	settle()
	for _, r := range readers {
		for mode, h := range r.heard {
			require.Equal(t, how, h.ended, mode)
		}
	}
}

// settle waits until nothing happens any more.
func settle() {
	time.Sleep(time.Minute)
	synctest.Wait()
}

func (m *model) requireNothingLeft(t *testing.T) {
	metricstest.Gather(t, m.metrics).Require(t, metricstest.Values{
		"stepcast_live_subscriptions": 0, "stepcast_live_groups": 0, "stepcast_live_queue_bytes": 0,
	})
	require.Empty(t, m.runner.groups.open)
	require.Zero(t, m.runner.groups.connections.serving)
	require.Zero(t, m.resolver.Streams.Load())
}

// modelReader is a client: it knows what it has heard, whatever connection it came by.
type modelReader struct {
	*model
	random *rand.Rand
	line   *modelLine
	// heard is what it knows of the stream of each mode.
	heard map[string]*modelHeard
}

func newModelReader(m *model, seed uint64) *modelReader {
	r := &modelReader{model: m, random: rand.New(rand.NewPCG(seed, 0)), heard: map[string]*modelHeard{}}
	for _, mode := range modelModes {
		r.heard[mode] = &modelHeard{model: m, mode: mode, told: map[int]int{}}
	}
	r.line = newModelLine(m, r.random)
	return r
}

// wander subscribes, stalls and leaves at random, on one connection after another.
func (r *modelReader) wander() {
	for range 5 + r.random.IntN(30) {
		mode := modelModes[r.random.IntN(len(modelModes))]
		switch {
		case r.random.IntN(10) == 0:
			r.line.hangUp()
			r.line = newModelLine(r.model, r.random)
		case r.line.watches(mode):
			r.line.stop(mode)
		default:
			r.watch(mode)
		}
		time.Sleep(time.Duration(r.random.IntN(4)) * modelTick)
	}
}

// watch subscribes to the stream of a mode.
func (r *modelReader) watch(mode string) {
	h := r.heard[mode]
	h.begin()
	r.line.start(h, map[string]any{"feed": mode, "pad": modelPads[r.random.IntN(len(modelPads))], "after": h.every})
	if mode != "changes" {
		return
	}
	time.Sleep(time.Nanosecond) // now it is followed
	r.line.readAll(h)
}

func (r *modelReader) watchAll() {
	for _, mode := range modelModes {
		if !r.line.watches(mode) {
			r.watch(mode)
		}
	}
}

func (r *modelReader) requireUpToDate(t *testing.T) {
	require.Equal(t, r.resolver.Feed("latest").Newest(), r.heard["latest"].latest)
	require.Equal(t, r.resolver.Feed("every").Newest(), r.heard["every"].every)
	require.Equal(t, r.list("changes"), r.heard["changes"].told)
}
