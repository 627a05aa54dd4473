package tasks

import (
	"context"
	"slices"

	"stepcast/models"
	"stepcast/store"
)

// batch is what one commit writes.
type batch struct {
	tasks   []*taskChange
	created []*decision
}

// taskChange is all that a commit changes of one task.
type taskChange struct {
	draft   *draft
	change  *store.Change
	decided []*decision
	soft    *taken
}

func (b *batch) empty() bool { return len(b.tasks) == 0 && len(b.created) == 0 }

func (b *batch) ids() []int64 {
	ids := make([]int64, len(b.tasks))
	for i, c := range b.tasks {
		ids[i] = c.draft.t.ID
	}
	return ids
}

func (b *batch) creates() (all []*store.Create) {
	for _, d := range b.created {
		all = append(all, d.create)
	}
	return all
}

func (b *batch) changes() (all []*store.Change) {
	for _, c := range b.tasks {
		all = append(all, c.change)
	}
	return all
}

// answer tells the decisions that were committed, and the creates.
func (b *batch) answer() {
	for _, c := range b.tasks {
		if c.change.Err != nil {
			continue
		}
		for _, d := range c.decided {
			d.done <- outcome{task: c.change.After}
		}
	}
	for _, d := range b.created {
		d.done <- outcome{task: d.create.Stored, err: d.create.Err}
	}
}

// build makes the decisions on the newest snapshots. A decision that is refused, or
// changes nothing, is answered here.
func (r *recorder) build(group []*decision) *batch {
	b := &batch{}
	byTask := map[int64][]*decision{}
	order := r.dueTasks()
	for _, d := range group {
		if d.create != nil {
			b.created = append(b.created, d)
			continue
		}
		if _, known := byTask[d.task]; !known && !slices.Contains(order, d.task) {
			order = append(order, d.task)
		}
		byTask[d.task] = append(byTask[d.task], d)
	}
	snapshots, err := r.snapshots(order)
	if err != nil {
		defer r.backOff()
	}
	for _, id := range order {
		decisions := byTask[id]
		if err != nil || snapshots[id] == nil {
			refuse(decisions, err, id)
			if err == nil {
				r.dropSoft(id)
			}
			continue
		}
		if c := r.buildTask(snapshots[id], decisions); c != nil {
			b.tasks = append(b.tasks, c)
		}
	}
	return b
}

func refuse(decisions []*decision, err error, id int64) {
	for _, d := range decisions {
		if err == nil {
			d.done <- outcome{err: models.NotFound("task " + models.TaskID(id))}
		} else {
			d.done <- outcome{err: errAway}
		}
	}
}

// buildTask makes the decisions about one task; nil when nothing is to be written.
func (r *recorder) buildTask(base *models.Task, decisions []*decision) *taskChange {
	d := newDraft(base, r.now())
	d.zone = r.zone
	c := &taskChange{draft: d, soft: r.takeSoft(base, slices.ContainsFunc(decisions, loud))}
	if c.soft != nil {
		c.soft.apply(d)
	}
	for _, decision := range decisions {
		mark := d.mark()
		if err := decision.decide(d); err != nil {
			d.rewind(mark)
			decision.done <- outcome{task: base, err: err}
			continue
		}
		c.decided = append(c.decided, decision)
	}
	for _, p := range d.reached {
		r.progress(p.lease, p.ref, p.percent, p.message)
	}
	if len(d.events) == 0 && len(d.lines) == 0 && d.t.ReportSequence == base.ReportSequence {
		for _, decision := range c.decided {
			decision.done <- outcome{task: base}
		}
		return nil
	}
	c.change = &store.Change{Before: base, After: d.t, Events: d.events, Lines: d.lines, Sources: d.sources}
	return c
}

// loud says whether a decision may end what progress waits for.
func loud(d *decision) bool { return !d.quiet }

// snapshots gives the newest snapshot of each task: from the cache, or read together.
func (r *recorder) snapshots(ids []int64) (map[int64]*models.Task, error) {
	found := make(map[int64]*models.Task, len(ids))
	var missing []int64
	for _, id := range ids {
		if c := r.cache[id]; c != nil {
			c.used = r.now()
			found[id] = c.task
		} else {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	read, err := r.store.Tasks(context.Background(), missing)
	if err != nil {
		r.logger.Error("read tasks to change", "error", err)
		return nil, err
	}
	for _, t := range read {
		found[t.ID] = t
	}
	return found, nil
}
