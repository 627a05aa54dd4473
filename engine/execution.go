package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"stepcast/executor"
	"stepcast/models"
	"stepcast/tasks"
)

// execution is one submitted content that runs.
type execution struct {
	run     *run
	content models.ContentRef
	// pause carries the newest wish to the executor; lease the newest end of the lease.
	pause chan bool
	lease chan time.Time
	// confirmed is guarded by run.mu: whether it stands still.
	confirmed bool
}

// execute runs a submitted content from its beginning to its end and gives the task
// after it; nil when the lease is lost or the work goes back.
func (r *run) execute(c *models.Content) *models.Task {
	x := &execution{run: r, content: c.Ref(), pause: make(chan bool, 1), lease: make(chan time.Time, 1)}
	began := r.persist("begin a content", func(ctx context.Context) error {
		_, err := r.engine.Tasks.Begin(ctx, r.lease, x.content)
		return err
	})
	if !began {
		return nil
	}
	r.add(x)
	s, start := newSink(x), time.Now()
	result, err := x.call(c.RunType, s)
	r.remove(x)
	if cause := context.Cause(r.ctx); errors.Is(cause, executor.ErrLeaseLost) || errors.Is(cause, executor.ErrShutdown) {
		r.engine.metrics.executed(c.RunType, resultHandedBack, start)
		return nil
	}
	o := x.outcome(result, err)
	r.engine.metrics.executed(c.RunType, string(o.Status), start)
	return r.conclude(x, s, o)
}

func (r *run) conclude(x *execution, s *sink, o tasks.Outcome) (after *models.Task) {
	r.persist("end a content", func(ctx context.Context) error {
		t, err := r.engine.Tasks.EndExecution(ctx, r.lease, x.content, s.opened(), o)
		after = t
		return err
	})
	return after
}

// call runs the executor; one that panics has failed, not the server.
func (x *execution) call(runType string, s *sink) (result executor.Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			x.run.engine.Logger.Error("executor panicked", "runType", runType, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("the executor of %s panicked", runType)
		}
	}()
	e, ok := x.run.engine.Registry.Get(runType)
	if !ok {
		return result, fmt.Errorf("this server has no run type %s", runType)
	}
	if reason := e.Info().Reason; reason != "" {
		return result, fmt.Errorf("the run type %s is not enabled: %s", runType, reason)
	}
	source := x.run.sources[x.content]
	return e.Execute(x.run.ctx, executor.Request{
		Task: x.run.lease.Task, Attempt: s.attempt, Content: x.content,
		Code: source.Code, Params: json.RawMessage(source.Params), Env: x.run.env,
		AllowSteps: x.run.steps, Pause: x.pause, Lease: x.lease,
	}, s)
}

// outcome is what the result means for the content.
func (x *execution) outcome(result executor.Result, err error) tasks.Outcome {
	o := tasks.Outcome{
		Status: models.Succeeded, ExitCode: result.ExitCode, Failure: x.run.mask.hideIn(result.Failure),
		Signals: result.Signals, Survivors: result.Survivors,
	}
	switch {
	case x.run.ctx.Err() != nil && (len(result.Signals) > 0 || result.Failure != nil || err != nil):
		o.Status = models.Cancelled
	case err != nil:
		o.Status = models.Failed
		o.Failure = x.run.mask.hideIn(&models.TaskError{Code: models.ErrStartFailed, Message: models.Message("error.start", err.Error())})
	case result.Failure != nil:
		o.Status = models.Failed
	}
	return o
}

func (r *run) add(x *execution) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.executions[x] = struct{}{}
	if !r.until.IsZero() {
		newest(x.lease, r.until)
	}
	if r.paused || r.standing {
		x.want(true)
	}
}

func (r *run) remove(x *execution) {
	r.mu.Lock()
	delete(r.executions, x)
	missing := x.confirmed != r.paused
	r.mu.Unlock()
	if missing { // the others may have waited for nobody else
		r.confirm()
	}
}

// want tells the executor whether to stand still. Called with run.mu held.
func (x *execution) want(still bool) {
	newest(x.pause, still)
}

// newest puts a value into a channel of one place, instead of an older one.
func newest[T any](place chan T, value T) {
	for {
		select {
		case place <- value:
			return
		default:
		}
		select {
		case <-place:
		default: // it was just taken
		}
	}
}

// renew moves the end of the lease: from then on the processes stand still, also when
// this one hangs.
func (r *run) renew(until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.until = until
	for x := range r.executions {
		newest(x.lease, until)
	}
}

// paused takes the executor's confirmation.
func (x *execution) paused(still bool) {
	x.run.mu.Lock()
	x.confirmed = still
	x.run.mu.Unlock()
	x.run.confirm()
}

// confirm reports that everything stands still, or goes on, once each execution has
// said so.
func (r *run) confirm() {
	r.mu.Lock()
	still := r.paused
	all := len(r.executions) > 0
	for x := range r.executions {
		all = all && x.confirmed == still
	}
	r.mu.Unlock()
	if !all || r.ctx.Err() != nil {
		return
	}
	r.persist("confirm a pause", func(ctx context.Context) error {
		_, err := r.engine.Tasks.ConfirmPaused(ctx, r.lease, still)
		return err
	})
}
