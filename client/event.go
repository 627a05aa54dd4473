package client

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Event is one recorded change of a task: a TaskStatusChanged, TaskUpdated, StepChanged,
// ContentChanged or PlanChanged, or an OtherEvent from a newer server.
type Event interface {
	// Head gives what every event has.
	Head() EventHead
}

// EventHead is what every event has.
type EventHead struct {
	// Typename is the name of its type in the schema.
	Typename string `json:"__typename"`
	// ID is <task>:<number>: "690:17".
	ID string `json:"id"`
	// Cursor is the position after this event.
	Cursor     string    `json:"cursor"`
	At         time.Time `json:"at"`
	TaskID     string    `json:"taskId"`
	Attempt    int       `json:"attempt"`
	TimelineID int64     `json:"timelineId"`
	// Version is the version of the task after it.
	Version int64 `json:"version"`
}

// Head gives h itself.
func (h EventHead) Head() EventHead { return h }

// Number is the place of the event among those of its task; 0 when the id has none.
func (h EventHead) Number() int64 {
	_, tail, _ := strings.Cut(h.ID, ":")
	n, err := strconv.ParseInt(tail, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// TaskStatusChanged tells that the task went from one status to another.
type TaskStatusChanged struct {
	EventHead
	From Status `json:"from"`
	To   Status `json:"to"`
}

// TaskUpdated tells that something of the task other than its status changed.
type TaskUpdated struct {
	EventHead
	Progress float64 `json:"progress"`
	// StalledSince is since when nothing at all has come from it; nil while it moves.
	StalledSince *time.Time `json:"stalledSince"`
}

// StepChanged tells what became of a step.
type StepChanged struct {
	EventHead
	StepID   string  `json:"stepId"`
	Status   Status  `json:"status"`
	Progress float64 `json:"progress"`
}

// ContentChanged tells what became of a content.
type ContentChanged struct {
	EventHead
	ContentID string  `json:"contentId"`
	Status    Status  `json:"status"`
	Progress  float64 `json:"progress"`
	Message   string  `json:"message"`
}

// PlanChanged tells that steps or contents were declared while the task was running,
// or put back for a new attempt.
type PlanChanged struct {
	EventHead
	Steps []*Step `json:"steps"`
}

// OtherEvent is an event of a type that this client does not know.
type OtherEvent struct{ EventHead }

var (
	_ Event = TaskStatusChanged{}
	_ Event = TaskUpdated{}
	_ Event = StepChanged{}
	_ Event = ContentChanged{}
	_ Event = PlanChanged{}
	_ Event = OtherEvent{}
)

// EventBatch is a run of events in order.
type EventBatch struct {
	Events []Event
	// Cursor is where to go on after this batch.
	Cursor string
	// CaughtUp says that there was nothing more when the batch was made.
	CaughtUp bool
	// Gap is set when what lies before this batch is gone for good.
	Gap *Gap
}

// Gap says that what lies between the cursor given and the batch is gone for good.
type Gap struct {
	Reason GapReason `json:"reason"`
	// Task is the state to start again from; nil where there is none.
	Task *Task `json:"task"`
}

// UnmarshalJSON decodes each event into the type that its __typename says.
func (b *EventBatch) UnmarshalJSON(data []byte) error {
	var wire struct {
		Events   []json.RawMessage `json:"events"`
		Cursor   string            `json:"cursor"`
		CaughtUp bool              `json:"caughtUp"`
		Gap      *Gap              `json:"gap"`
	}
	if err := json.Unmarshal(data, &wire); err != nil {
		return err
	}
	*b = EventBatch{Cursor: wire.Cursor, CaughtUp: wire.CaughtUp, Gap: wire.Gap}
	for _, raw := range wire.Events {
		e, err := decodeEvent(raw)
		if err != nil {
			return err
		}
		b.Events = append(b.Events, e)
	}
	return nil
}

func decodeEvent(raw json.RawMessage) (Event, error) {
	var kind struct {
		Typename string `json:"__typename"`
	}
	if err := json.Unmarshal(raw, &kind); err != nil {
		return nil, fmt.Errorf("event: %w", err)
	}
	switch kind.Typename {
	case "TaskStatusChanged":
		return decodeAs[TaskStatusChanged](raw)
	case "TaskUpdated":
		return decodeAs[TaskUpdated](raw)
	case "StepChanged":
		return decodeAs[StepChanged](raw)
	case "ContentChanged":
		return decodeAs[ContentChanged](raw)
	case "PlanChanged":
		return decodeAs[PlanChanged](raw)
	}
	return decodeAs[OtherEvent](raw)
}

func decodeAs[E Event](raw json.RawMessage) (Event, error) {
	var e E
	if err := json.Unmarshal(raw, &e); err != nil {
		return nil, fmt.Errorf("event %T: %w", e, err)
	}
	return e, nil
}
