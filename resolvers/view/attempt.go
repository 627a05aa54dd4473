package view

import "stepcast/models"

// Attempt shows an attempt of a task.
type Attempt struct {
	*models.Attempt
	task *Task
}

// Failure is why it did not succeed.
func (a *Attempt) Failure() *TaskError { return a.task.failure(a.Attempt.Failure, models.ContentRef{}) }

// TaskError shows why something did not succeed.
type TaskError struct {
	Code    models.TaskErrorCode
	Message string
	// StepID and ContentID are nil when it is the whole task.
	StepID    *string
	ContentID *string
}

// failure shows e, which happened to what self names when e itself does not say.
func (t *Task) failure(e *models.TaskError, self models.ContentRef) *TaskError {
	if e == nil {
		return nil
	}
	where := self
	if e.Where != nil {
		where = *e.Where
	}
	shown := &TaskError{Code: e.Code, Message: t.in(e.Message)}
	if where.Step != 0 {
		id := models.StepID(t.Task.ID, where.Step)
		shown.StepID = &id
	}
	if where.Content != 0 {
		id := models.ContentID(t.Task.ID, where)
		shown.ContentID = &id
	}
	return shown
}
