// Package watch knows what is live now: the newest snapshot of each task that somebody
// follows or polls, the ends of logs, and which tasks changed. The recorder of this
// process tells it what it committed, and it is the only reader of the bus, on which
// other processes tell. What nobody told, it finds by asking the store: once a second
// for who follows, at each poll for who polls.
package watch

import (
	"container/list"
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"stepcast/bus"
	"stepcast/models"
	"stepcast/store"
)

// PollEvery is how long a change may stay unseen when the bus lost it.
const PollEvery = time.Second

// pollBatch bounds the changed tasks that are read at a time.
const pollBatch = 500

// Hub follows tasks on behalf of all who watch. Use New, then Run.
type Hub struct {
	store  *store.Store
	logger *slog.Logger
	loads  singleflight.Group
	// versions answers those who poll while other processes write too.
	versions versions

	// mu guards what follows, and what the comments of its types say. No I/O under it.
	mu     sync.Mutex
	topics map[int64]*topic
	// recent has the ids of the topics that were polled, the latest first; weight is
	// theirs together, and tails the bytes of their logs.
	recent *list.List
	weight int
	tails  int
	// doubt has the tasks of which a commit of this process is on its way.
	doubt map[int64]struct{}
	// epoch goes up when something is forgotten: what was read before is not kept.
	epoch uint64
	lists map[*List]struct{}
	// seen has the newest version known of recently changed tasks, while there are lists.
	seen map[int64]int64
}

// New makes a hub that reads b until cancel is called.
func New(s *store.Store, b bus.Bus, logger *slog.Logger) (h *Hub, cancel func()) {
	h = &Hub{
		store: s, logger: logger,
		versions: versions{store: s},
		topics:   map[int64]*topic{}, recent: list.New(), doubt: map[int64]struct{}{}, lists: map[*List]struct{}{}, seen: map[int64]int64{},
	}
	return h, b.Subscribe(h.take)
}

// Run polls the store for what the bus did not bring, until ctx ends.
func (h *Hub) Run(ctx context.Context) {
	tick := time.NewTicker(PollEvery)
	defer tick.Stop()
	since := time.Now().UTC()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		h.dismissIdle(time.Now().Add(-pollIdle))
		if err := h.pollTopics(ctx); err != nil && ctx.Err() == nil {
			h.logger.Warn("poll watched tasks", "error", err)
		}
		if err := h.pollLists(ctx, &since); err != nil && ctx.Err() == nil {
			h.logger.Warn("poll changed tasks", "error", err)
		}
	}
}

// take applies what the bus brings.
func (h *Hub) take(changes []bus.Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range changes {
		c := &changes[i]
		if t := h.topics[c.Task]; t != nil {
			t.take(c)
			h.resizeLocked(t)
		}
		if c.To > c.From {
			h.mark(c.Task, c.To)
		}
	}
}

// Commit is what a commit of this process made of one task.
type Commit struct {
	// Task is the snapshot after it, with its steps, and Lines what it added to the log.
	// Nobody changes them any more.
	Task  *models.Task
	Lines []models.LogLine
}

// Committing says that this process is about to commit changes of the tasks. Until
// Committed is called others may have read them from the store already: who polls one
// of these tasks meanwhile is answered from there.
func (h *Hub) Committing(ids []int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range ids {
		h.doubt[id] = struct{}{}
	}
}

// Committed takes what was committed since Committing, of which nothing is on its way
// any more. Call it before anybody is told of the commit: then who was told of a change
// never polls what was before it.
func (h *Hub) Committed(commits []Commit) {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.doubt)
	for _, c := range commits {
		t := h.topics[c.Task.ID]
		if t == nil {
			continue
		}
		h.addLinesLocked(t, c.Lines)
		t.keep(c.Task)
		h.resizeLocked(t)
	}
}

// pollTopics asks how far the tasks are that somebody follows. Those that are only
// polled need no asking: Poll sees to that.
func (h *Hub) pollTopics(ctx context.Context) error {
	h.mu.Lock()
	ids := make([]int64, 0, len(h.topics))
	for id, t := range h.topics {
		if t.followers > 0 {
			ids = append(ids, id)
		}
	}
	h.mu.Unlock()
	found, err := h.store.Versions(ctx, ids)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range ids {
		t := h.topics[id]
		if t == nil {
			continue
		}
		if v, ok := found[id]; ok {
			t.advance(v.Version, v.LogLines)
		} else if !t.gone {
			t.gone = true
			h.forgetLocked(id)
		}
	}
	return nil
}
