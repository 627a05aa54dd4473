package view

import (
	"context"

	"stepcast/models"
)

// Step shows a step of a task.
type Step struct {
	*models.Step
	task *Task
}

// IsNode makes it a Node.
func (*Step) IsNode() {}

// ID is "690-1".
func (s *Step) ID() string { return models.StepID(s.task.Task.ID, s.Number) }

// Description is what the step does.
func (s *Step) Description() string { return s.task.in(s.Step.Description) }

// CostTime is in milliseconds, as of the task's last change.
func (s *Step) CostTime() int64 { return s.Step.CostTime(s.task.UpdatedAt) }

// Contents are what the step does, in order.
func (s *Step) Contents() []*StepContent {
	shown := make([]*StepContent, len(s.Step.Contents))
	for i, c := range s.Step.Contents {
		shown[i] = &StepContent{Content: c, task: s.task}
	}
	return shown
}

// Find gives a content by its number; nil when there is none.
func (s *Step) Find(number int) *StepContent {
	for _, c := range s.Step.Contents {
		if c.Number == number {
			return &StepContent{Content: c, task: s.task}
		}
	}
	return nil
}

// StepContent shows a content of a step.
type StepContent struct {
	*models.Content
	task *Task
}

// IsNode makes it a Node.
func (*StepContent) IsNode() {}

// ID is "690-1-2".
func (c *StepContent) ID() string { return models.ContentID(c.task.Task.ID, c.Ref()) }

// Message is what is being done or was done.
func (c *StepContent) Message() string { return c.task.in(c.Content.Message) }

// Failure is why it did not succeed.
func (c *StepContent) Failure() *TaskError { return c.task.failure(c.Content.Failure, c.Ref()) }

// CostTime is in milliseconds, as of the task's last change.
func (c *StepContent) CostTime() int64 { return c.Content.CostTime(c.task.UpdatedAt) }

// Source is what the content runs. All contents of the task are loaded at once, the
// first time that one is asked for.
func (c *StepContent) Source(ctx context.Context, load LoadSources) (models.ContentSource, error) {
	return c.task.reader.Sources.of(ctx, c.task.Task, c.Ref(), load)
}
