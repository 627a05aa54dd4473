package watch

import (
	"context"
	"time"

	"stepcast/models"
	"stepcast/store"
)

// What is kept for those who poll.
const (
	// maxWeight bounds the tasks, steps and contents in memory; those polled longest ago
	// are let go. A part is about half a kilobyte.
	maxWeight = 100_000
	// pollIdle is how long a task is kept that nobody polls any more.
	pollIdle = 10 * time.Minute
)

// Poll gives the newest snapshot of a task for one who asks now and then, and keeps it
// for the next who does. It is at least as new as what was committed when Poll was
// called: alone says that only this process writes, so that memory has the newest unless
// a commit is on its way; otherwise the store is asked for the version, in one statement
// for all who poll at that moment. NOT_FOUND when the task does not exist (any more).
func (h *Hub) Poll(ctx context.Context, id int64, alone bool) (*Snapshot, error) {
	if alone {
		if s := h.recall(id, nil); s != nil {
			h.metrics.fromMemory.Inc()
			return s, nil
		}
	}
	known, err := h.versionOf(ctx, id)
	if models.CodeOf(err) == models.CodeNotFound {
		h.Forget(id)
	}
	if err != nil {
		return nil, err
	}
	if s := h.recall(id, &known); s != nil {
		h.metrics.fromMemory.Inc()
		return s, nil
	}
	f := h.Follow(id)
	defer f.Close()
	h.recall(id, &known) // now there is a topic to know it
	s, err := f.newest(ctx)
	if err != nil {
		return nil, err
	}
	h.recall(id, &known)
	h.metrics.fromStore.Inc()
	return s, nil
}

// recall gives the snapshot in memory, if it is the newest, and keeps it for later.
// known is what the store has just said; nil trusts memory, unless the task is in doubt.
func (h *Hub) recall(id int64, known *store.Version) *Snapshot {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[id]
	if t == nil {
		return nil
	}
	if known != nil {
		t.advance(known.Version, known.LogLines)
	} else if _, doubt := h.doubt[id]; doubt {
		return nil
	}
	s := t.current()
	if s == nil {
		return nil
	}
	h.holdLocked(id, t)
	return s
}

// holdLocked puts a topic, of which there is a snapshot, first among those polled lately.
func (h *Hub) holdLocked(id int64, t *topic) {
	t.polled = time.Now()
	if t.recent != nil {
		h.recent.MoveToFront(t.recent)
		return
	}
	t.recent = h.recent.PushFront(id)
	h.resizeLocked(t)
}

// versionOf asks the store how far a task has come; NOT_FOUND when it does not exist.
func (h *Hub) versionOf(ctx context.Context, id int64) (store.Version, error) {
	found, err := h.versions.of(ctx, want{id: id})
	if err != nil {
		return store.Version{}, err
	}
	known, ok := found[id]
	if !ok {
		return known, models.NotFound("task " + models.TaskID(id))
	}
	return known, nil
}

// Forget drops what is in memory of tasks: they are gone, or it is not known what became
// of them. Whoever follows or polls them reads the store again.
func (h *Hub) Forget(ids ...int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range ids {
		h.forgetLocked(id)
	}
}

// ForgetFinishedBefore is Forget for what has finished before the instant.
func (h *Hub) ForgetFinishedBefore(at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.epoch++
	for id, t := range h.topics {
		if s := t.snapshot; s != nil && s.Status.Final() && s.FinishedAt != nil && s.FinishedAt.Before(at) {
			h.forgetLocked(id)
		}
	}
}

func (h *Hub) forgetLocked(id int64) {
	t := h.topics[id]
	if t == nil {
		return // nobody reads it either
	}
	h.epoch++
	t.snapshot = nil
	h.dropTailsLocked(t)
	h.dismissLocked(id, t)
	t.wake()
}

// resizeLocked counts a topic whose snapshot changed, and lets go of others while all
// weigh too much.
func (h *Hub) resizeLocked(t *topic) {
	if t.recent == nil {
		return
	}
	h.weight -= t.weight
	t.weight = t.weigh()
	h.weight += t.weight
	for last := h.recent.Back(); h.weight > maxWeight && last != t.recent; last = h.recent.Back() {
		id := last.Value.(int64)
		h.dismissLocked(id, h.topics[id])
	}
}

// dismissIdle lets go of what was not polled since the instant.
func (h *Hub) dismissIdle(since time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for last := h.recent.Back(); last != nil; last = h.recent.Back() {
		id := last.Value.(int64)
		t := h.topics[id]
		if !t.polled.Before(since) {
			return
		}
		h.dismissLocked(id, t)
	}
}

// dismissLocked takes a topic out of those polled lately.
func (h *Hub) dismissLocked(id int64, t *topic) {
	if t.recent == nil {
		return
	}
	h.recent.Remove(t.recent)
	h.weight -= t.weight
	t.recent, t.weight = nil, 0
	h.releaseLocked(id, t)
}

// releaseLocked drops a topic that nobody needs, or what only followers need of it.
func (h *Hub) releaseLocked(id int64, t *topic) {
	if t.followers > 0 {
		return
	}
	t.told = nil
	setTailLocked(h, &t.events, nil)
	if t.recent == nil {
		setTailLocked(h, &t.tail, nil)
		delete(h.topics, id)
	}
}
