package resolvers

import (
	"context"

	"stepcast/graph/model"
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
		return nil, unknown(id)
	}
	stream, err := r.service.Watch(ctx, v, number)
	if err != nil {
		return nil, err
	}
	// Shared by all snapshots: what contents run is loaded once, not at each change.
	reader.Sources = &view.Sources{}
	return forward(ctx, stream, func(t *models.Task) *view.Task { return view.NewTask(t, reader) }), nil
}

// watchEvents streams the events of a task.
func (r *Resolver) watchEvents(ctx context.Context, id string, after *string) (<-chan *model.TaskEventBatch, error) {
	v, reader, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	number, ok := models.ParseTaskID(id)
	if !ok {
		return nil, unknown(id)
	}
	stream, err := r.service.WatchEvents(ctx, v, number, orZero(after))
	if err != nil {
		return nil, err
	}
	return forward(ctx, stream, func(b tasks.EventBatch) *model.TaskEventBatch { return eventBatchOf(b, reader) }), nil
}

// watchLog streams the log of a task.
func (r *Resolver) watchLog(ctx context.Context, id string, after *int64, level *models.LogLevel) (<-chan *model.LogBatch, error) {
	v, reader, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	number, ok := models.ParseTaskID(id)
	if !ok {
		return nil, unknown(id)
	}
	stream, err := r.service.WatchLog(ctx, v, number, orZero(after), orZero(level))
	if err != nil {
		return nil, err
	}
	return forward(ctx, stream, func(b tasks.LogBatch) *model.LogBatch { return logBatchOf(number, b, reader) }), nil
}

// watchList streams the changes of a list.
func (r *Resolver) watchList(ctx context.Context, in *model.TaskFilter) (<-chan *model.TaskChange, error) {
	v, reader, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	stream, err := r.service.WatchTasks(ctx, v, filterOf(in))
	if err != nil {
		return nil, err
	}
	return forward(ctx, stream, func(c tasks.TaskChange) *model.TaskChange {
		return &model.TaskChange{Task: view.NewTask(c.Task, reader), Matches: c.Matches, Resync: c.Resync}
	}), nil
}
