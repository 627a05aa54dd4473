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
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
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
	// versions answers those who poll while other processes write too, loadsListed lists.
	versions    grouped[store.Version]
	loadsListed grouped[*models.Task]
	metrics     *instruments

	// mu guards what follows, and what the comments of its types say. No I/O under it.
	mu     sync.Mutex
	topics map[int64]*topic
	// recent has the ids of the topics that were polled, the latest first; weight is
	// theirs together. tails is the bytes of all logs and events that are kept.
	recent *list.List
	weight int
	tails  int
	// doubt has the tasks of which a commit of this process is on its way.
	doubt map[int64]struct{}
	// epoch goes up when something is forgotten: what was read before is not kept.
	epoch uint64
	lists interests
	// followers counts those of all topics.
	followers int
	// seen has the newest version known of recently changed tasks, while there are lists.
	seen map[int64]int64
}

// Options are what a Hub needs. All but Metrics are required.
type Options struct {
	Store  *store.Store
	Bus    bus.Bus
	Logger *slog.Logger
	// Metrics takes what is measured, of one hub only; nothing is kept when nil.
	Metrics prometheus.Registerer
}

// New makes a hub that reads the bus until cancel is called.
func New(o Options) (h *Hub, cancel func()) {
	h = &Hub{
		store: o.Store, logger: o.Logger,
		topics: map[int64]*topic{}, recent: list.New(), doubt: map[int64]struct{}{}, lists: newInterests(), seen: map[int64]int64{},
	}
	h.versions.read = func(ctx context.Context, wanted map[int64]int64) (map[int64]store.Version, error) {
		return o.Store.Versions(ctx, slices.Collect(maps.Keys(wanted)))
	}
	h.loadsListed.read = h.readListed
	h.metrics = newInstruments(o.Metrics, h)
	return h, o.Bus.Subscribe(h.take)
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
		h.metrics.rounds.Inc()
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
			setTailLocked(h, &t.events, t.events.grown(c.Events))
			t.take(c)
			h.resizeLocked(t)
		}
		if c.To > c.From {
			h.markLocked(c.Task, c.To, c.Owner)
		}
	}
}

// Commit is what a commit of this process made of one task.
type Commit struct {
	// Task is the snapshot after it, with its steps; Events led to it, and Lines are what it
	// added to the log. Nobody changes them any more.
	Task   *models.Task
	Events []models.Event
	Lines  []models.LogLine
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
		if h.markLocked(c.Task.ID, c.Task.Version, c.Task.Owner) {
			h.listedLocked(c.Task)
		}
		t := h.topics[c.Task.ID]
		if t == nil {
			continue
		}
		setTailLocked(h, &t.tail, t.tail.grown(c.Lines))
		setTailLocked(h, &t.events, t.events.grown(c.Events))
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
			heardOf := t.version > 0 // else nobody has read it yet
			if t.advance(v.Version, v.LogLines) && heardOf {
				h.metrics.foundTopics.Inc()
			}
		} else if !t.gone {
			t.gone = true
			h.forgetLocked(id)
		}
	}
	return nil
}
