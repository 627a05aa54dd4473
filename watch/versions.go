package watch

import (
	"context"
	"runtime"
	"sync"
	"time"

	"stepcast/models"
	"stepcast/store"
)

// versionsTimeout bounds one reading. It is nobody's deadline, because many share it.
const versionsTimeout = 10 * time.Second

// versions asks the store how far tasks have come: one statement at a time, for all who
// asked since the one before. So each gets an answer that was read after it asked, and
// the store is asked the less often a poll the more there are.
type versions struct {
	store *store.Store

	// mu guards next and reading.
	mu sync.Mutex
	// next is the reading that has not begun; nil when nobody waits for one.
	next *reading
	// reading says that a goroutine reads.
	reading bool
}

// reading is one statement in the making. found and err count when done is closed.
type reading struct {
	ids   map[int64]struct{}
	done  chan struct{}
	found map[int64]store.Version
	err   error
}

// of gives how far a task has come; NOT_FOUND when it does not exist.
func (v *versions) of(ctx context.Context, id int64) (store.Version, error) {
	r := v.join(id)
	select {
	case <-ctx.Done():
		return store.Version{}, context.Cause(ctx)
	case <-r.done:
	}
	if r.err != nil {
		return store.Version{}, r.err
	}
	found, ok := r.found[id]
	if !ok {
		return store.Version{}, models.NotFound("task " + models.TaskID(id))
	}
	return found, nil
}

// join adds a task to the next reading, and sees that there will be one.
func (v *versions) join(id int64) *reading {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.next == nil {
		v.next = &reading{ids: map[int64]struct{}{}, done: make(chan struct{})}
	}
	r := v.next
	r.ids[id] = struct{}{}
	if !v.reading {
		v.reading = true
		go v.run()
	}
	return r
}

// run reads until nobody waits.
func (v *versions) run() {
	for {
		// Whoever is about to ask goes first: under load one statement answers the more.
		runtime.Gosched()
		v.mu.Lock()
		r := v.next
		v.next, v.reading = nil, r != nil
		v.mu.Unlock()
		if r == nil {
			return
		}
		r.read(v.store)
	}
}

func (r *reading) read(s *store.Store) {
	defer close(r.done)
	ctx, cancel := context.WithTimeout(context.Background(), versionsTimeout)
	defer cancel()
	ids := make([]int64, 0, len(r.ids))
	for id := range r.ids {
		ids = append(ids, id)
	}
	r.found, r.err = s.Versions(ctx, ids)
}
