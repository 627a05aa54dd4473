package engine

import (
	"context"
	"errors"
	"sync"
	"time"

	"stepcast/executor"
	"stepcast/models"
	"stepcast/tasks"
)

// run is one task that this engine holds a lease on.
type run struct {
	engine  *Engine
	lease   tasks.Lease
	attempt int
	// ctx ends, with the cause, when the work is to end.
	ctx context.Context
	end context.CancelCauseFunc
	env map[string]string
	// mask hides the task's secrets in what it writes.
	mask masker
	// steps is whether the script may declare the steps of the task.
	steps   bool
	sources map[models.ContentRef]models.ContentSource
	usage   *usageSum

	// mu guards the rest.
	mu sync.Mutex
	// paused is the wish of whoever controls the task; standing that of the lease.
	paused, standing bool
	// until is the end of the lease; zero when nobody could take over.
	until      time.Time
	executions map[*execution]struct{}
	// changed is closed, and replaced, when a wish changed.
	changed chan struct{}
}

func newRun(e *Engine, t *models.Task) *run {
	ctx, end := context.WithCancelCause(context.Background())
	return &run{
		engine: e, lease: tasks.LeaseOf(t), attempt: t.Attempt, ctx: ctx, end: end, usage: newUsageSum(t.Usage),
		executions: map[*execution]struct{}{}, changed: make(chan struct{}),
	}
}

// work runs the steps that the lease covers, until the task is over or another's.
func (r *run) work(t *models.Task) {
	defer r.end(nil)
	if err := r.prepare(t); err != nil {
		r.engine.Logger.Error("prepare task", "task", t.ID, "error", err)
		r.handBack()
		return
	}
	for t != nil && tasks.LeaseOf(t) == r.lease {
		step := t.CurrentStep()
		if step == nil || step.External() {
			break
		}
		next := r.runStep(step)
		if next == nil || context.Cause(r.ctx) != nil && !errors.Is(context.Cause(r.ctx), executor.ErrCancel) {
			break
		}
		t = next
	}
	if errors.Is(context.Cause(r.ctx), executor.ErrShutdown) {
		r.handBack()
	}
}

// prepare reads what the contents run and what their environment is.
func (r *run) prepare(t *models.Task) error {
	r.steps = len(t.Steps) == 1 && len(t.Steps[0].Contents) == 1
	var err error
	if r.sources, err = r.engine.Tasks.SourcesOf(r.ctx, r.lease); err != nil {
		return err
	}
	variables, err := tasks.VariablesOf(t)
	if err != nil {
		return err
	}
	r.env = map[string]string{}
	if t.Origin != tasks.OriginLinkis { // Linkis puts its variables into the code
		for name, value := range variables {
			r.env[name] = value
		}
	}
	var secrets []string
	for _, name := range t.Secrets {
		r.env[name] = r.engine.Secrets[name]
		secrets = append(secrets, r.engine.Secrets[name])
	}
	r.mask = newMasker(secrets)
	return nil
}

// runStep runs the submitted contents of a step side by side, and gives the task as
// it is after the last; nil when the lease is lost.
func (r *run) runStep(step *models.Step) *models.Task {
	parallel := step.MaxParallel
	if parallel == 0 {
		parallel = len(step.Contents)
	}
	slots := make(chan struct{}, max(1, parallel))
	var group sync.WaitGroup
	var mu sync.Mutex
	var last *models.Task
	for _, c := range step.Contents {
		if c.DeclaredBy != nil || c.Status.Final() {
			continue
		}
		slots <- struct{}{}
		if !r.mayBegin() {
			<-slots
			break
		}
		group.Go(func() {
			defer func() { <-slots }()
			after := r.execute(c)
			mu.Lock()
			defer mu.Unlock()
			if after != nil && (last == nil || after.Version > last.Version) {
				last = after
			}
		})
	}
	group.Wait()
	return last
}

// mayBegin waits while the task is to stand still; false when it is to end.
func (r *run) mayBegin() bool {
	for {
		r.mu.Lock()
		still, changed := r.paused || r.standing, r.changed
		r.mu.Unlock()
		if r.ctx.Err() != nil {
			return false
		}
		if !still {
			return true
		}
		select {
		case <-changed:
		case <-r.ctx.Done():
			return false
		}
	}
}

// wish follows what is asked of the task.
func (r *run) wish(desired models.Status) {
	switch desired {
	case models.Cancelling:
		r.end(executor.ErrCancel)
	case models.Pausing, models.Running:
		r.set(&r.paused, desired == models.Pausing)
	}
}

// stand lets the work stand still while its lease is in doubt.
func (r *run) stand(still bool) { r.set(&r.standing, still) }

func (r *run) set(wish *bool, value bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if *wish == value {
		return
	}
	*wish = value
	close(r.changed)
	r.changed = make(chan struct{})
	for x := range r.executions {
		x.want(r.paused || r.standing)
	}
}

// handBack gives the task back, as long as the lease allows.
func (r *run) handBack() {
	r.persist("hand the task back", func(ctx context.Context) error {
		_, err := r.engine.Tasks.HandBack(ctx, r.lease)
		return err
	})
}

// persistFor bounds how long an engine that stops goes on to report while the database is
// away; after that its lease ends and the reaper decides. One that does not stop goes on:
// its heartbeat keeps the lease as soon as the database is back.
const persistFor = 10 * time.Minute

// persist makes a report, again and again while the database is away. It gives false
// when the report was refused, because the lease is lost.
func (r *run) persist(what string, report func(ctx context.Context) error) bool {
	ctx := r.engine.reporting
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		err := report(ctx)
		if err == nil {
			return true
		}
		if code := models.CodeOf(err); code == models.CodeStaleLease || code == models.CodeNotFound {
			return false
		}
		r.engine.Logger.Warn(what, "task", r.lease.Task, "error", err)
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return false
		}
	}
}
