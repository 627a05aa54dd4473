package engine

import (
	"context"
	"time"

	"stepcast/executor"
)

// heartbeat renews the lease at least three times in its span, and at least as often as
// it polls, and learns of wishes that the bus did not bring. While the database is away for longer than the lease, work that
// somebody else may have taken over stands still.
func (e *Engine) heartbeat(ctx context.Context) {
	every := e.Tasks.LeaseTime() / 3
	tick := time.NewTicker(min(every, pollEvery))
	defer tick.Stop()
	renewed := e.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		asked := e.Now()
		if err := e.beat(ctx); err != nil {
			if ctx.Err() != nil {
				return
			}
			e.metrics.heartbeatFailures.Inc()
			e.Logger.Warn("renew the lease", "error", err)
			if !e.Alone && e.Now().Sub(renewed) >= e.Tasks.LeaseTime() {
				e.eachRun(func(r *run) { r.stand(true) })
			}
			continue
		}
		renewed = asked
		e.renewed(asked)
		e.eachRun(func(r *run) { r.stand(false) })
	}
}

// renewed notes that the lease was renewed, and tells the processes. It runs from some
// time after asking: earlier is on the safe side.
func (e *Engine) renewed(asked time.Time) {
	if e.Alone {
		return
	}
	until := asked.Add(e.Tasks.LeaseTime())
	e.mu.Lock()
	e.until = until
	e.mu.Unlock()
	e.eachRun(func(r *run) { r.renew(until) })
}

// beat renews the lease and follows what the store says of each run.
func (e *Engine) beat(ctx context.Context) error {
	before := map[int64]*run{}
	e.eachRun(func(r *run) { before[r.lease.Task] = r })
	ctx, cancel := context.WithTimeout(ctx, e.Tasks.LeaseTime())
	defer cancel()
	intents, err := e.Tasks.Heartbeat(ctx, e.worker())
	if err != nil {
		return err
	}
	for _, intent := range intents {
		if r := before[intent.Task]; r != nil && r.lease.Fencing == intent.Fencing {
			r.wish(intent.Desired)
			delete(before, intent.Task)
		}
	}
	// What ran before the look and is not ours any more has been taken over, or is over.
	for _, r := range before {
		r.end(executor.ErrLeaseLost)
	}
	return nil
}
