package client

import (
	"context"
	"fmt"
	"slices"
)

// controlInput is the schema's ControlTaskInput.
type controlInput struct {
	ID        string `json:"id"`
	IfVersion *int64 `json:"ifVersion,omitempty"`
}

// ControlOption narrows when Cancel, Pause, Resume and Retry act.
type ControlOption func(*controlInput)

// IfVersion refuses with CodeConflict unless the task has this version.
func IfVersion(version int64) ControlOption {
	return func(in *controlInput) { in.IfVersion = &version }
}

// Cancel ends a task: at once when nobody runs it, else it is CANCELLING until nobody
// is left.
func (c *Client) Cancel(ctx context.Context, id string, opts ...ControlOption) (*Task, error) {
	return c.control(ctx, "cancelTask", id, opts)
}

// Pause holds a task; it is PAUSING until its processes are stopped.
func (c *Client) Pause(ctx context.Context, id string, opts ...ControlOption) (*Task, error) {
	return c.control(ctx, "pauseTask", id, opts)
}

// Resume lets a paused task go on.
func (c *Client) Resume(ctx context.Context, id string, opts ...ControlOption) (*Task, error) {
	return c.control(ctx, "resumeTask", id, opts)
}

// Retry runs again what did not succeed, as a new attempt with a new timeline.
// CodeWrongState unless the task FAILED, TIMED_OUT or was CANCELLED.
func (c *Client) Retry(ctx context.Context, id string, opts ...ControlOption) (*Task, error) {
	return c.control(ctx, "retryTask", id, opts)
}

func (c *Client) control(ctx context.Context, field, id string, opts []ControlOption) (*Task, error) {
	in := controlInput{ID: id}
	for _, opt := range opts {
		opt(&in)
	}
	return c.mutateTask(ctx, taskMutation(field, "ControlTaskInput"), in)
}

// ControlResult is what became of one task of CancelTasks or RetryTasks.
type ControlResult struct {
	// ID is as it was given.
	ID string
	// Task comes without Steps and WaitingFor; nil with Err.
	Task *Task
	Err  error
}

// controlBatch is how many tasks CancelTasks and RetryTasks change by one request.
const controlBatch = 50

// CancelTasks cancels any number of tasks, each as Cancel does. The results are in the
// order of the ids. The error is of a request that failed as a whole; the results are
// then those of the requests before it.
func (c *Client) CancelTasks(ctx context.Context, ids ...string) ([]ControlResult, error) {
	return c.controlTasks(ctx, "cancelTasks", ids)
}

// RetryTasks runs any number of tasks again, each as Retry does. What it gives is as with
// CancelTasks.
func (c *Client) RetryTasks(ctx context.Context, ids ...string) ([]ControlResult, error) {
	return c.controlTasks(ctx, "retryTasks", ids)
}

func (c *Client) controlTasks(ctx context.Context, field string, ids []string) ([]ControlResult, error) {
	results := make([]ControlResult, 0, len(ids))
	for batch := range slices.Chunk(ids, controlBatch) {
		some, err := c.controlSome(ctx, field, batch)
		if err != nil {
			return results, err
		}
		results = append(results, some...)
	}
	return results, nil
}

func (c *Client) controlSome(ctx context.Context, field string, ids []string) ([]ControlResult, error) {
	var data struct {
		Payload struct {
			Results []taskPayload `json:"results"`
		} `json:"payload"`
	}
	if err := c.Do(ctx, tasksMutation(field), map[string]any{"ids": ids}, &data); err != nil {
		return nil, err
	}
	if got := len(data.Payload.Results); got != len(ids) {
		return nil, fmt.Errorf("%w: %d results for %d ids", ErrProtocol, got, len(ids))
	}
	results := make([]ControlResult, len(ids))
	for i, payload := range data.Payload.Results {
		task, err := payload.result()
		results[i] = ControlResult{ID: ids[i], Task: task, Err: err}
	}
	return results, nil
}
