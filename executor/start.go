package executor

import (
	"strings"

	"stepcast/models"
)

// StartFailed is the result of a content that cannot begin.
func StartFailed(why string) Result {
	return Result{Failure: &models.TaskError{Code: models.ErrStartFailed, Message: models.Message("error.start", why)}}
}

// Refused is StartFailed for params that CheckParams refuses.
func Refused(err error) Result {
	if f := models.AsFault(err); f != nil {
		return StartFailed(strings.Join(append(f.Field, f.Message), ": "))
	}
	return StartFailed(err.Error())
}
