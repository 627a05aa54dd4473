package tasks

import (
	"fmt"

	"stepcast/models"
)

// The log lines of a task's life: for a Linkis submission those that Linkis clients
// know, which are in linkislines.go, else plain ones. Each is recorded by the decision
// that it tells of, so both are stored or neither.

func tellSubmitted(d *draft, in *SubmitInput) {
	if d.linkis() {
		linkisSubmitted(d, in)
		return
	}
	d.system(models.Info, "Accepted from "+d.t.Owner)
}

func tellStarted(d *draft) {
	if d.linkis() {
		linkisStarted(d)
		return
	}
	d.system(models.Info, fmt.Sprintf("Attempt %d of %d started", d.t.Attempt, d.t.MaxAttempts))
}

// tellCancelled is told when the end is asked for; what becomes of it is told at the end.
func tellCancelled(d *draft, by string, as models.Status) {
	switch {
	case d.linkis():
		linkisCancelled(d, as)
	case as == models.TimedOut:
		d.system(models.Warn, fmt.Sprintf("Ending: past its time limit of %d s", d.t.TimeoutSeconds))
	default:
		d.system(models.Warn, "Ending: cancelled by "+by)
	}
}

// tellEnded is told of a task that ended for good.
func tellEnded(d *draft, status models.Status, failure *models.TaskError) {
	if d.linkis() {
		linkisEnded(d, status, failure)
		return
	}
	switch status {
	case models.Succeeded:
		d.system(models.Info, "Succeeded")
	case models.Cancelled:
		d.system(models.Warn, "Cancelled")
	case models.TimedOut:
		d.system(models.Error, "Ended: its time limit was reached")
	default:
		d.system(models.Error, "Failed")
	}
}
