package resolvers

import (
	"context"

	"stepcast/graph/model"
	"stepcast/models"
	"stepcast/resolvers/view"
	"stepcast/tasks"
)

// taskCounts counts the tasks that match by status.
func (r *Resolver) taskCounts(ctx context.Context, filter *model.TaskFilter) ([]*models.StatusCount, error) {
	v, _, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := r.service.CountByStatus(ctx, v, filterOf(filter))
	return pointers(counts), err
}

// throughput counts what was submitted and ended over time.
func (r *Resolver) throughput(ctx context.Context, in tasks.ThroughputInput) ([]*models.Throughput, error) {
	v, _, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	buckets, err := r.service.Throughput(ctx, v, in)
	return pointers(buckets), err
}

// resourceSamples reads what an attempt of the task used over time; the current one is
// that of the task as it is shown.
func (r *Resolver) resourceSamples(ctx context.Context, t *view.Task, q tasks.SampleQuery) ([]*models.ResourceSample, error) {
	v, _, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	if q.TimelineID == 0 {
		q.TimelineID = t.Task.TimelineID
	}
	samples, err := r.service.ResourceSamples(ctx, v, t.Task.ID, q)
	return pointers(samples), err
}

// pointers gives a pointer to each element: what gqlgen takes a list of objects as.
func pointers[T any](list []T) []*T {
	all := make([]*T, len(list))
	for i := range list {
		all[i] = &list[i]
	}
	return all
}
