package resolvers

import (
	"context"

	"stepcast/graph/model"
	"stepcast/models"
	"stepcast/resolvers/view"
	"stepcast/tasks"
)

// submit stores a task.
func (r *Resolver) submit(ctx context.Context, in model.SubmitTaskInput) (*model.TaskPayload, error) {
	v, reader, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	var t *models.Task
	submitted, err := submitInputOf(in)
	if err == nil {
		t, err = r.service.Submit(ctx, v, submitted)
	}
	return payload(t, reader, err)
}

// action is a use case that changes one task.
type action func(ctx context.Context, v models.Viewer, in tasks.ControlInput) (*models.Task, error)

// control does the action to the task that in names.
func (r *Resolver) control(ctx context.Context, in model.ControlTaskInput, act action) (*model.TaskPayload, error) {
	v, reader, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	id, ok := models.ParseTaskID(in.ID)
	if !ok {
		return payload(nil, reader, unknown("task", in.ID))
	}
	t, err := act(ctx, v, tasks.ControlInput{ID: id, IfVersion: in.IfVersion})
	return payload(t, reader, err)
}

// controlAll does the action to each task on its own; a refusal of one leaves the others alone.
func (r *Resolver) controlAll(ctx context.Context, ids []string, act action) (*model.TasksPayload, error) {
	if err := checkIDs("ids", ids); err != nil {
		return nil, err
	}
	all := &model.TasksPayload{Results: make([]*model.TaskPayload, len(ids))}
	for i, id := range ids {
		one, err := r.control(ctx, model.ControlTaskInput{ID: id}, act)
		if err != nil {
			return nil, err
		}
		all.Results[i] = one
	}
	return all, nil
}

// claim leases an external step to an outside worker.
func (r *Resolver) claim(ctx context.Context, id *string, labels []*models.Label) (*model.ClaimPayload, error) {
	v, reader, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	in := tasks.ClaimInput{Labels: labelsOf(labels)}
	if id != nil {
		number, ok := models.ParseTaskID(*id)
		if !ok {
			refusals, err := userErrors(unknown("task", *id))
			return &model.ClaimPayload{UserErrors: refusals}, err
		}
		in.ID = &number
	}
	lease, err := r.service.Claim(ctx, v, in)
	if err != nil {
		refusals, err := userErrors(err)
		return &model.ClaimPayload{UserErrors: refusals}, err
	}
	return claimOf(lease, reader), nil
}

func claimOf(lease tasks.Claim, reader view.Reader) *model.ClaimPayload {
	t := view.NewTask(lease.Task, reader)
	if t == nil {
		return &model.ClaimPayload{}
	}
	shown := &model.ClaimPayload{Task: t, LeaseToken: &lease.LeaseToken, LeaseSeconds: &lease.LeaseSeconds}
	if step := t.Find(lease.Step); step != nil {
		shown.Contents = step.Contents()
	}
	return shown
}

// report passes on what an outside worker says.
func (r *Resolver) report(ctx context.Context, in model.ReportProgressInput) (*model.ReportPayload, error) {
	v, _, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	var desired models.Status
	said, err := reportInputOf(in)
	if err == nil {
		desired, err = r.service.Report(ctx, v, said)
	}
	if err != nil {
		refusals, err := userErrors(err)
		return &model.ReportPayload{UserErrors: refusals}, err
	}
	return &model.ReportPayload{Desired: &desired}, nil
}
