package resolvers

import (
	"context"

	"stepcast/graph/model"
	"stepcast/models"
	"stepcast/resolvers/view"
	"stepcast/tasks"
)

// waitingFor is why each of the tasks is not running yet.
func (r *Resolver) waitingFor(ctx context.Context, shown []*view.Task) ([]*tasks.WaitingFor, error) {
	loaded, err := r.load(ctx, shown)
	if err != nil {
		return nil, err
	}
	list := make([]*models.Task, len(loaded))
	for i, t := range loaded {
		list[i] = t.Task
	}
	return r.service.WaitingFor(ctx, list)
}

// log reads a page of the task's log.
func (r *Resolver) log(ctx context.Context, t *view.Task, q tasks.LogQuery) (*model.LogBatch, error) {
	v, reader, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	batch, err := r.service.Log(ctx, v, t.Task.ID, q)
	if err != nil {
		return nil, err
	}
	return logBatchOf(t.Task.ID, batch, reader), nil
}

// events reads a page of the task's events.
func (r *Resolver) events(ctx context.Context, t *view.Task, q tasks.EventQuery) (*model.TaskEventBatch, error) {
	v, reader, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	batch, err := r.service.Events(ctx, v, t.Task.ID, q)
	if err != nil {
		return nil, err
	}
	return eventBatchOf(batch, reader), nil
}

// defaultHistory is how many lines or events a page has when `first` is null.
const defaultHistory = 100
