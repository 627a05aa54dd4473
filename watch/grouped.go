package watch

import (
	"context"
	"runtime"
	"sync"
	"time"
)

const (
	// groupTimeout bounds one reading. It is nobody's deadline, because many share it.
	groupTimeout = 10 * time.Second
	// groupSize bounds the tasks of one reading; who asks for more alone gets them at once.
	groupSize = 500
)

// want is what somebody asks about a task: an answer as new as a version that he knows
// of, or any when it is 0.
type want struct{ id, version int64 }

// grouped asks the store about tasks: once at a time, for all who asked since the time
// before. So each gets an answer that was read after it asked, and the store is asked the
// less often for each the more there are.
type grouped[V any] struct {
	// read gives what there is of the tasks, to each the newest version that was asked for.
	// Tasks that do not exist are not in the map.
	read func(ctx context.Context, wanted map[int64]int64) (map[int64]V, error)

	// mu guards queue and reading.
	mu sync.Mutex
	// queue has the readings that have not begun; all but the last are full.
	queue []*reading[V]
	// reading says that a goroutine reads.
	reading bool
}

// reading is one question in the making. found and err count when done is closed.
type reading[V any] struct {
	wanted map[int64]int64
	done   chan struct{}
	found  map[int64]V
	err    error
}

// of gives what there is of the tasks, and may give more. Tasks that do not exist are not
// in the map, which is not to be changed.
func (g *grouped[V]) of(ctx context.Context, wants ...want) (map[int64]V, error) {
	r := g.join(wants)
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-r.done:
		return r.found, r.err
	}
}

// join adds tasks to the next reading that has room, and sees that there will be one.
func (g *grouped[V]) join(wants []want) *reading[V] {
	g.mu.Lock()
	defer g.mu.Unlock()
	last := len(g.queue) - 1
	if last < 0 || len(g.queue[last].wanted)+len(wants) > groupSize {
		g.queue = append(g.queue, &reading[V]{wanted: map[int64]int64{}, done: make(chan struct{})})
		last++
	}
	r := g.queue[last]
	for _, w := range wants {
		r.wanted[w.id] = max(r.wanted[w.id], w.version)
	}
	if !g.reading {
		g.reading = true
		go g.run()
	}
	return r
}

// run reads until nobody waits.
func (g *grouped[V]) run() {
	for {
		// Whoever is about to ask goes first: under load one statement answers the more.
		runtime.Gosched()
		r := g.take()
		if r == nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), groupTimeout)
		r.found, r.err = g.read(ctx, r.wanted)
		cancel()
		close(r.done)
	}
}

// take begins the next reading; nil when nobody waits for one.
func (g *grouped[V]) take() *reading[V] {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.reading = len(g.queue) > 0; !g.reading {
		return nil
	}
	r := g.queue[0]
	g.queue = g.queue[1:]
	return r
}
