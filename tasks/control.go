package tasks

import (
	"context"

	"stepcast/models"
)

// Cancel ends a task: at once when nobody runs it, else as soon as nobody is left.
// A task that is being cancelled stays so; one that is over is WRONG_STATE.
func (s *Service) Cancel(ctx context.Context, v models.Viewer, in ControlInput) (*models.Task, error) {
	return s.change(ctx, v, opControl, in, func(d *draft) error {
		if d.t.Status.Final() {
			return wrongState(d.t, "be cancelled")
		}
		cancel(d, v.Name, models.Cancelled)
		return nil
	})
}

// cancel asks for the end of a task, or ends it when nobody holds it.
func cancel(d *draft, by string, as models.Status) {
	if d.t.Status == models.Cancelling {
		return
	}
	tellCancelled(d, by, as)
	d.setTask(func(s *models.TaskState) {
		s.CancelBy, s.CancelAs = by, as
		if s.Worker != "" {
			stopClock(s, d.now)
			s.Status, s.Desired = models.Cancelling, models.Cancelling
		}
	})
	if d.t.Worker == "" {
		finishCancelled(d, endedBy{})
		return
	}
	d.eachContent(func(_ *models.Step, c *models.Content) {
		if c.Status.Active() {
			d.setContent(c.Ref(), func(s *models.ContentState) { s.Status = models.Cancelling })
		}
	})
	settle(d, endedBy{})
}

// Pause holds a task: at once when nobody runs it, else as soon as its processes
// stand still. A task that is paused or pausing stays so.
func (s *Service) Pause(ctx context.Context, v models.Viewer, in ControlInput) (*models.Task, error) {
	return s.change(ctx, v, opControl, in, func(d *draft) error {
		switch d.t.Status {
		case models.Waiting:
			d.setTask(func(s *models.TaskState) { s.Status = models.Paused })
		case models.Running:
			pauseRunning(d)
		case models.Paused:
			d.setTask(func(s *models.TaskState) {
				if s.Worker != "" {
					s.Desired = models.Pausing
				}
			})
		case models.Pausing:
		default:
			return wrongState(d.t, "be paused")
		}
		return nil
	})
}

func pauseRunning(d *draft) {
	d.setTask(func(s *models.TaskState) { s.Status, s.Desired = models.Pausing, models.Pausing })
	d.eachContent(func(_ *models.Step, c *models.Content) {
		if c.Status == models.Running {
			d.setContent(c.Ref(), func(s *models.ContentState) { s.Status = models.Pausing })
		}
	})
	settle(d, endedBy{})
}

// Resume lets a paused task go on: it is WAITING again when nobody holds it, else
// RUNNING as soon as its worker says so. A task that is not paused stays as it is.
func (s *Service) Resume(ctx context.Context, v models.Viewer, in ControlInput) (*models.Task, error) {
	return s.change(ctx, v, opControl, in, func(d *draft) error {
		switch d.t.Status {
		case models.Paused:
			resumePaused(d)
		case models.Pausing:
			d.setTask(func(s *models.TaskState) { s.Status, s.Desired = models.Running, models.Running })
			d.eachContent(func(_ *models.Step, c *models.Content) {
				if c.Status == models.Pausing || c.Status == models.Paused {
					d.setContent(c.Ref(), func(s *models.ContentState) { s.Status = models.Running })
				}
			})
		case models.Waiting, models.Running:
		default:
			return wrongState(d.t, "be resumed")
		}
		return nil
	})
}

func resumePaused(d *draft) {
	if d.t.Worker == "" {
		d.setTask(func(s *models.TaskState) { s.Status = models.Waiting })
		return
	}
	d.setTask(func(s *models.TaskState) { s.Desired = models.Running })
	settle(d, endedBy{})
}

// Retry opens a new attempt of a task that FAILED, TIMED_OUT or was CANCELLED: what
// did not succeed runs again.
func (s *Service) Retry(ctx context.Context, v models.Viewer, in ControlInput) (*models.Task, error) {
	return s.change(ctx, v, opControl, in, func(d *draft) error {
		switch d.t.Status {
		case models.Failed, models.TimedOut, models.Cancelled:
		default:
			return wrongState(d.t, "be retried")
		}
		if d.t.Attempt+1 >= models.MaxAttempts {
			return models.Faultf(models.CodeLimit, "a task has at most %d attempts; submit it again", models.MaxAttempts-1)
		}
		d.system(models.Info, "Retried by "+v.Name)
		reopen(d)
		return nil
	})
}

func wrongState(t *models.Task, what string) error {
	return models.Faultf(models.CodeWrongState, "a task that is %s cannot %s", t.Status, what)
}
