package resolvers

import (
	"context"
	"time"

	"stepcast/graph/model"
	"stepcast/tasks"
)

// about is what the server says of itself.
func (r *Resolver) about(ctx context.Context) (*model.Server, error) {
	v, _, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	shown := &model.Server{
		Version: r.server.Version, StartedAt: r.server.StartedAt, Time: time.Now(), Limits: limits(),
	}
	if tasks.AuthorizeUsers(v) == nil {
		shown.Database = &r.server.Database
	}
	return shown, nil
}

func limits() *model.TaskLimits {
	return &model.TaskLimits{
		Steps: tasks.MaxSteps, Contents: tasks.MaxContents, TextLength: tasks.MaxText, CodeBytes: tasks.MaxCode,
		ParamsBytes: tasks.MaxParams, VariablesBytes: tasks.MaxVariables,
		Labels: tasks.MaxLabels, LabelKeyBytes: tasks.MaxKey, LabelValueBytes: tasks.MaxLabelValue,
		Priority: tasks.MaxPriority, TimeoutSeconds: tasks.MaxTimeoutSeconds,
		MaxAttempts: tasks.MaxAttemptsInput, BackoffSeconds: tasks.MaxBackoffSeconds,
	}
}
