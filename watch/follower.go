package watch

import (
	"context"
	"strconv"

	"stepcast/models"
)

// Follower follows one task for one reader. Follow first, then read the store:
// what changes in between is signalled. Close it when done.
type Follower struct {
	hub *Hub
	id  int64
	t   *topic
}

// Follow starts to follow the task. It does not say whether there is such a task.
func (h *Hub) Follow(id int64) *Follower {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topicLocked(id)
	t.followers++
	h.followers++
	return &Follower{hub: h, id: id, t: t}
}

// topicLocked gives the topic of a task, a new one if need be.
func (h *Hub) topicLocked(id int64) *topic {
	t := h.topics[id]
	if t == nil {
		t = &topic{}
		h.topics[id] = t
	}
	return t
}

// Close stops following. It may be called more than once.
func (f *Follower) Close() {
	f.hub.mu.Lock()
	defer f.hub.mu.Unlock()
	if f.t == nil {
		return
	}
	f.t.followers--
	f.hub.followers--
	f.hub.releaseLocked(f.id, f.t)
	f.t = nil
}

// Changed is closed with the next change. Take it before reading: a change after
// the reading is then never missed.
func (f *Follower) Changed() <-chan struct{} {
	f.hub.mu.Lock()
	defer f.hub.mu.Unlock()
	if f.t.changed == nil {
		f.t.changed = make(chan struct{})
	}
	return f.t.changed
}

// Snapshot gives the newest snapshot, from memory when it is at hand. NOT_FOUND
// when the task does not exist (any more).
func (f *Follower) Snapshot(ctx context.Context) (*models.Task, error) {
	s, err := f.newest(ctx)
	if err != nil {
		return nil, err
	}
	return s.Task, nil
}

func (f *Follower) newest(ctx context.Context) (*Snapshot, error) {
	f.hub.mu.Lock()
	s, version, lines := f.t.current(), f.t.version, f.t.lines
	f.hub.mu.Unlock()
	if s != nil {
		return s, nil
	}
	s, err := f.hub.load(ctx, f.id)
	if err == nil && (s.Version < version || s.LogLines < lines) {
		// A reading that was already under way may be older than what is known. The next
		// is not, unless the database itself went back.
		s, err = f.hub.load(ctx, f.id)
	}
	return s, err
}

// load reads a snapshot and keeps it for all who follow the task. Followers who ask
// at the same time share one reading, which no single one of them can cancel.
func (h *Hub) load(ctx context.Context, id int64) (*Snapshot, error) {
	reading := h.loads.DoChan(strconv.FormatInt(id, 10), func() (any, error) {
		h.mu.Lock()
		epoch := h.epoch
		h.mu.Unlock()
		read, err := h.store.Task(context.WithoutCancel(ctx), id)
		if err != nil {
			return nil, err
		}
		return h.keep(read, epoch), nil
	})
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case done := <-reading:
		if done.Err != nil {
			return nil, done.Err
		}
		return done.Val.(*Snapshot), nil
	}
}

// keep stores a snapshot that was read since the epoch, unless a newer one is there,
// and gives the newer. What was read before something was forgotten is not kept.
func (h *Hub) keep(read *models.Task, epoch uint64) *Snapshot {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[read.ID]
	if t == nil || epoch != h.epoch {
		return newSnapshot(read)
	}
	t.keep(read)
	h.resizeLocked(t)
	if s := t.current(); s != nil {
		return s
	}
	return t.snapshot
}
