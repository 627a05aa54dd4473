package watch

import (
	"context"
	"time"

	"stepcast/models"
)

// MaxDirty bounds the changed tasks that one list holds for its reader; past it the
// reader is told to list again.
const MaxDirty = 10_000

// maxSeen bounds the versions remembered to tell news from repetition.
const maxSeen = 50_000

// List collects the ids of changed tasks for one reader. Close it when done.
type List struct {
	hub *Hub
	// Guarded by Hub.mu.
	dirty  map[int64]struct{}
	resync bool
	ready  chan struct{}
}

// FollowAll starts to collect every change of every task.
func (h *Hub) FollowAll() *List {
	h.mu.Lock()
	defer h.mu.Unlock()
	l := &List{hub: h, dirty: map[int64]struct{}{}, ready: make(chan struct{}, 1)}
	h.lists[l] = struct{}{}
	return l
}

// Close stops collecting. It may be called more than once.
func (l *List) Close() {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	delete(l.hub.lists, l)
}

// Ready receives when there is something to take.
func (l *List) Ready() <-chan struct{} { return l.ready }

// Take gives the ids that changed since the last call, in no order, and whether
// more changed than could be kept.
func (l *List) Take() (ids []int64, resync bool) {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	ids = make([]int64, 0, len(l.dirty))
	for id := range l.dirty {
		ids = append(ids, id)
	}
	resync = l.resync
	l.dirty, l.resync = map[int64]struct{}{}, false
	return ids, resync
}

// mark tells the lists that a task reached a version. Called with mu held.
func (h *Hub) mark(id, version int64) {
	if len(h.lists) == 0 || h.seen[id] >= version {
		return
	}
	if len(h.seen) >= maxSeen {
		clear(h.seen)
	}
	h.seen[id] = version
	for l := range h.lists {
		if len(l.dirty) < MaxDirty {
			l.dirty[id] = struct{}{}
		} else {
			l.resync = true
		}
		select {
		case l.ready <- struct{}{}:
		default: // it is told already
		}
	}
}

// settle is how far back each poll looks again: a transaction may commit after one
// that carries a later time.
const settle = 5 * time.Second

// pollLists finds changes that the bus did not bring, a page at a time.
func (h *Hub) pollLists(ctx context.Context, since *time.Time) error {
	h.mu.Lock()
	idle := len(h.lists) == 0
	if idle {
		clear(h.seen)
	}
	h.mu.Unlock()
	if idle {
		*since = time.Now().UTC()
		return nil
	}
	from := models.Position{At: since.Add(-settle)}
	for {
		rows, err := h.store.ChangedSince(ctx, from, pollBatch)
		if err != nil {
			return err
		}
		h.markRows(rows)
		if len(rows) > 0 {
			last := rows[len(rows)-1]
			from = models.Position{At: last.UpdatedAt, ID: last.ID}
			if last.UpdatedAt.After(*since) {
				*since = last.UpdatedAt
			}
		}
		if len(rows) < pollBatch {
			return nil
		}
	}
}

func (h *Hub) markRows(rows []*models.Task) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, row := range rows {
		h.mark(row.ID, row.Version)
	}
}
