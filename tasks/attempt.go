package tasks

import (
	"slices"
	"time"

	"stepcast/models"
)

// nextAttempt puts the task back into the queue as a new attempt, with a new
// timeline: what succeeded is kept, everything else runs again.
func nextAttempt(d *draft, ended models.Status, failure *models.TaskError, notBefore time.Time) {
	d.setTask(func(s *models.TaskState) {
		s.Status, s.FinishedAt, s.Failure = ended, ptr(d.now), failure
		openAttempt(d, s)
		if notBefore.After(d.now) {
			s.NotBefore = ptr(notBefore)
		}
	})
	putBack(d)
}

// reopen is the attempt that a retry by hand opens: the ended one keeps its own times.
func reopen(d *draft) {
	d.setTask(func(s *models.TaskState) {
		openAttempt(d, s)
		s.MaxAttempts = max(s.MaxAttempts, s.Attempt)
	})
	putBack(d)
}

func openAttempt(d *draft, s *models.TaskState) {
	ended := models.Task{TaskState: *s}
	s.PastAttempts = ended.AllAttempts()
	release(s, d.now)
	s.Status = models.Waiting
	s.Attempt++
	s.TimelineID = models.TimelineID(d.t.ID, s.Attempt)
	s.NotBefore, s.StartedAt, s.FinishedAt, s.Failure, s.Ending, s.Usage = nil, nil, nil, nil, nil, nil
	s.CancelBy, s.CancelAs = "", ""
	s.RanMillis, s.Progress, s.StalledSince = 0, 0, nil
}

// putBack readies the plan for another attempt. A submitted content whose execution
// succeeded, with all that it declared, is kept; any other runs again whole, and
// what it declared is dropped.
func putBack(d *draft) {
	again := executionsToRepeat(d.t)
	var p models.Plan
	for _, s := range d.t.Steps {
		if s.Declared && declaredByAny(s, again) {
			p.DropSteps = append(p.DropSteps, s.Number)
			continue
		}
		touched := false
		for _, c := range s.Contents {
			switch {
			case c.DeclaredBy != nil && again[*c.DeclaredBy]:
				p.DropContents = append(p.DropContents, c.Ref())
				touched = true
			case c.DeclaredBy == nil && again[c.Ref()]:
				p.Contents = append(p.Contents, fresh(c))
				touched = true
			}
		}
		if touched {
			p.Steps = append(p.Steps, freshStep(s))
		}
	}
	d.plan(p)
}

// executionsToRepeat are the submitted contents whose execution did not wholly succeed.
func executionsToRepeat(t *models.Task) map[models.ContentRef]bool {
	again := map[models.ContentRef]bool{}
	for _, s := range t.Steps {
		for _, c := range s.Contents {
			if c.Status == models.Succeeded {
				continue
			}
			if c.DeclaredBy != nil {
				again[*c.DeclaredBy] = true
			} else {
				again[c.Ref()] = true
			}
		}
	}
	return again
}

func declaredByAny(s *models.Step, executions map[models.ContentRef]bool) bool {
	return slices.ContainsFunc(s.Contents, func(c *models.Content) bool {
		return c.DeclaredBy != nil && executions[*c.DeclaredBy]
	})
}

func fresh(c *models.Content) *models.Content {
	again := *c
	again.ContentState = models.ContentState{Message: c.Submitted, Status: models.Waiting}
	return &again
}

// freshStep is the step's header for another attempt, as it was submitted.
func freshStep(s *models.Step) *models.Step {
	again := *s
	again.Contents = nil
	again.Progress = 0
	again.Status = models.Waiting
	if s.Submitted != nil {
		again.Description, again.Submitted = *s.Submitted, nil
	}
	return &again
}
