package tasks

import (
	"context"
	"time"

	"stepcast/models"
	"stepcast/watch"
)

// WatchTasks streams each task that matches and is new or changed, and once more
// when it stops matching. The latest state wins per task. Who is told nothing costs
// nothing: a change is looked at by those only whom it can concern, and read once for all.
//
// repeats, which may be nil, brings tasks that the stream has told of and its reader could
// not take: such a task is given again as it is now, with Resync.
func (s *Service) WatchTasks(
	_ context.Context, v models.Viewer, f models.Filter, repeats <-chan int64,
) (*Stream[TaskChange], error) {
	if err := checkFilter(f); err != nil {
		return nil, err
	}
	filter, ok := visible(v, f)
	if !ok {
		return nil, models.Faultf(models.CodeForbidden, "you may not see any task")
	}
	w := &listWatch{
		hub: s.Hub, filter: filter, list: s.Hub.FollowTasks(watch.Interest{Owner: filter.Owner, IDs: filter.IDs}),
		repeats: repeats, told: map[int64]bool{}, versions: map[int64]int64{},
	}
	return &Stream[TaskChange]{next: w.next, close: w.list.Close}, nil
}

// listWatch turns changed tasks into changes that match a filter.
type listWatch struct {
	hub     *watch.Hub
	filter  models.Filter
	list    *watch.List
	repeats <-chan int64
	changed []watch.Changed
	pending []markedChange
	// resync says that the reader is to list again and does not know it yet. It is told so
	// with the next change, or else with a task that it may see at least.
	resync  bool
	witness *models.Task
	// told has the tasks of which the reader knows that they stopped matching.
	told map[int64]bool
	// versions has the newest version told of each task.
	versions map[int64]int64
}

// markedChange is a change with its place.
type markedChange struct {
	TaskChange
	mark Mark
}

// maxTold bounds what a listWatch remembers; past it a task may be told of again.
const maxTold = 10_000

func (w *listWatch) next(ctx context.Context) (TaskChange, Mark, error) {
	for len(w.pending) == 0 {
		if len(w.changed) == 0 {
			if err := w.take(ctx); err != nil {
				return TaskChange{}, Mark{}, err
			}
		}
		if err := w.load(ctx); err != nil {
			return TaskChange{}, Mark{}, err
		}
	}
	change := w.pending[0]
	w.pending = w.pending[1:]
	return change.TaskChange, change.mark, nil
}

// take waits for changed tasks.
func (w *listWatch) take(ctx context.Context) error {
	select {
	case <-w.list.Ready():
	case id := <-w.repeats:
		return w.repeat(ctx, id)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	var resync bool
	w.changed, resync = w.list.Take()
	w.resync = w.resync || resync
	return nil
}

// repeat tells of a task again. It changes nothing of what is told of changes. When the
// task is gone, the next change says to list again.
func (w *listWatch) repeat(ctx context.Context, id int64) error {
	tasks, err := w.hub.Tasks(ctx, []watch.Changed{{ID: id}})
	if err != nil {
		return err
	}
	for _, t := range tasks {
		w.pending = append(w.pending, markedChange{
			TaskChange{Task: t, Matches: matches(w.filter, t, false), Resync: true},
			Mark{Task: t.ID, From: t.Version, To: t.Version, Repeated: true},
		})
	}
	w.resync = w.resync || len(tasks) == 0
	return nil
}

// load considers the next changed tasks. When they cannot be read they are kept for the
// next call.
func (w *listWatch) load(ctx context.Context) error {
	changed := w.changed[:min(len(w.changed), MaxPage)]
	tasks, err := w.hub.Tasks(ctx, changed)
	if err != nil {
		return err
	}
	w.changed = w.changed[len(changed):]
	if len(w.versions) > maxTold { // it has all that told has
		clear(w.told)
		clear(w.versions)
	}
	told := make(map[int64]time.Time, len(changed))
	for _, c := range changed {
		told[c.ID] = c.Told
	}
	for _, t := range tasks {
		w.consider(t, told[t.ID])
	}
	if len(w.changed) == 0 {
		w.testify()
	}
	return nil
}

// testify tells of the resync when no change did.
func (w *listWatch) testify() {
	if t := w.witness; t != nil && w.resync {
		w.tell(t, matches(w.filter, t, false), Mark{Task: t.ID, From: w.versions[t.ID], To: t.Version})
	}
	w.witness = nil
}

func (w *listWatch) consider(t *models.Task, told time.Time) {
	if w.resync && (w.filter.Owner == "" || w.filter.Owner == t.Owner) {
		w.witness = t
	}
	if !matches(w.filter, t, true) || w.versions[t.ID] >= t.Version {
		return
	}
	fits := matches(w.filter, t, false)
	if !fits && w.told[t.ID] {
		return
	}
	mark := Mark{Task: t.ID, From: w.versions[t.ID], To: t.Version, Told: told}
	w.versions[t.ID] = t.Version
	if fits {
		delete(w.told, t.ID)
	} else {
		w.told[t.ID] = true
	}
	w.tell(t, fits, mark)
}

// tell adds a change for the reader, and to the first that it is to list again.
func (w *listWatch) tell(t *models.Task, fits bool, mark Mark) {
	w.pending = append(w.pending, markedChange{TaskChange{Task: t, Matches: fits, Resync: w.resync}, mark})
	w.resync = false
}
