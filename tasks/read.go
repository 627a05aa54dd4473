package tasks

import (
	"context"
	"maps"
	"slices"

	"stepcast/models"
)

// Task reads a task with its steps. NOT_FOUND when it does not exist or v may not
// see it; the Fault's Foreign tells the two apart.
func (s *Service) Task(ctx context.Context, v models.Viewer, id int64) (*models.Task, error) {
	t, err := s.Store.Task(ctx, id)
	if err != nil {
		return nil, err
	}
	return t, authorize(v, opRead, t)
}

// Row reads a task without its steps, by one statement on its primary key.
func (s *Service) Row(ctx context.Context, v models.Viewer, id int64) (*models.Task, error) {
	t, err := s.Store.Row(ctx, id)
	if err != nil {
		return nil, err
	}
	return t, authorize(v, opRead, t)
}

// Tasks reads several tasks at once, each named once. Those of which Task would say
// NOT_FOUND are left out.
func (s *Service) Tasks(ctx context.Context, v models.Viewer, ids []int64) ([]*models.Task, error) {
	read, err := s.Store.Tasks(ctx, ids)
	return slices.DeleteFunc(read, func(t *models.Task) bool { return authorize(v, opRead, t) != nil }), err
}

// TaskAt gives the task as it was after the event at the cursor, which is one of the
// task's own; NOT_FOUND otherwise.
func (s *Service) TaskAt(ctx context.Context, v models.Viewer, id int64, cursor string) (*models.Task, error) {
	row, err := s.Row(ctx, v, id)
	if err != nil {
		return nil, err
	}
	number, ok := EventPosition(row, cursor)
	if !ok || number < 1 {
		return nil, &models.Fault{Code: models.CodeNotFound, Field: []string{"at"}, Message: "the task has no event " + cursor}
	}
	return s.foldTo(ctx, row, number)
}

// foldTo replays the task's events up to a number.
func (s *Service) foldTo(ctx context.Context, row *models.Task, number int64) (*models.Task, error) {
	t := models.Origin(row)
	for t.Version < number {
		events, err := s.Store.Events(ctx, row.ID, t.Version, MaxEvents)
		if err != nil {
			return nil, err
		}
		if len(events) == 0 {
			return nil, models.Faultf(models.CodeInternal, "task %d ends at event %d, not %d", row.ID, t.Version, number)
		}
		for _, e := range events {
			if e.Number > number {
				break
			}
			t.Apply(e)
		}
	}
	return t, nil
}

// Sources reads what the contents of a task run. Tasks that v may not see are NOT_FOUND.
func (s *Service) Sources(ctx context.Context, v models.Viewer, id int64) (map[models.ContentRef]models.ContentSource, error) {
	if _, err := s.Row(ctx, v, id); err != nil {
		return nil, err
	}
	return s.sources(ctx, id)
}

func (s *Service) sources(ctx context.Context, task int64) (map[models.ContentRef]models.ContentSource, error) {
	list, err := s.Store.Sources(ctx, task)
	if err != nil {
		return nil, err
	}
	byRef := make(map[models.ContentRef]models.ContentSource, len(list))
	for _, source := range list {
		byRef[source.Ref()] = source
	}
	return byRef, nil
}

// WaitingFor says why each of the tasks is not running yet; nil for those that are not
// WAITING. Their steps must be loaded. A queue is looked at once for all.
func (s *Service) WaitingFor(ctx context.Context, list []*models.Task) ([]*WaitingFor, error) {
	now := s.Now()
	reasons := make([]*WaitingFor, len(list))
	queued := map[models.Queue][]*models.Task{}
	for i, t := range list {
		if t.Status != models.Waiting {
			continue
		}
		q := t.Queue(now)
		reasons[i] = waitingIn(q, t)
		if q != models.QueueDeferred {
			queued[q] = append(queued[q], t)
		}
	}
	positions := map[int64]int{}
	for q, waiting := range queued {
		if err := s.positions(ctx, q, waiting, positions); err != nil {
			return nil, err
		}
	}
	for i, t := range list {
		if position, ok := positions[t.ID]; ok && reasons[i] != nil {
			reasons[i].Position = &position
		}
	}
	return reasons, nil
}

// waitingIn is why a task of a queue waits, without its position.
func waitingIn(q models.Queue, t *models.Task) *WaitingFor {
	switch {
	case q == models.QueueExternal:
		return &WaitingFor{Reason: WaitExternal}
	case q != models.QueueDeferred:
		return &WaitingFor{Reason: WaitQueue}
	case t.Attempt > 1:
		return &WaitingFor{Reason: WaitBackoff, Until: t.NotBefore}
	}
	return &WaitingFor{Reason: WaitStartTime, Until: t.NotBefore}
}

// positions adds how many tasks are before each of these in their queue, MaxCount at most.
func (s *Service) positions(ctx context.Context, q models.Queue, waiting []*models.Task, positions map[int64]int) error {
	if len(waiting) > 1 {
		ids := make([]int64, len(waiting))
		for i, t := range waiting {
			ids[i] = t.ID
		}
		found, err := s.Store.QueuePositions(ctx, q, ids, MaxCount)
		if err != nil {
			return err
		}
		maps.Copy(positions, found)
	}
	for _, t := range waiting {
		if _, known := positions[t.ID]; known {
			continue
		}
		// It is alone, far back, or about to join the queue, or it has just left it.
		n, err := s.Store.QueuePosition(ctx, t, MaxCount)
		if err != nil {
			return err
		}
		positions[t.ID] = n
	}
	return nil
}

// RunTypes lists the kinds of work, enabled or not, by name.
func (s *Service) RunTypes() []RunType {
	types := []RunType{{
		Name:         models.RunExternal,
		Description:  "An outside worker claims the step with claimTask and reports it with reportProgress. Code and params are for that worker.",
		ParamsSchema: models.JSON(`{"type":"object"}`),
	}}
	for _, info := range s.Registry.Infos() {
		types = append(types, RunType{
			Name: info.Name, Reason: info.Reason, Description: info.Description, ParamsSchema: models.JSON(info.ParamsSchema),
		})
	}
	slices.SortFunc(types, func(a, b RunType) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return types
}

func (s *Service) runTypeNames() (names []string) {
	for _, t := range s.RunTypes() {
		names = append(names, t.Name)
	}
	return names
}
