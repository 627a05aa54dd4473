package view

import (
	"time"

	"stepcast/models"
	"stepcast/tasks"
)

// TaskEvent is a recorded change of a task: one of the types below.
type TaskEvent interface{ IsTaskEvent() }

// event is what all kinds of events have.
type event struct {
	tasks.RecordedEvent
	reader Reader
}

// NewEvent shows e to r; nil for a kind that the API does not know.
func NewEvent(e tasks.RecordedEvent, r Reader) TaskEvent {
	shown := event{RecordedEvent: e, reader: r}
	switch e.Kind {
	case models.TaskStatusChanged:
		return &TaskStatusChanged{shown}
	case models.TaskUpdated:
		return &TaskUpdated{shown}
	case models.StepChanged:
		return &StepChanged{shown}
	case models.ContentChanged:
		return &ContentChanged{shown}
	case models.PlanChanged:
		return &PlanChanged{shown}
	}
	return nil
}

// IsTaskEvent marks the kinds of events.
func (*event) IsTaskEvent() {}

// ID is "690:17", the same as the cursor.
func (e *event) ID() string { return e.Event.Cursor() }

// TaskID is the task that changed.
func (e *event) TaskID() string { return models.TaskID(e.Event.TaskID) }

// Version is the task's after the event: events are numbered like versions.
func (e *event) Version() int64 { return e.Number }

// TaskStatusChanged tells that the status of a task changed.
type TaskStatusChanged struct{ event }

// From is the status before.
func (e *TaskStatusChanged) From() models.Status { return e.Data.From }

// To is the status after.
func (e *TaskStatusChanged) To() models.Status { return e.Data.To }

// TaskUpdated tells that something of a task other than its status changed.
type TaskUpdated struct{ event }

// Progress is the task's.
func (e *TaskUpdated) Progress() float64 { return e.Data.Task.Progress }

// StalledSince is nil while the task moves.
func (e *TaskUpdated) StalledSince() *time.Time { return e.Data.Task.StalledSince }

// StepChanged tells that the status of a step changed.
type StepChanged struct{ event }

// StepID is the step that changed.
func (e *StepChanged) StepID() string { return models.StepID(e.Event.TaskID, e.Data.Step.Number) }

// Status is the step's after the event.
func (e *StepChanged) Status() models.Status { return e.Data.Step.Status }

// Progress is the step's after the event.
func (e *StepChanged) Progress() float64 { return e.Data.Step.Progress }

// ContentChanged tells that a content changed.
type ContentChanged struct{ event }

// ContentID is the content that changed.
func (e *ContentChanged) ContentID() string {
	return models.ContentID(e.Event.TaskID, e.Data.Content.Ref)
}

// Status is the content's after the event.
func (e *ContentChanged) Status() models.Status { return e.Data.Content.Status }

// Progress is the content's after the event.
func (e *ContentChanged) Progress() float64 { return e.Data.Content.Progress }

// Message is the content's after the event.
func (e *ContentChanged) Message() string {
	return e.Data.Content.Message.In(e.reader.Languages...)
}

// PlanChanged tells that steps or contents were declared, dropped or put back.
type PlanChanged struct{ event }

// Steps are all steps of the task as they were after the event.
func (e *PlanChanged) Steps() []*Step {
	if e.After == nil {
		return nil
	}
	return NewTask(e.After, e.reader).AllSteps()
}
