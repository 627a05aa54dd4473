package client

import (
	"context"
	"encoding/json"
	"fmt"
)

// WatchProgress streams the task now, and then whenever it changed; states in between
// may be left out, the last never is. Versions only go up. It ends after the final
// state of the attempt. CodeNotFound when the task does not exist or may not be seen.
func (c *Client) WatchProgress(ctx context.Context, id string) *Stream[*Task] {
	return subscribe(ctx, c, "watch progress of task "+id, &progressFeed{id: id, version: -1})
}

// WatchEvents streams every event after a cursor, "" for the beginning of the task, in
// order and each once. It ends after the final one. A batch has events, or a Gap, or
// says for the first time that it caught up.
func (c *Client) WatchEvents(ctx context.Context, id, after string) *Stream[EventBatch] {
	return subscribe(ctx, c, "watch events of task "+id, &eventFeed{id: id, after: after})
}

// WatchLog streams every line after a line number, in order and each once, leaving out
// what is less severe than minLevel ("" leaves out nothing). It ends after the last
// one. A batch has lines, or a Gap, or says for the first time that it caught up.
func (c *Client) WatchLog(ctx context.Context, id string, after int64, minLevel LogLevel) *Stream[LogBatch] {
	return subscribe(ctx, c, "watch log of task "+id, &logFeed{id: id, after: after, minLevel: minLevel})
}

// TaskChange tells of a task that is new or changed.
type TaskChange struct {
	// Task is as it is now, without Steps and WaitingFor; nil when there is only Resync
	// to tell.
	Task *Task `json:"task"`
	// Matches is false once when the task stops matching the filter.
	Matches bool `json:"matches"`
	// Resync: changes may have been left out; list again.
	Resync bool `json:"resync"`
}

// WatchChanges streams each task that matches and is new or changed, and once more
// when it stops matching; the latest state of a task wins. It has no cursor. Instead
// its first value, and the first after each lost connection, is a Resync without a
// task: what changes from then on will be told, so that listing then misses nothing.
// It does not end by itself.
func (c *Client) WatchChanges(ctx context.Context, filter TaskFilter) *Stream[TaskChange] {
	return subscribe(ctx, c, "watch changes", &changeFeed{filter: filter})
}

// Subscribe streams the `data` of a subscription of the caller's own. After a lost
// connection it asks again with the same variables; what came before may come again.
func (c *Client) Subscribe(ctx context.Context, query string, variables map[string]any) *Stream[json.RawMessage] {
	return subscribe(ctx, c, "subscribe", &rawFeed{request{Query: query, Variables: variables}})
}

// progressFeed lets versions only go up: after a lost connection the same snapshot
// comes again, or an older one from a replica that lags behind.
type progressFeed struct {
	id      string
	version int64
}

func (*progressFeed) latestOnly() {}

func (f *progressFeed) request() request {
	return request{Query: progressSubscription, Variables: map[string]any{"id": f.id}}
}

func (f *progressFeed) accept(data json.RawMessage) (*Task, bool, error) {
	var value struct {
		Task *Task `json:"taskProgress"`
	}
	if err := decodeValue(data, &value); err != nil {
		return nil, false, err
	}
	if value.Task == nil {
		return nil, false, fmt.Errorf("%w: no task", ErrProtocol)
	}
	if value.Task.Version <= f.version {
		return nil, false, nil
	}
	f.version = value.Task.Version
	return value.Task, true, nil
}

type changeFeed struct{ filter TaskFilter }

func (f *changeFeed) request() request {
	return request{Query: changesSubscription, Variables: map[string]any{"filter": f.filter}}
}

func (f *changeFeed) opened() TaskChange { return TaskChange{Resync: true} }

func (f *changeFeed) accept(data json.RawMessage) (TaskChange, bool, error) {
	var value struct {
		Change *TaskChange `json:"taskChanges"`
	}
	if err := decodeValue(data, &value); err != nil {
		return TaskChange{}, false, err
	}
	if value.Change == nil || value.Change.Task == nil {
		return TaskChange{}, false, fmt.Errorf("%w: no task", ErrProtocol)
	}
	return *value.Change, true, nil
}

type rawFeed struct{ what request }

func (f *rawFeed) request() request { return f.what }

func (f *rawFeed) accept(data json.RawMessage) (json.RawMessage, bool, error) {
	return data, true, nil
}

func decodeValue(data json.RawMessage, into any) error {
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("decode value: %w: %w", ErrProtocol, err)
	}
	return nil
}

var (
	_ snapshots          = (*progressFeed)(nil)
	_ opener[TaskChange] = (*changeFeed)(nil)
)
