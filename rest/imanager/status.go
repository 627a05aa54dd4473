package imanager

import "stepcast/models"

// The values of TransactionStatus and StepStatus in the document. Clients fail on any other.
const (
	statusDone       = "DONE"
	statusError      = "ERROR"
	statusPending    = "PENDING"
	statusCancelling = "CANCELLING"
	statusCancelled  = "CANCELLED"
	// statusWaiting is of contents only.
	statusWaiting = "WAITING"
)

// taskStatus maps the status of a task: one that waits is PENDING too.
func taskStatus(s models.Status) string {
	switch s {
	case models.Succeeded:
		return statusDone
	case models.Failed, models.TimedOut:
		return statusError
	case models.Cancelling:
		return statusCancelling
	case models.Cancelled:
		return statusCancelled
	}
	return statusPending
}

// contentStatus maps the status of a content. A skipped one shares the fate of a task
// that was cancelled or is done; else it still waits for what never came.
func contentStatus(s, task models.Status) string {
	switch s {
	case models.Waiting:
		return statusWaiting
	case models.Skipped:
		switch task {
		case models.Cancelled, models.Cancelling:
			return statusCancelled
		case models.Succeeded:
			return statusDone
		}
		return statusWaiting
	}
	return taskStatus(s)
}
