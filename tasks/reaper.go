package tasks

import (
	"context"
	"time"

	"stepcast/models"
)

// How often the reaper looks.
const (
	reapEvery   = 500 * time.Millisecond
	retainEvery = time.Minute
	retainBatch = 200
)

// reaper looks after tasks that their workers no longer look after: a lease that
// ended, a time limit that passed, silence, and finished tasks past their retention.
type reaper struct {
	service *Service
	// healthySince is since when the database has answered without a fault: only who
	// saw it healthy for a whole lease may call another's lease lost.
	healthySince time.Time
	retained     time.Time
}

func (r *reaper) run(ctx context.Context) {
	tick := time.NewTicker(reapEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := r.look(ctx); err != nil && ctx.Err() == nil {
			r.healthySince = time.Time{}
			r.service.Logger.Warn("look after tasks", "error", err)
		}
	}
}

func (r *reaper) look(ctx context.Context) error {
	s, now := r.service, r.service.Now()
	if r.healthySince.IsZero() {
		r.healthySince = now
	}
	if _, err := s.Store.Promote(ctx); err != nil {
		return err
	}
	held, err := s.Store.Held(ctx)
	if err != nil {
		return err
	}
	for _, t := range held {
		if err := r.lookAt(ctx, t, now); err != nil {
			return err
		}
	}
	if now.Sub(r.healthySince) >= s.Lease {
		if err := r.reap(ctx); err != nil {
			return err
		}
	}
	if s.Retention == KeepForever || now.Sub(r.retained) < retainEvery {
		return nil
	}
	r.retained = now
	return r.retain(ctx, now)
}

// lookAt ends an attempt past its time limit, and marks a task that stalls.
func (r *reaper) lookAt(ctx context.Context, t *models.Task, now time.Time) error {
	if due := t.Deadline(); due != nil && !due.After(now) && t.Status != models.Cancelling {
		return r.decide(ctx, t.ID, func(d *draft) error {
			if due := d.t.Deadline(); due != nil && !due.After(d.now) {
				cancel(d, models.EndedByServer, models.TimedOut)
			}
			return nil
		})
	}
	quiet := now.Add(-r.service.StallAfter)
	if t.Status != models.Running || t.StalledSince != nil || lastSign(t).After(quiet) {
		return nil
	}
	return r.decide(ctx, t.ID, func(d *draft) error {
		since := lastSign(d.t)
		if d.t.Status == models.Running && !since.After(quiet) {
			d.setTask(func(s *models.TaskState) { s.StalledSince = &since })
		}
		return nil
	})
}

// lastSign is when something last came from the task's work.
func lastSign(t *models.Task) time.Time {
	if t.LastOutputAt != nil && t.LastOutputAt.After(t.UpdatedAt) {
		return *t.LastOutputAt
	}
	return t.UpdatedAt
}

// reap ends the attempts whose workers were lost.
func (r *reaper) reap(ctx context.Context) error {
	lost, err := r.service.Store.LeaseEnded(ctx)
	if err != nil {
		return err
	}
	for _, h := range lost {
		if _, local := r.service.local.Load(h.Worker); local && r.service.Alone {
			continue
		}
		if err := r.reapTask(ctx, Lease(h)); err != nil {
			return err
		}
	}
	_, err = r.service.Store.RemoveEndedWorkers(ctx)
	return err
}

func (r *reaper) reapTask(ctx context.Context, lease Lease) error {
	lost := false
	err := r.decide(ctx, lease.Task, func(d *draft) error {
		if lost = lease.holds(d.t); lost { // the task may have moved on since the look
			loseLease(d)
		}
		return nil
	})
	if err == nil && lost {
		r.service.metrics.leasesLost.Inc()
	}
	return err
}

// retain deletes finished tasks past their retention, a bounded number at a time.
func (r *reaper) retain(ctx context.Context, now time.Time) error {
	before := now.Add(-r.service.Retention)
	for {
		n, err := r.service.Store.DeleteFinishedBefore(ctx, before, retainBatch)
		if n > 0 || err != nil {
			r.service.Hub.ForgetFinishedBefore(before)
		}
		if err != nil || n < retainBatch {
			return err
		}
	}
}

// decide makes a decision of the server's own. A task that is gone is no error.
func (r *reaper) decide(ctx context.Context, id int64, f decide) error {
	_, err := r.service.recorder.change(ctx, id, f)
	if models.CodeOf(err) == models.CodeNotFound {
		return nil
	}
	return err
}
