package tasks

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"stepcast/models"
	"stepcast/store"
)

// Submit stores a task and returns it; once it returns, no crash loses the task.
// The same owner, key and input give the task that is there already; the same key
// with other input is CONFLICT.
func (s *Service) Submit(ctx context.Context, v models.Viewer, in SubmitInput) (*models.Task, error) {
	t, err := s.submit(ctx, v, in)
	s.metrics.submitted(err)
	return t, err
}

func (s *Service) submit(ctx context.Context, v models.Viewer, in SubmitInput) (*models.Task, error) {
	if !permitted(v, opSubmit, v.Name) {
		return nil, forbidden(v, opSubmit)
	}
	if err := s.validate(&in); err != nil {
		return nil, err
	}
	var hash string // compared with a key only
	if in.IdempotencyKey != "" {
		hash = inputHash(in)
		t, err := s.submitted(ctx, v, in.IdempotencyKey, hash)
		if t != nil || err != nil {
			return t, err
		}
	}
	if err := s.queue.admit(ctx, v.Name, s.QueueLimit, s.OwnerLimit); err != nil {
		return nil, err
	}
	t, err := s.recorder.create(ctx, s.newTask(v, in, hash))
	if errors.Is(err, store.ErrDuplicateKey) {
		return s.submitted(ctx, v, in.IdempotencyKey, hash)
	}
	if err != nil {
		return nil, err
	}
	s.queue.added(v.Name)
	return t, nil
}

// submitted finds what the owner submitted under a key before; nil when nothing was.
func (s *Service) submitted(ctx context.Context, v models.Viewer, key, hash string) (*models.Task, error) {
	row, err := s.Store.ByIdempotencyKey(ctx, v.Name, key)
	if models.CodeOf(err) == models.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if row.InputHash != hash {
		return nil, &models.Fault{
			Code: models.CodeConflict, Field: []string{"idempotencyKey"},
			Message: "task " + models.TaskID(row.ID) + " was submitted with this key and other input; use another key",
		}
	}
	return s.Store.Task(ctx, row.ID)
}

// inputHash tells two inputs apart; how the idempotency key is spelled is no part of it.
func inputHash(in SubmitInput) string {
	in.IdempotencyKey = ""
	b, err := json.Marshal(in)
	if err != nil {
		// Only Variables and Params could fail, and validate has read them.
		panic(err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func (s *Service) newTask(v models.Viewer, in SubmitInput, hash string) *store.Create {
	now := s.Now()
	t := &models.Task{
		Owner: v.Name, Description: in.Description, Labels: in.Labels, Variables: in.Variables,
		Secrets: in.Secrets, Priority: in.Priority, TimeoutSeconds: in.TimeoutSeconds,
		BackoffSeconds: 10, CreatedAt: now, UpdatedAt: now, InputHash: hash,
		Creator: in.Creator, Engine: in.Engine, Origin: in.Origin, Instance: s.Instance,
	}
	if in.BackoffSeconds != nil {
		t.BackoffSeconds = *in.BackoffSeconds
	}
	if in.IdempotencyKey != "" {
		t.IdempotencyKey = &in.IdempotencyKey
	}
	if in.StartAfter != nil {
		t.StartAfter = ptr(in.StartAfter.UTC().Truncate(time.Millisecond))
	}
	t.Origin = cmp.Or(t.Origin, OriginGraphQL)
	t.Creator = cmp.Or(t.Creator, "stepcast")
	t.Engine = cmp.Or(t.Engine, in.Steps[0].Contents[0].RunType)
	plan, sources := submittedPlan(in.Steps)
	return &store.Create{Task: t, Sources: sources, Original: in.Original, Finish: func(t *models.Task) (*models.Task, []models.Event, []models.LogLine) {
		d := newDraft(models.Origin(t), now)
		d.record(models.PlanChanged, models.EventData{Plan: &plan, Task: firstState(t, in)})
		tellSubmitted(d, &in)
		return d.t, d.events, d.lines
	}}
}

func firstState(t *models.Task, in SubmitInput) *models.TaskState {
	return &models.TaskState{
		Status: models.Waiting, Attempt: 1, MaxAttempts: max(1, in.MaxAttempts),
		TimelineID: models.TimelineID(t.ID, 1), NotBefore: t.StartAfter, NextStep: len(in.Steps) + 1,
	}
}

// submittedPlan numbers the steps and contents in their order, from 1.
func submittedPlan(steps []StepInput) (models.Plan, []models.ContentSource) {
	var plan models.Plan
	var sources []models.ContentSource
	for i, in := range steps {
		step := &models.Step{
			Number: i + 1, Place: i, Key: in.Key, Description: in.Description,
			MaxParallel: in.MaxParallel, Status: models.Waiting, NextContent: len(in.Contents) + 1,
		}
		plan.Steps = append(plan.Steps, step)
		for j, c := range in.Contents {
			plan.Contents = append(plan.Contents, newContent(step, j+1, j, c))
			sources = append(sources, models.ContentSource{StepNumber: step.Number, Number: j + 1, Code: c.Code, Params: c.Params})
		}
	}
	return plan, sources
}

func newContent(step *models.Step, number, place int, in ContentInput) *models.Content {
	return &models.Content{
		StepNumber: step.Number, Number: number, Place: place, Key: in.Key, RunType: in.RunType,
		Submitted:    in.Message,
		ContentState: models.ContentState{Message: in.Message, Status: models.Waiting},
	}
}
