package client

import (
	"context"
	"fmt"
	"time"
)

// LocaleText is a text in one language; the plain text beside it is the fallback.
type LocaleText struct {
	// Locale is a BCP 47 tag: "en", "zh-CN".
	Locale string `json:"locale"`
	Text   string `json:"text"`
}

// SubmitInput is a task to run.
type SubmitInput struct {
	Description      string       `json:"description"`
	DescriptionTexts []LocaleText `json:"descriptionTexts,omitempty"`
	// Steps run in order.
	Steps []StepInput `json:"steps"`
	// Variables are names and values for code and params.
	Variables map[string]any `json:"variables,omitempty"`
	// Secrets names secrets of the server that this task may use.
	Secrets []string `json:"secrets,omitempty"`
	Labels  []Label  `json:"labels,omitempty"`
	// Priority is -100 to 100; higher runs first.
	Priority int `json:"priority,omitempty"`
	// TimeoutSeconds bounds the running time of one attempt; 0 is no bound.
	TimeoutSeconds int `json:"timeoutSeconds,omitempty"`
	// MaxAttempts is how often it may be started, the first time included; 0 is 1.
	MaxAttempts int `json:"maxAttempts,omitempty"`
	// BackoffSeconds is the wait before the second attempt, which doubles with each
	// further one; nil leaves it to the server.
	BackoffSeconds *int `json:"backoffSeconds,omitempty"`
	// IdempotencyKey makes two submissions of one owner one task, so that Submit may
	// be repeated after a network error; "" is none.
	IdempotencyKey string `json:"idempotencyKey,omitempty"`
	// StartAfter is the instant before which it does not start; zero is none.
	StartAfter time.Time `json:"startAfter,omitzero"`
}

// StepInput is a step to run. All its contents are of run type `external`, or none.
type StepInput struct {
	// Key is a name of its own in the task, for tools.
	Key              string         `json:"key,omitempty"`
	Description      string         `json:"description"`
	DescriptionTexts []LocaleText   `json:"descriptionTexts,omitempty"`
	Contents         []ContentInput `json:"contents"`
	// MaxParallel bounds the contents that run at once; 0 is no bound.
	MaxParallel int `json:"maxParallel,omitempty"`
}

// ContentInput is a content to run.
type ContentInput struct {
	// Key is a name of its own in the task, for tools.
	Key          string       `json:"key,omitempty"`
	Message      string       `json:"message"`
	MessageTexts []LocaleText `json:"messageTexts,omitempty"`
	// RunType is a name from RunTypes.
	RunType string `json:"runType"`
	Code    string `json:"code,omitempty"`
	// Params is a JSON object as the run type's schema says; nil is none.
	Params any `json:"params,omitempty"`
}

// Submit hands in a task. Once it returns the task, no crash of the server loses it.
// CodeInvalid names the field to mend, CodeQueueFull and CodeLimit when to come back.
func (c *Client) Submit(ctx context.Context, in SubmitInput) (*Task, error) {
	return c.mutateTask(ctx, taskMutation("submitTask", "SubmitTaskInput"), in.withLists())
}

// withLists makes lists that must be there empty ones, so that the server's answer
// names what is missing and does not stumble over null.
func (in SubmitInput) withLists() SubmitInput {
	steps := make([]StepInput, len(in.Steps))
	for i, step := range in.Steps {
		if step.Contents == nil {
			step.Contents = []ContentInput{}
		}
		steps[i] = step
	}
	in.Steps = steps
	return in
}

// taskPayload is the schema's TaskPayload.
type taskPayload struct {
	Task       *Task       `json:"task"`
	UserErrors []userError `json:"userErrors"`
}

func (p taskPayload) result() (*Task, error) {
	if err := userErrors(p.UserErrors); err != nil {
		return nil, err
	}
	if p.Task == nil {
		return nil, fmt.Errorf("%w: a payload has neither a task nor errors", ErrProtocol)
	}
	return p.Task, nil
}

func (c *Client) mutateTask(ctx context.Context, document string, input any) (*Task, error) {
	return mutate[Task](ctx, c, document, map[string]any{"input": input}, "task")
}
