package tasks

import (
	"cmp"
	"context"
	"errors"
	"math"
	"sync"
	"time"

	"stepcast/models"
	"stepcast/store"
)

// What the built-in worker does. It holds leases as outside workers do: every call
// names one, and one that has ended is STALE_LEASE.

// ClaimNext claims up to limit waiting tasks whose next step a built-in worker runs,
// the most urgent first, oldest first among equals. The worker has a heartbeat.
func (s *Service) ClaimNext(ctx context.Context, worker string, limit int) ([]*models.Task, error) {
	if _, err := s.Store.Promote(ctx); err != nil {
		return nil, err
	}
	ids, err := s.Store.Ready(ctx, models.QueueReady, nil, "", limit)
	if err != nil {
		return nil, err
	}
	claimed := make([]*models.Task, len(ids))
	var group sync.WaitGroup
	for i, id := range ids {
		// Side by side, so that they share a commit.
		group.Go(func() {
			t, err := s.recorder.change(ctx, id, func(d *draft) error {
				if s.queueOf(d.t) != models.QueueReady {
					return wrongState(d.t, "be claimed")
				}
				start(d, worker)
				return nil
			})
			if err == nil {
				claimed[i] = t
			}
		})
	}
	group.Wait()
	var won []*models.Task
	for _, t := range claimed {
		if t != nil {
			won = append(won, t)
		}
	}
	return won, nil
}

// LeaseOf is the lease that a claim gave.
func LeaseOf(t *models.Task) Lease { return Lease{Task: t.ID, Worker: t.Worker, Fencing: t.Fencing} }

// Heartbeat renews the lease of a worker, and reads what it is to do with its tasks.
func (s *Service) Heartbeat(ctx context.Context, w models.Worker) ([]store.Intent, error) {
	s.local.Store(w.ID, true)
	if err := s.Store.Heartbeat(ctx, w, s.Lease); err != nil {
		return nil, err
	}
	return s.Store.Intents(ctx, w.ID)
}

// Leave ends the lease of a worker that holds nothing any more.
func (s *Service) Leave(ctx context.Context, worker string) error {
	s.local.Delete(worker)
	return s.Store.RemoveWorker(ctx, worker)
}

// LeaseTime is how long a worker may be silent.
func (s *Service) LeaseTime() time.Duration { return s.Lease }

// SourcesOf reads what the contents of a leased task run.
func (s *Service) SourcesOf(ctx context.Context, lease Lease) (map[models.ContentRef]models.ContentSource, error) {
	return s.sources(ctx, lease.Task)
}

// VariablesOf reads the variables of a task as texts.
func VariablesOf(t *models.Task) (map[string]string, error) {
	return variables(path{"variables"}, t.Variables, t.Origin == OriginLinkis)
}

// held makes a decision under a lease.
func (s *Service) held(ctx context.Context, lease Lease, f decide) (*models.Task, error) {
	return s.recorder.change(ctx, lease.Task, func(d *draft) error {
		if !lease.holds(d.t) {
			return errStaleLease()
		}
		return f(d)
	})
}

// Begin starts a submitted content. What earlier attempts produced with it is gone then.
func (s *Service) Begin(ctx context.Context, lease Lease, ref models.ContentRef) (*models.Task, error) {
	t, err := s.held(ctx, lease, func(d *draft) error {
		d.setContent(ref, func(c *models.ContentState) { become(c, d, models.Running) })
		return nil
	})
	if err != nil || t.Attempt == 1 {
		return t, err
	}
	err = s.Store.DropResults(ctx, store.Holder(lease), ref, t.Attempt)
	if errors.Is(err, store.ErrStale) {
		err = errStaleLease()
	}
	return t, err
}

// Progress notes what a content reached, 0 to 100, or a message, or both; percent is
// NaN for a message alone. It is stored and shown twice a second at most.
func (s *Service) Progress(lease Lease, ref models.ContentRef, percent float64, message string) {
	if !math.IsNaN(percent) {
		percent = min(100, max(0, percent))
	}
	var text *models.Text
	if message != "" {
		text = ptr(models.Plain(cut(message)))
	}
	s.recorder.progress(lease, ref, percent, text)
}

// cut bounds a text that a script gave.
func cut(text string) string {
	runes := 0
	for i := range text {
		if runes++; runes > MaxText {
			return text[:i]
		}
	}
	return text
}

// AppendLog adds lines to the log. It blocks while too much waits to be stored.
func (s *Service) AppendLog(ctx context.Context, lease Lease, lines []models.LogLine) error {
	return s.recorder.append(ctx, lease, lines)
}

// Usage notes what the work under a lease used so far.
func (s *Service) Usage(lease Lease, u models.ResourceUsage) { s.recorder.usage(lease, u) }

// ConfirmPaused says that all work under the lease stands still, or goes on again.
// What the task is asked for by now decides: a confirmation that comes late is dropped.
func (s *Service) ConfirmPaused(ctx context.Context, lease Lease, paused bool) (*models.Task, error) {
	wanted, from, to := models.Running, models.Paused, models.Running
	if paused {
		wanted, from, to = models.Pausing, models.Pausing, models.Paused
	}
	return s.held(ctx, lease, func(d *draft) error {
		if d.t.Desired != wanted {
			return nil
		}
		d.eachContent(func(_ *models.Step, c *models.Content) {
			if c.Status == from || c.Status == models.Running && paused {
				d.setContent(c.Ref(), func(s *models.ContentState) { s.Status = to })
			}
		})
		settle(d, endedBy{})
		return nil
	})
}

// Outcome is how an execution ended.
type Outcome struct {
	// Status is SUCCEEDED, FAILED, or CANCELLED for one that was ended on request.
	Status    models.Status
	ExitCode  *int
	Failure   *models.TaskError
	Signals   []string
	Survivors int
}

// EndExecution ends a submitted content, with all that its execution declared, and
// concludes what follows for the task. The outcome decides the content opened last
// (current); what was planned and never opened shares a success, and is SKIPPED otherwise.
func (s *Service) EndExecution(ctx context.Context, lease Lease, execution, current models.ContentRef, o Outcome) (*models.Task, error) {
	return s.heldCounting(ctx, lease, func(d *draft) error {
		status := o.Status
		if status == models.Cancelled {
			status = d.t.CancelAs
			status = cmp.Or(status, models.Cancelled)
		}
		d.eachContent(func(_ *models.Step, c *models.Content) {
			mine := c.Ref() == execution || c.DeclaredBy != nil && *c.DeclaredBy == execution
			if mine && !c.Status.Final() {
				d.setContent(c.Ref(), func(state *models.ContentState) { endContent(state, d, status, o, c.Ref() == current) })
			}
		})
		settle(d, endedBy{signals: o.Signals, survivors: o.Survivors})
		return nil
	})
}

func endContent(c *models.ContentState, d *draft, status models.Status, o Outcome, current bool) {
	begun := c.Status.Active()
	c.Status = status
	switch {
	case status == models.Succeeded:
		c.Progress = 100
	case !begun:
		c.Status = models.Skipped
	}
	if begun {
		c.FinishedAt = ptr(d.now)
	}
	if current {
		c.ExitCode = o.ExitCode
		if status == models.Failed {
			c.Failure = o.Failure
		}
		if status == models.TimedOut {
			c.Failure = timeoutError(d.t)
		}
	}
}

// HandBack gives a task back that its worker cannot go on with: it is retried while
// attempts remain, else FAILED with LEASE_LOST.
func (s *Service) HandBack(ctx context.Context, lease Lease) (*models.Task, error) {
	return s.held(ctx, lease, func(d *draft) error {
		loseLease(d)
		return nil
	})
}
