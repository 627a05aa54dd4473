package resolvers

import (
	"context"

	"stepcast/graph/model"
	"stepcast/models"
	"stepcast/resolvers/view"
	"stepcast/tasks"
)

// task reads a task, or with at what it was; nil when there is none for the viewer.
func (r *Resolver) task(ctx context.Context, id string, at *string) (*view.Task, error) {
	v, reader, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	number, ok := models.ParseTaskID(id)
	if !ok {
		return nil, nil
	}
	var t *models.Task
	if at == nil {
		t, err = r.service.Task(ctx, v, number)
	} else {
		t, err = r.service.TaskAt(ctx, v, number, *at)
	}
	if err != nil {
		return nil, absent(err)
	}
	return view.NewTask(t, reader), nil
}

// list reads a page of tasks. Counting them all waits until it is asked for.
func (r *Resolver) list(ctx context.Context, filter *model.TaskFilter, page tasks.ListInput) (*view.TaskConnection, error) {
	v, reader, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	page.Filter = filterOf(filter)
	found, err := r.service.List(ctx, v, page)
	if err != nil {
		return nil, err
	}
	return view.NewTaskConnection(found, reader, func(ctx context.Context) (int, bool, error) {
		return r.service.Count(ctx, v, page.Filter)
	}), nil
}

// runTypes lists the kinds of work.
func (r *Resolver) runTypes(ctx context.Context) ([]*model.RunType, error) {
	if _, _, err := r.caller(ctx); err != nil {
		return nil, err
	}
	return runTypesOf(r.service.RunTypes()), nil
}
