package tasks

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"stepcast/models"
	"stepcast/store"
)

// gaugeFor is how long a counted queue length is trusted, own submissions added.
const gaugeFor = time.Second

// gaugeOwners bounds the owners whose counts are remembered.
const gaugeOwners = 10_000

// queueGauge knows about how many tasks wait, without counting them for each submission.
type queueGauge struct {
	store    *store.Store
	now      func() time.Time
	counting singleflight.Group

	// mu guards counts: by owner, "" for all.
	mu     sync.Mutex
	counts map[string]gauge
}

type gauge struct {
	length int
	at     time.Time
}

func newQueueGauge(s *store.Store, now func() time.Time) *queueGauge {
	return &queueGauge{store: s, now: now, counts: map[string]gauge{}}
}

// admit refuses another task when the queue, or the owner's part of it, is full.
func (g *queueGauge) admit(ctx context.Context, owner string, all, own int) error {
	total, err := g.length(ctx, "", all)
	if err != nil {
		return err
	}
	if total >= all {
		return &models.Fault{
			Code: models.CodeQueueFull, RetryAfter: 10,
			Message: "the queue is full; try again later, or ask the operator to raise queue-limit",
		}
	}
	mine, err := g.length(ctx, owner, own)
	if err != nil {
		return err
	}
	if mine >= own {
		return &models.Fault{
			Code: models.CodeLimit, RetryAfter: 10,
			Message: "you have as many waiting tasks as you may; try again when some have started",
		}
	}
	return nil
}

func (g *queueGauge) length(ctx context.Context, owner string, limit int) (int, error) {
	g.mu.Lock()
	known, ok := g.counts[owner]
	g.mu.Unlock()
	if ok && g.now().Sub(known.at) < gaugeFor {
		return known.length, nil
	}
	// Who asks meanwhile waits for the same answer, which nobody's leaving cancels.
	counted := g.counting.DoChan(owner, func() (any, error) {
		return g.count(context.WithoutCancel(ctx), owner, limit)
	})
	select {
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	case c := <-counted:
		if c.Err != nil {
			return 0, c.Err
		}
		return c.Val.(int), nil
	}
}

// count asks the store, and remembers its answer.
func (g *queueGauge) count(ctx context.Context, owner string, limit int) (int, error) {
	now := g.now()
	n, err := g.store.QueueLength(ctx, owner, limit)
	if err != nil {
		return 0, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.counts) >= gaugeOwners {
		clear(g.counts)
	}
	g.counts[owner] = gauge{length: n, at: now}
	return n, nil
}

// added counts a task that was just stored.
func (g *queueGauge) added(owner string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, key := range []string{"", owner} {
		if known, ok := g.counts[key]; ok {
			known.length++
			g.counts[key] = known
		}
	}
}
