// Package engine is the built-in worker: it claims tasks, runs their contents with
// executors, keeps its lease, and reports. It goes through tasks like any outside
// worker, and knows nothing of databases or APIs.
package engine

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"stepcast/bus"
	"stepcast/executor"
	"stepcast/models"
	"stepcast/tasks"
)

// pollEvery is how long a waiting task may stay unseen when the bus lost the word of it.
const pollEvery = time.Second

// Options are what an Engine needs. Tasks, Registry and Bus are required.
type Options struct {
	Tasks    *tasks.Service
	Registry *executor.Registry
	Bus      bus.Bus
	// ID names this run of the worker; no two ever share one.
	ID string
	// Name is for people.
	Name string
	// Slots bounds the tasks that run at once; 0 is SlotsDefault.
	Slots int
	// Secrets are values by name, for the tasks that asked for them.
	Secrets map[string]string
	// Alone says that no other process can take over: work goes on while the database is away.
	Alone bool
	// Now is the clock; nil is time.Now.
	Now    func() time.Time
	Logger *slog.Logger
	// Metrics takes what is measured, of one engine only; nothing is kept when nil.
	Metrics prometheus.Registerer
}

// SlotsDefault is the number of tasks that run at once.
const SlotsDefault = 4

// Engine claims and runs tasks. Use New, Start, and Stop at the end.
type Engine struct {
	Options
	metrics *instruments
	// wake asks for a look at the queue.
	wake chan struct{}
	// claiming and beating are the loops; running are the tasks.
	claiming, beating, running sync.WaitGroup
	stopClaiming               context.CancelFunc
	stopHeartbeat              context.CancelFunc
	unsubscribe                func()
	start, stop                sync.Once
	// reporting ends when what could not be reported is given up.
	reporting context.Context
	giveUp    context.CancelFunc

	// mu guards runs, and until: the end of the lease, zero when nobody could take over.
	mu    sync.Mutex
	runs  map[int64]*run
	until time.Time
}

// New makes an engine; nothing is claimed before Start.
func New(o Options) *Engine {
	if o.Slots == 0 {
		o.Slots = SlotsDefault
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	e := &Engine{Options: o, wake: make(chan struct{}, 1), runs: map[int64]*run{}}
	e.metrics = newInstruments(e)
	e.reporting, e.giveUp = context.WithCancel(context.Background())
	return e
}

// Start takes up the lease, and begins to claim. It fails when the database does not
// answer. It may be called once.
func (e *Engine) Start(ctx context.Context) error {
	var err error
	e.start.Do(func() {
		asked := e.Now()
		if _, err = e.Tasks.Heartbeat(ctx, e.worker()); err != nil {
			return
		}
		e.renewed(asked)
		e.unsubscribe = e.Bus.Subscribe(e.take)
		claiming, stopClaiming := context.WithCancel(context.Background())
		beating, stopHeartbeat := context.WithCancel(context.Background())
		e.stopClaiming, e.stopHeartbeat = stopClaiming, stopHeartbeat
		e.look() // for what waits already
		e.claiming.Go(func() { e.claim(claiming) })
		e.beating.Go(func() { e.heartbeat(beating) })
	})
	return err
}

// Stop claims nothing more, lets running tasks go on until ctx ends, then ends them
// and hands them back: they are retried while attempts remain. It returns when
// nothing is left, and may be called more than once, and before Start.
func (e *Engine) Stop(ctx context.Context) {
	e.stop.Do(func() {
		e.start.Do(func() {})
		if e.stopClaiming == nil {
			return
		}
		// The order: no more claims, then the work, then the lease that covers it.
		e.stopClaiming()
		e.claiming.Wait()
		idle := make(chan struct{})
		go func() {
			e.running.Wait()
			close(idle)
		}()
		select {
		case <-idle:
		case <-ctx.Done():
			e.eachRun(func(r *run) { r.end(executor.ErrShutdown) })
			defer time.AfterFunc(persistFor, e.giveUp).Stop()
			<-idle
		}
		e.stopHeartbeat()
		e.beating.Wait()
		e.unsubscribe()
		if err := e.Tasks.Leave(context.WithoutCancel(ctx), e.ID); err != nil {
			e.Logger.Warn("end the lease", "error", err)
		}
	})
}

func (e *Engine) worker() models.Worker {
	return models.Worker{ID: e.ID, Name: e.Name}
}

// take listens to the bus: for tasks that wait, and for wishes about those that run here.
func (e *Engine) take(changes []bus.Change) {
	for i := range changes {
		c := &changes[i]
		if c.From == 0 {
			e.look()
		}
		for j := range c.Events {
			state := c.Events[j].Data.Task
			if state == nil {
				continue
			}
			if state.Status == models.Waiting {
				e.look()
			}
			if state.Worker == e.ID {
				e.wish(c.Task, state.Fencing, state.Desired)
			}
		}
	}
}

// look asks for a look at the queue.
func (e *Engine) look() {
	select {
	case e.wake <- struct{}{}:
	default: // it is asked already
	}
}

func (e *Engine) wish(task, fencing int64, desired models.Status) {
	e.mu.Lock()
	r := e.runs[task]
	e.mu.Unlock()
	if r != nil && r.lease.Fencing == fencing {
		r.wish(desired)
	}
}

func (e *Engine) eachRun(visit func(*run)) {
	e.mu.Lock()
	all := make([]*run, 0, len(e.runs))
	for _, r := range e.runs {
		all = append(all, r)
	}
	e.mu.Unlock()
	for _, r := range all {
		visit(r)
	}
}

// claim takes tasks while there are free slots.
func (e *Engine) claim(ctx context.Context) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.wake:
		case <-tick.C:
		}
		if err := e.claimFree(ctx); err != nil && ctx.Err() == nil {
			e.Logger.Warn("claim tasks", "error", err)
		}
	}
}

func (e *Engine) claimFree(ctx context.Context) error {
	for {
		e.mu.Lock()
		free := e.Slots - len(e.runs)
		e.mu.Unlock()
		if free <= 0 || ctx.Err() != nil {
			return nil // a run that ends looks again
		}
		// A claim that was made must be run, also when claiming is stopped meanwhile.
		claimed, err := e.Tasks.ClaimNext(context.WithoutCancel(ctx), e.ID, free)
		if err != nil {
			return err
		}
		for _, t := range claimed {
			e.launch(t)
		}
		if len(claimed) == 0 {
			return nil
		}
	}
}

func (e *Engine) launch(t *models.Task) {
	r := newRun(e, t)
	e.mu.Lock()
	r.renew(e.until)
	if older := e.runs[t.ID]; older != nil {
		older.end(executor.ErrLeaseLost) // a task is claimed again only after its lease has ended
	}
	e.runs[t.ID] = r
	e.mu.Unlock()
	e.running.Go(func() {
		r.work(t)
		e.mu.Lock()
		if e.runs[t.ID] == r {
			delete(e.runs, t.ID)
		}
		e.mu.Unlock()
		e.look()
	})
}
