package resolvers

import (
	"stepcast/graph/model"
	"stepcast/models"
	"stepcast/resolvers/scalar"
	"stepcast/resolvers/view"
)

// payload is the answer to a mutation of one task: the task, or why it was refused.
func payload(t *models.Task, reader view.Reader, err error) (*model.TaskPayload, error) {
	if err == nil {
		return &model.TaskPayload{Task: view.NewTask(t, reader)}, nil
	}
	refusals, err := userErrors(err)
	return &model.TaskPayload{UserErrors: refusals}, err
}

// userErrors is how a payload tells of a refusal that a person can mend. Any other
// error is given back, to be answered as an error of the whole request.
func userErrors(err error) ([]*model.UserError, error) {
	fault := models.AsFault(err)
	if fault == nil || !scalar.IsUserCode(fault.Code) {
		return nil, err
	}
	shown := &model.UserError{Code: fault.Code, Field: fault.Field, Message: fault.Message}
	if fault.RetryAfter > 0 {
		shown.RetryAfterSeconds = &fault.RetryAfter
	}
	return []*model.UserError{shown}, nil
}
