package linkis

import (
	"time"

	"stepcast/models"
)

// The states of Linkis that are in use here (SchedulerEventState). WaitForRetry is not:
// the Linkis command line gives up when it sees it.
const (
	stateInited    = "Inited"
	stateScheduled = "Scheduled"
	stateRunning   = "Running"
	stateSucceed   = "Succeed"
	stateFailed    = "Failed"
	stateCancelled = "Cancelled"
	stateTimeout   = "Timeout"
)

// stateOf is the state of Linkis for a task as it stands at an instant.
func stateOf(t *models.Task, now time.Time) string {
	switch t.Status {
	case models.Succeeded:
		return stateSucceed
	case models.Failed:
		return stateFailed
	case models.Cancelled:
		return stateCancelled
	case models.TimedOut:
		return stateTimeout
	case models.Waiting:
		if t.StartAfter != nil && now.Before(*t.StartAfter) {
			return stateInited
		}
		return stateScheduled
	case models.Paused:
		if t.StartedAt == nil {
			return stateScheduled
		}
	}
	return stateRunning
}
