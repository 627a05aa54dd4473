package models

import (
	"database/sql/driver"
	"time"
)

// EventKind says which part of a task an event changed.
type EventKind string

const (
	// TaskStatusChanged carries the task's state after its status changed.
	TaskStatusChanged EventKind = "TASK_STATUS"
	// TaskUpdated carries the task's state after something other than its status changed.
	TaskUpdated EventKind = "TASK"
	// StepChanged tells that a step's derived status changed.
	StepChanged EventKind = "STEP"
	// ContentChanged carries the state of one content.
	ContentChanged EventKind = "CONTENT"
	// PlanChanged carries steps and contents that were declared, dropped or put back.
	// A task's first event is one, and carries the task's first state as well.
	PlanChanged EventKind = "PLAN"
)

// Event is one recorded change of a task: the row of task_events. Events of a task
// are numbered from 1 without holes; the number is the task's version after it.
type Event struct {
	TaskID     int64 `gorm:"primaryKey;autoIncrement:false"`
	Number     int64 `gorm:"primaryKey;autoIncrement:false"`
	Attempt    int
	TimelineID int64
	At         time.Time
	Kind       EventKind
	Data       EventData
}

// TableName implements gorm's Tabler.
func (Event) TableName() string { return "task_events" }

// Cursor is the position after this event: "690:17".
func (e Event) Cursor() string { return EventID(e.TaskID, e.Number) }

// EventData is what an event carries; which part is set depends on its kind.
type EventData struct {
	From Status `json:"from,omitempty"`
	To   Status `json:"to,omitempty"`

	Task    *TaskState     `json:"task,omitempty"`
	Step    *StepChange    `json:"step,omitempty"`
	Content *ContentChange `json:"content,omitempty"`
	Plan    *Plan          `json:"plan,omitempty"`
}

// Value stores d as JSON text.
func (d EventData) Value() (driver.Value, error) { return jsonValue(d) }

// Scan reads what Value stored.
func (d *EventData) Scan(src any) error { return jsonScan(src, d) }

// Size is how many bytes the messages in it take.
func (d EventData) Size() (bytes int) {
	if d.Content != nil {
		bytes = d.Content.Message.Size()
	}
	if d.Plan != nil {
		for _, content := range d.Plan.Contents {
			bytes += content.Message.Size()
		}
	}
	return bytes
}

// StepChange is what a step's status became.
type StepChange struct {
	Number   int     `json:"n"`
	Status   Status  `json:"s"`
	Progress float64 `json:"p,omitempty"`
}

// ContentChange is the whole state of a content after the change.
type ContentChange struct {
	Ref ContentRef `json:"ref"`
	ContentState
}

// Plan changes which steps and contents there are. Dropping comes first, then Steps
// and Contents are added, or replace those of the same number.
type Plan struct {
	DropSteps    []int        `json:"dropSteps,omitempty"`
	DropContents []ContentRef `json:"dropContents,omitempty"`
	// Steps come without their contents; a replaced step keeps those it has.
	Steps    []*Step    `json:"steps,omitempty"`
	Contents []*Content `json:"contents,omitempty"`
}
