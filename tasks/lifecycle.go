package tasks

import (
	"time"

	"stepcast/models"
)

// The decisions about a task's life. Each works on a draft; none does I/O.

// start gives a waiting task to a worker: the next run of its attempt.
func start(d *draft, worker string) {
	first := d.t.StartedAt == nil
	d.setTask(func(s *models.TaskState) {
		s.Status = models.Running
		s.Desired = models.Running
		s.Worker = worker
		s.Fencing++
		s.NotBefore = nil
		s.ClockSince = ptr(d.now)
		if first {
			s.StartedAt = ptr(d.now)
		}
	})
	d.t.ReportSequence = 0
	if first {
		tellStarted(d)
	}
}

// stopClock lets the attempt's time limit stand still.
func stopClock(s *models.TaskState, now time.Time) {
	if s.ClockSince != nil {
		s.RanMillis += max(0, now.Sub(*s.ClockSince).Milliseconds())
		s.ClockSince = nil
	}
}

// release takes the task from its worker.
func release(s *models.TaskState, now time.Time) {
	stopClock(s, now)
	s.Worker, s.Desired = "", ""
}

// settle draws the conclusions of what the worker just reported: the attempt ends,
// or the lease does because the next step is another worker's, or work goes on.
func settle(d *draft, ended endedBy) {
	if d.t.Status.Final() || d.t.Worker == "" {
		return
	}
	step := d.t.CurrentStep()
	failed := failedStep(d.t)
	switch {
	case step == nil && failed == nil:
		finish(d, models.Succeeded, nil, endedBy{by: models.EndedByTask, signals: ended.signals, survivors: ended.survivors})
	case d.t.Status == models.Cancelling:
		if letGo(d.t) {
			finishCancelled(d, ended)
		}
	case failed != nil:
		if stepDone(failed) {
			fail(d, failed, ended)
		}
	case anyActive(d.t) || covers(d.t.Worker, step):
		confirmPaused(d)
	default:
		handOver(d)
	}
}

// covers says whether a worker's lease is on the step: an engine's is on every step
// that is not external, an outside worker's only on the one it claimed.
func covers(worker string, step *models.Step) bool {
	if number, outside := outsideStep(worker); outside {
		return step.Number == number
	}
	return !step.External()
}

// handOver puts the task back into a queue, because its next step is for another worker.
func handOver(d *draft) {
	d.setTask(func(s *models.TaskState) {
		paused := s.Status == models.Pausing || s.Status == models.Paused
		release(s, d.now)
		s.Status = models.Waiting
		if paused {
			s.Status = models.Paused
		}
	})
}

// letGo says whether the worker of a task that is being cancelled is done with it: a
// built-in one runs nothing, an outside one has said so of each content it leased.
func letGo(t *models.Task) bool {
	if number, outside := outsideStep(t.Worker); outside {
		step := t.Step(number)
		return step == nil || stepDone(step)
	}
	return !anyActive(t)
}

// confirmPaused makes PAUSING PAUSED once nothing runs, and the reverse. An outside
// worker has to say that it paused: what it has in hand may not be known here yet.
func confirmPaused(d *draft) {
	running, paused := 0, 0
	d.eachContent(func(_ *models.Step, c *models.Content) {
		switch c.Status {
		case models.Running, models.Pausing:
			running++
		case models.Paused:
			paused++
		}
	})
	switch {
	case d.t.Status == models.Pausing && running == 0 && (paused > 0 || !isOutside(d.t.Worker)):
		d.setTask(func(s *models.TaskState) {
			stopClock(s, d.now)
			s.Status = models.Paused
		})
	case d.t.Status == models.Paused && d.t.Desired == models.Running && paused == 0:
		d.setTask(func(s *models.TaskState) {
			s.ClockSince = ptr(d.now)
			s.Status = models.Running
		})
	}
}

// stepDone says whether nothing of the step will run any more.
func stepDone(s *models.Step) bool { return s.Status.Final() }

func anyActive(t *models.Task) bool {
	for _, s := range t.Steps {
		for _, c := range s.Contents {
			if c.Status.Active() {
				return true
			}
		}
	}
	return false
}
