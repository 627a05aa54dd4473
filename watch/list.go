package watch

import (
	"cmp"
	"context"
	"slices"
	"time"

	"stepcast/models"
)

// MaxDirty bounds the changed tasks that one list holds for its reader; past it the
// reader is told to list again.
const MaxDirty = 10_000

// maxSeen bounds the versions remembered to tell news from repetition.
const maxSeen = 50_000

// List collects the changed tasks in which one reader is interested. Close it when done.
type List struct {
	hub      *Hub
	interest Interest
	// Guarded by Hub.mu.
	dirty  map[int64]Changed
	resync bool
	ready  chan struct{}
}

// Changed is a task that changed.
type Changed struct {
	ID int64
	// Version is the newest that is known; the process learned of it at Told.
	Version int64
	Told    time.Time
}

// FollowTasks starts to collect every change of the tasks of an interest.
func (h *Hub) FollowTasks(i Interest) *List {
	h.mu.Lock()
	defer h.mu.Unlock()
	i.IDs = slices.Clone(i.IDs)
	l := &List{hub: h, interest: i, dirty: map[int64]Changed{}, ready: make(chan struct{}, 1)}
	h.lists.add(l)
	return l
}

// Close stops collecting. It may be called more than once.
func (l *List) Close() {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	l.hub.lists.remove(l)
}

// Ready receives when there is something to take.
func (l *List) Ready() <-chan struct{} { return l.ready }

// Take gives the tasks that changed since the last call, by id, and whether more changed
// than could be kept.
func (l *List) Take() (changed []Changed, resync bool) {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	changed = make([]Changed, 0, len(l.dirty))
	for _, c := range l.dirty {
		changed = append(changed, c)
	}
	slices.SortFunc(changed, func(a, b Changed) int { return cmp.Compare(a.ID, b.ID) })
	resync = l.resync
	l.dirty, l.resync = map[int64]Changed{}, false
	return changed, resync
}

// mark notes a change for the reader. Called with Hub.mu held.
func (l *List) mark(c Changed) {
	if _, marked := l.dirty[c.ID]; marked || len(l.dirty) < MaxDirty {
		l.dirty[c.ID] = c
	} else {
		l.resync = true
	}
	select {
	case l.ready <- struct{}{}:
	default: // it is told already
	}
}

// markLocked tells the lists that somebody's task reached a version; told says whether
// that was news to any.
func (h *Hub) markLocked(id, version int64, owner string) (told bool) {
	if len(h.lists.all) == 0 || h.seen[id] >= version {
		return false
	}
	if len(h.seen) >= maxSeen {
		clear(h.seen)
	}
	h.seen[id] = version
	c := Changed{ID: id, Version: version, Told: time.Now()}
	h.lists.of(id, owner, func(l *List) {
		l.mark(c)
		told = true
	})
	return told
}

// settle is how far back each poll looks again: a transaction may commit after one
// that carries a later time.
const settle = 5 * time.Second

// pollLists finds changes that the bus did not bring, a page at a time.
func (h *Hub) pollLists(ctx context.Context, since *time.Time) error {
	h.mu.Lock()
	idle := len(h.lists.all) == 0
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
		if t := h.topics[row.ID]; t != nil {
			t.advance(row.Version, 0)
		}
		if h.markLocked(row.ID, row.Version, row.Owner) {
			h.metrics.foundByList.Inc()
		}
	}
}
