package tasks

import (
	"context"
	"slices"

	"stepcast/models"
	"stepcast/watch"
)

// WatchTasks streams each task that matches and is new or changed, and once more
// when it stops matching. The latest state wins per task.
func (s *Service) WatchTasks(_ context.Context, v models.Viewer, f models.Filter) (*Stream[TaskChange], error) {
	if err := checkFilter(f); err != nil {
		return nil, err
	}
	filter, ok := visible(v, f)
	if !ok {
		return nil, models.Faultf(models.CodeForbidden, "you may not see any task")
	}
	w := &listWatch{service: s, filter: filter, list: s.Hub.FollowAll(), told: map[int64]bool{}, versions: map[int64]int64{}}
	return &Stream[TaskChange]{next: w.next, close: w.list.Close}, nil
}

// listWatch turns changed ids into changes that match a filter.
type listWatch struct {
	service *Service
	filter  models.Filter
	list    *watch.List
	pending []TaskChange
	ids     []int64
	resync  bool
	// told has the tasks of which the reader knows that they stopped matching.
	told map[int64]bool
	// versions has the newest version told of each task.
	versions map[int64]int64
}

// maxTold bounds what a listWatch remembers; past it a task may be told of again.
const maxTold = 10_000

func (w *listWatch) next(ctx context.Context) (TaskChange, error) {
	for {
		if len(w.pending) > 0 {
			change := w.pending[0]
			w.pending = w.pending[1:]
			return change, nil
		}
		if len(w.ids) == 0 {
			select {
			case <-w.list.Ready():
			case <-ctx.Done():
				return TaskChange{}, context.Cause(ctx)
			}
			var resync bool
			w.ids, resync = w.list.Take()
			w.resync = w.resync || resync
			slices.Sort(w.ids)
		}
		if err := w.load(ctx); err != nil {
			return TaskChange{}, err
		}
	}
}

// load reads the next changed tasks. When that fails they are kept for the next call.
func (w *listWatch) load(ctx context.Context) error {
	ids := w.ids[:min(len(w.ids), MaxPage)]
	tasks, err := w.service.Store.Tasks(ctx, ids)
	if err != nil {
		return err
	}
	w.ids = w.ids[len(ids):]
	if len(w.versions) > maxTold { // it has all that told has
		clear(w.told)
		clear(w.versions)
	}
	for _, t := range tasks {
		w.consider(t)
	}
	return nil
}

func (w *listWatch) consider(t *models.Task) {
	if !matches(w.filter, t, true) || w.versions[t.ID] >= t.Version {
		return
	}
	fits := matches(w.filter, t, false)
	if !fits && w.told[t.ID] {
		return
	}
	w.versions[t.ID] = t.Version
	if fits {
		delete(w.told, t.ID)
	} else {
		w.told[t.ID] = true
	}
	w.pending = append(w.pending, TaskChange{Task: t, Matches: fits, Resync: w.resync})
	w.resync = false
}
