package tasks

import (
	"fmt"
	"time"

	"stepcast/models"
)

// endedBy says who ended something, and how.
type endedBy struct {
	by        string
	signals   []string
	survivors int
}

// finishCancelled ends a task that was asked to end.
func finishCancelled(d *draft, ended endedBy) {
	ended.by = d.t.CancelBy
	status := d.t.CancelAs
	var failure *models.TaskError
	if status == models.TimedOut {
		failure = timeoutError(d.t)
	}
	end(d, status, failure, ended)
}

func timeoutError(t *models.Task) *models.TaskError {
	return &models.TaskError{Code: models.ErrTimedOut, Message: models.Message("error.timeout", fmt.Sprint(t.TimeoutSeconds))}
}

// fail ends an attempt whose step did not succeed.
func fail(d *draft, step *models.Step, ended endedBy) {
	failure := &models.TaskError{Code: models.ErrReported, Message: models.Message("error.reported")}
	for _, c := range step.Contents {
		if c.Failure != nil {
			failure = &models.TaskError{Code: c.Failure.Code, Message: c.Failure.Message, Where: ptr(c.Ref())}
			break
		}
	}
	ended.by = models.EndedByTask
	end(d, models.Failed, failure, ended)
}

// loseLease ends an attempt whose worker is gone, or gave it back.
func loseLease(d *draft) {
	if d.t.Status == models.Cancelling {
		finishCancelled(d, endedBy{})
		return
	}
	failure := &models.TaskError{Code: models.ErrLeaseLost, Message: models.Message("error.lease")}
	d.system(models.Error, "The worker that ran it was lost")
	end(d, models.Failed, failure, endedBy{by: models.EndedByServer})
}

// end closes the attempt with a status: with another attempt when it did not succeed
// and attempts remain, else for good.
func end(d *draft, status models.Status, failure *models.TaskError, ended endedBy) {
	if status != models.Cancelled && d.t.Attempt < d.t.MaxAttempts {
		closeContents(d, status, failure)
		wait := backoff(d.t.BackoffSeconds, d.t.Attempt)
		d.system(models.Warn, fmt.Sprintf("Attempt %d of %d did not succeed; the next starts in %d s", d.t.Attempt, d.t.MaxAttempts, int(wait.Seconds())))
		nextAttempt(d, status, failure, d.now.Add(wait))
		return
	}
	finish(d, status, failure, ended)
}

// finish ends the task for good.
func finish(d *draft, status models.Status, failure *models.TaskError, ended endedBy) {
	closeContents(d, status, failure)
	tellEnded(d, status, failure)
	d.setTask(func(s *models.TaskState) {
		release(s, d.now)
		s.Status = status
		s.FinishedAt = ptr(d.now)
		s.Failure = failure
		s.StalledSince = nil
		s.NotBefore = nil
		s.Ending = &models.Ending{By: ended.by, At: d.now, Signals: ended.signals, Survivors: ended.survivors}
		if status == models.Succeeded {
			s.Progress = 100
		}
	})
}

// closeContents gives every content that is not final its final status: what was
// running shares the fate of the attempt, what had not begun was never run.
func closeContents(d *draft, status models.Status, failure *models.TaskError) {
	stopped := stoppedAt(d.t)
	d.eachContent(func(step *models.Step, c *models.Content) {
		if c.Status.Final() {
			return
		}
		d.setContent(c.Ref(), func(s *models.ContentState) {
			switch {
			case c.Status.Active():
				s.Status = status
				s.Failure = failure
				s.FinishedAt = ptr(d.now)
				if status == models.Succeeded {
					s.Progress = 100
				}
			case status == models.Cancelled && step.Number == stopped:
				s.Status = models.Cancelled
			default:
				s.Status = models.Skipped
			}
		})
	})
}

// stoppedAt is the number of the step that the attempt did not get past.
func stoppedAt(t *models.Task) int {
	for _, s := range t.Steps {
		if s.Status != models.Succeeded {
			return s.Number
		}
	}
	return 0
}

// backoff is the wait before the attempt after the given one: it doubles each time, up to an hour.
func backoff(seconds, attempt int) time.Duration {
	const longest = time.Hour
	wait := time.Duration(seconds) * time.Second
	for i := 1; i < attempt && wait < longest; i++ {
		wait *= 2
	}
	return min(wait, longest)
}

// failedStep is the first step with a content that did not succeed, as far as is known.
func failedStep(t *models.Task) *models.Step {
	for _, s := range t.Steps {
		for _, c := range s.Contents {
			if c.Status.Final() && c.Status != models.Succeeded {
				return s
			}
		}
	}
	return nil
}
