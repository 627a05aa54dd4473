package client

import (
	"context"
	"encoding/json"
	"time"
)

// Viewer is who the server takes the client for.
type Viewer struct {
	Name string `json:"name"`
	Role Role   `json:"role"`
	// Locale is the language of texts that the user prefers; "" is that of each request.
	Locale string `json:"locale"`
	// Scopes are what the token is narrowed to: all of them when it is not.
	Scopes []TokenScope `json:"scopes"`
	// MayManageUsers says whether the viewer may see and change users, and the tokens of
	// others.
	MayManageUsers bool `json:"mayManageUsers"`
	// HasPassword is false for a user who signs in by token or link only.
	HasPassword bool `json:"hasPassword"`
	// ExpiresAt is when this sign-in ends; nil is never.
	ExpiresAt *time.Time `json:"expiresAt"`
}

// RunType is a kind of work that the server can run.
type RunType struct {
	Name    string `json:"name"`
	Enabled bool   `json:"enabled"`
	// Reason is why it is not enabled, and what would enable it; "" when it is.
	Reason      string `json:"reason"`
	Description string `json:"description"`
	// ParamsSchema is a JSON Schema of a content's params.
	ParamsSchema json.RawMessage `json:"paramsSchema"`
}

// Task reads a task. CodeNotFound when it does not exist or may not be seen.
func (c *Client) Task(ctx context.Context, id string) (*Task, error) {
	return c.task(ctx, id, map[string]any{})
}

// TaskAt reads a task as it was after the event with this cursor.
func (c *Client) TaskAt(ctx context.Context, id, cursor string) (*Task, error) {
	return c.task(ctx, id, map[string]any{"at": cursor})
}

func (c *Client) task(ctx context.Context, id string, vars map[string]any) (*Task, error) {
	vars["id"] = id
	var data struct {
		Task *Task `json:"task"`
	}
	if err := c.Do(ctx, taskDocument, vars, &data); err != nil {
		return nil, err
	}
	if data.Task == nil {
		return nil, notFound(id)
	}
	return data.Task, nil
}

// LogQuery asks for a page of a log.
type LogQuery struct {
	// After is a line number; the page begins with the line after it.
	After int64
	// First bounds the number of lines; 0 leaves it to the server.
	First int
	// MinLevel leaves out what is less severe; "" leaves out nothing.
	MinLevel LogLevel
	// Contains leaves out lines without this text of at most 200 characters, upper and lower
	// case alike; "" leaves out nothing. The server looks through a part of the log at once,
	// so a page may have few lines or none: go on after its Cursor until it is CaughtUp.
	Contains string
}

// Log reads a page of a task's log. CodeNotFound when the task does not exist or may
// not be seen. WatchLog follows a log to its end.
func (c *Client) Log(ctx context.Context, id string, q LogQuery) (LogBatch, error) {
	vars := map[string]any{"id": id, "after": q.After}
	setUnlessZero(vars, "first", q.First)
	setUnlessZero(vars, "minLevel", q.MinLevel)
	setUnlessZero(vars, "contains", q.Contains)
	var data struct {
		Task *struct {
			Log LogBatch `json:"log"`
		} `json:"task"`
	}
	if err := c.Do(ctx, logDocument, vars, &data); err != nil {
		return LogBatch{}, err
	}
	if data.Task == nil {
		return LogBatch{}, notFound(id)
	}
	return data.Task.Log, nil
}

// EventQuery asks for a page of events.
type EventQuery struct {
	// After is a cursor; "" is the beginning of the task.
	After string
	// First bounds the number of events; 0 leaves it to the server.
	First int
	// TimelineID asks for the events of one attempt; 0 for those of all.
	TimelineID int64
}

// Events reads a page of a task's recorded events. CodeNotFound when the task does not
// exist or may not be seen. WatchEvents follows them to the end.
func (c *Client) Events(ctx context.Context, id string, q EventQuery) (EventBatch, error) {
	vars := map[string]any{"id": id}
	setUnlessZero(vars, "after", q.After)
	setUnlessZero(vars, "first", q.First)
	setUnlessZero(vars, "timelineId", q.TimelineID)
	var data struct {
		Task *struct {
			Events EventBatch `json:"events"`
		} `json:"task"`
	}
	if err := c.Do(ctx, eventsDocument, vars, &data); err != nil {
		return EventBatch{}, err
	}
	if data.Task == nil {
		return EventBatch{}, notFound(id)
	}
	return data.Task.Events, nil
}

// Viewer says who the server takes the client for. CodeUnauthenticated when for nobody.
func (c *Client) Viewer(ctx context.Context) (*Viewer, error) {
	var data struct {
		Viewer *Viewer `json:"viewer"`
	}
	if err := c.Do(ctx, viewerDocument, nil, &data); err != nil {
		return nil, err
	}
	if data.Viewer == nil {
		return nil, &Error{Code: CodeUnauthenticated, Message: "not signed in"}
	}
	return data.Viewer, nil
}

// RunTypes lists the kinds of work that the server knows, enabled or not.
func (c *Client) RunTypes(ctx context.Context) ([]RunType, error) {
	var data struct {
		RunTypes []RunType `json:"runTypes"`
	}
	err := c.Do(ctx, runTypesDocument, nil, &data)
	return data.RunTypes, err
}

func notFound(id string) error {
	return &Error{Code: CodeNotFound, Message: "task " + id + " does not exist"}
}

// setUnlessZero leaves a variable out whose zero value means that it is not given.
func setUnlessZero[T comparable](vars map[string]any, name string, value T) {
	var zero T
	if value != zero {
		vars[name] = value
	}
}
