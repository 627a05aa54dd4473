package watch

import (
	"context"

	"stepcast/models"
)

// Tasks gives the tasks that lists told of, in this order and at least as new as told;
// those that do not exist any more are left out. What is not in memory is read once for
// all who ask.
func (h *Hub) Tasks(ctx context.Context, changed []Changed) ([]*models.Task, error) {
	found, missing := h.atHand(changed)
	if len(missing) > 0 {
		read, err := h.loadsListed.of(ctx, missing...)
		if err != nil {
			return nil, err
		}
		for _, w := range missing {
			if t := read[w.id]; t != nil {
				found[w.id] = t
			}
		}
	}
	tasks := make([]*models.Task, 0, len(found))
	for _, c := range changed {
		if t := found[c.ID]; t != nil {
			tasks = append(tasks, t)
		}
	}
	return tasks, nil
}

// atHand gives the tasks that are in memory, and says which are not.
func (h *Hub) atHand(changed []Changed) (found map[int64]*models.Task, missing []want) {
	h.mu.Lock()
	defer h.mu.Unlock()
	found = make(map[int64]*models.Task, len(changed))
	for _, c := range changed {
		if t := h.recentLocked(c.ID, c.Version); t != nil {
			found[c.ID] = t
		} else {
			missing = append(missing, want{c.ID, c.Version})
		}
	}
	return found, missing
}

// recentLocked gives a task from memory if it is the newest, and as new as a version.
func (h *Hub) recentLocked(id, version int64) *models.Task {
	t := h.topics[id]
	if t == nil {
		return nil
	}
	if s := t.current(); s != nil && s.Version >= version {
		return s.Task
	}
	return nil
}

// readListed reads tasks for lists, and keeps them for the lists that ask later. Those
// that another reading has brought meanwhile are not read again.
func (h *Hub) readListed(ctx context.Context, wanted map[int64]int64) (map[int64]*models.Task, error) {
	found, missing, epoch := h.beginListed(wanted)
	read, err := h.store.Tasks(ctx, missing)
	h.endListed(missing, read, epoch)
	for _, t := range read {
		found[t.ID] = t
	}
	return found, err
}

// beginListed gives what is in memory, and follows the rest until it is read: a change
// meanwhile is then known to be newer than the reading.
func (h *Hub) beginListed(wanted map[int64]int64) (found map[int64]*models.Task, missing []int64, epoch uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	found = make(map[int64]*models.Task, len(wanted))
	for id, version := range wanted {
		if t := h.recentLocked(id, version); t != nil {
			found[id] = t
			continue
		}
		missing = append(missing, id)
		h.topicLocked(id).followers++
	}
	return found, missing, h.epoch
}

// endListed keeps what was read of the missing since beginListed.
func (h *Hub) endListed(missing []int64, read []*models.Task, epoch uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if epoch == h.epoch {
		for _, t := range read {
			h.listedLocked(t)
		}
	}
	for _, id := range missing {
		t := h.topics[id]
		t.followers--
		h.releaseLocked(id, t)
	}
}

// listedLocked keeps a task that lists ask for, as if it had been polled: in memory that
// is bounded for all together, as long as it is asked for.
func (h *Hub) listedLocked(task *models.Task) {
	t := h.topicLocked(task.ID)
	t.keep(task)
	h.resizeLocked(t)
	if t.current() != nil {
		h.holdLocked(task.ID, t)
	}
	h.releaseLocked(task.ID, t)
}
