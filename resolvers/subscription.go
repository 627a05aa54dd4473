package resolvers

import (
	"context"

	"stepcast/graph/model"
	"stepcast/internal/sharing"
	"stepcast/models"
	"stepcast/resolvers/view"
	"stepcast/tasks"
)

// watchTask streams snapshots of a task.
func (r *Resolver) watchTask(ctx context.Context, id string) (<-chan *view.Task, error) {
	v, reader, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	number, ok := models.ParseTaskID(id)
	if !ok {
		return nil, unknown("task", id)
	}
	stream, err := r.service.Watch(ctx, v, number)
	if err != nil {
		return nil, err
	}
	// Shared by all snapshots: what contents run is loaded once, not at each change.
	reader.Sources = &view.Sources{}
	return forward(ctx, stream, func(t *models.Task, at tasks.Mark) (*view.Task, sharing.Mark) {
		return view.NewTask(t, reader), place(at, "")
	}), nil
}

// watchEvents streams the events of a task.
func (r *Resolver) watchEvents(ctx context.Context, id string, after *string) (<-chan *model.TaskEventBatch, error) {
	v, reader, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	number, ok := models.ParseTaskID(id)
	if !ok {
		return nil, unknown("task", id)
	}
	execution := sharing.Of(ctx)
	from := tasks.EventRange{After: orZero(after), Until: execution.Until}
	if execution.Cursor != nil {
		from.After = *execution.Cursor
	}
	stream, err := r.service.WatchEvents(ctx, v, number, from)
	if err != nil {
		return nil, err
	}
	return forward(ctx, stream, func(b tasks.EventBatch, at tasks.Mark) (*model.TaskEventBatch, sharing.Mark) {
		return eventBatchOf(b, reader), place(at, b.Cursor)
	}), nil
}

// watchLog streams the log of a task.
func (r *Resolver) watchLog(ctx context.Context, id string, after *int64, level *models.LogLevel) (<-chan *model.LogBatch, error) {
	v, reader, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	number, ok := models.ParseTaskID(id)
	if !ok {
		return nil, unknown("task", id)
	}
	execution := sharing.Of(ctx)
	from := tasks.LogRange{After: orZero(after), Until: execution.Until, MinLevel: orZero(level)}
	if execution.Cursor != nil {
		if from.After, err = parseLine(*execution.Cursor); err != nil {
			return nil, err
		}
	}
	stream, err := r.service.WatchLog(ctx, v, number, from)
	if err != nil {
		return nil, err
	}
	return forward(ctx, stream, func(b tasks.LogBatch, at tasks.Mark) (*model.LogBatch, sharing.Mark) {
		return logBatchOf(number, b, reader), place(at, lineCursor(b.Cursor))
	}), nil
}

// watchList streams the changes of a list.
func (r *Resolver) watchList(ctx context.Context, in *model.TaskFilter) (<-chan *model.TaskChange, error) {
	v, reader, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	stream, err := r.service.WatchTasks(ctx, v, filterOf(in), sharing.Of(ctx).Repeats)
	if err != nil {
		return nil, err
	}
	return forward(ctx, stream, func(c tasks.TaskChange, at tasks.Mark) (*model.TaskChange, sharing.Mark) {
		mark := place(at, "")
		mark.Resync, mark.Repeated = c.Resync, at.Repeated
		return &model.TaskChange{Task: view.NewTask(c.Task, reader), Matches: c.Matches, Resync: c.Resync}, mark
	}), nil
}
