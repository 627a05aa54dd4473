package tasks

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"stepcast/bus"
	"stepcast/models"
	"stepcast/store"
	"stepcast/watch"
)

// Timing and bounds of the recorder.
const (
	// tick is how long progress and log lines wait to be committed with those of other tasks.
	tick = 100 * time.Millisecond
	// progressEvery bounds how often the progress of one content is stored and shown.
	progressEvery = 500 * time.Millisecond
	// flushBytes of waiting log lines of one task are committed without waiting for the tick.
	flushBytes = 64 << 10
	// taskBytes and allBytes hold back whoever appends lines faster than they are stored.
	taskBytes = 1 << 20
	allBytes  = 64 << 20
	// groupLimit bounds the decisions of one commit.
	groupLimit = 256
	// staleLimit is how often a decision is made again after somebody else's change.
	staleLimit = 20
	// cacheLimit and cacheIdle bound the snapshots kept between commits.
	cacheLimit = 10_000
	cacheIdle  = time.Minute
	// retryFirst and retryLongest are the waits after a commit that the database refused.
	retryFirst   = 100 * time.Millisecond
	retryLongest = 2 * time.Second
)

// errClosed refuses decisions after the recorder has stopped.
var errClosed = models.Faultf(models.CodeUnavailable, "the server is stopping; try again when it is back")

// errAway answers while the database does not.
var errAway = models.Faultf(models.CodeUnavailable, "the database does not answer; try again in a few seconds")

// decide changes a draft, or refuses with an error and no consequence. It does no I/O.
type decide func(d *draft) error

// decision waits for its commit.
type decision struct {
	task   int64
	decide decide
	// create is set instead of task and decide for a task that is new.
	create *store.Create
	// quiet decisions end nothing: progress that waits goes on waiting for its time.
	quiet bool
	// again counts the commits lost to somebody else's change.
	again int
	done  chan outcome
}

type outcome struct {
	task *models.Task
	err  error
}

// recorder is the only writer of tasks in this process. Decisions are committed at
// once, all that wait together; progress and log lines wait for the next tick and
// go with whatever is committed before it.
type recorder struct {
	store  *store.Store
	bus    bus.Bus
	hub    *watch.Hub
	now    func() time.Time
	zone   *time.Location
	logger *slog.Logger
	// metrics are the recorder's own; those of tasks are told what was committed.
	metrics *recorderInstruments
	tasks   *instruments

	decisions chan *decision
	// wake asks for a flush before the tick.
	wake chan struct{}
	// closing is closed when no more decisions are taken; stopped when all is written.
	closing, stopped chan struct{}
	once             sync.Once

	// mu guards soft and softBytes.
	mu        sync.Mutex
	soft      map[int64]*softState
	softBytes int

	// Only the run goroutine touches the rest.
	cache   map[int64]*cached
	retryIn time.Duration
}

type cached struct {
	task *models.Task
	used time.Time
}

func newRecorder(o Options, tasks *instruments) *recorder {
	r := &recorder{
		store: o.Store, bus: o.Bus, hub: o.Hub, now: o.Now, zone: o.Zone, logger: o.Logger, tasks: tasks,
		decisions: make(chan *decision, groupLimit),
		wake:      make(chan struct{}, 1),
		closing:   make(chan struct{}), stopped: make(chan struct{}),
		soft: map[int64]*softState{}, cache: map[int64]*cached{},
	}
	r.metrics = newRecorderInstruments(o.Metrics, r)
	return r
}

// change makes a decision about a task, durable when it returns. It gives the
// snapshot after it.
func (r *recorder) change(ctx context.Context, task int64, f decide) (*models.Task, error) {
	return r.submit(ctx, &decision{task: task, decide: f})
}

// changeQuietly is change for a decision that ends nothing.
func (r *recorder) changeQuietly(ctx context.Context, task int64, f decide) (*models.Task, error) {
	return r.submit(ctx, &decision{task: task, decide: f, quiet: true})
}

// create stores a new task, durable when it returns.
func (r *recorder) create(ctx context.Context, c *store.Create) (*models.Task, error) {
	return r.submit(ctx, &decision{create: c})
}

func (r *recorder) submit(ctx context.Context, d *decision) (*models.Task, error) {
	t, err := r.decided(ctx, d)
	if ctx.Err() == nil { // else it is not known what became of it
		r.metrics.answered(err)
	}
	return t, err
}

func (r *recorder) decided(ctx context.Context, d *decision) (*models.Task, error) {
	d.done = make(chan outcome, 1)
	select {
	case r.decisions <- d:
	case <-r.closing:
		return nil, errClosed
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	select {
	case o := <-d.done:
		return o.task, o.err
	case <-r.stopped:
		// It may have been answered just before the recorder stopped.
		select {
		case o := <-d.done:
			return o.task, o.err
		default:
			return nil, errClosed
		}
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// run commits until stop is called, and then what is left.
func (r *recorder) run() {
	defer close(r.stopped)
	timer := time.NewTicker(tick)
	defer timer.Stop()
	for {
		select {
		case d := <-r.decisions:
			r.commit(r.gather(d))
		case <-r.wake:
			r.commit(nil)
		case <-timer.C:
			r.commit(nil)
			r.forget()
		case <-r.closing:
			for len(r.decisions) > 0 {
				r.commit(r.gather(<-r.decisions))
			}
			r.releaseAll()
			r.commit(nil)
			return
		}
	}
}

// stop takes no more decisions, writes what is left and returns when that is done.
func (r *recorder) stop() {
	r.once.Do(func() { close(r.closing) })
	<-r.stopped
}

// gather takes the decisions that wait already, so that they share one commit.
func (r *recorder) gather(first *decision) []*decision {
	group := []*decision{first}
	for len(group) < groupLimit {
		select {
		case d := <-r.decisions:
			group = append(group, d)
		default:
			return group
		}
	}
	return group
}

// commit writes the decisions and what soft changes are due, in one transaction,
// then tells watch, the bus and whoever waits, in this order. What lost against somebody
// else's change is decided again on the newer snapshot.
func (r *recorder) commit(group []*decision) {
	for {
		b := r.build(group)
		if b.empty() {
			return
		}
		r.hub.Committing(b.ids())
		began := time.Now()
		err := r.store.Commit(context.Background(), b.creates(), b.changes())
		r.metrics.committed(began, len(b.created)+len(b.tasks), err)
		if err != nil {
			r.failed(b, err)
			return
		}
		r.retryIn = 0
		group = r.committed(b)
		if len(group) == 0 {
			return
		}
	}
}

// failed keeps the soft changes for later and lets whoever decided know.
func (r *recorder) failed(b *batch, err error) {
	r.logger.Error("commit changes of tasks", "error", err)
	// Whether it was written is unknown: read again before the next decision or poll.
	r.hub.Forget(b.ids()...)
	r.hub.Committed(nil)
	answer := outcome{err: errAway}
	for _, c := range b.tasks {
		delete(r.cache, c.draft.t.ID)
		r.putBackSoft(c, true)
		for _, d := range c.decided {
			d.done <- answer
		}
	}
	for _, d := range b.created {
		d.done <- answer
	}
	r.backOff()
}

// backOff keeps a database that is away from being asked in a tight loop.
func (r *recorder) backOff() {
	r.retryIn = min(max(retryFirst, r.retryIn*2), retryLongest)
	timer := time.NewTimer(r.retryIn)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.closing:
	}
}

// committed answers what was written and gives the decisions to make again.
func (r *recorder) committed(b *batch) (again []*decision) {
	var told []bus.Change
	var commits []watch.Commit
	for _, c := range b.tasks {
		switch err := c.change.Err; {
		case errors.Is(err, store.ErrStale):
			r.metrics.stale.Inc()
			delete(r.cache, c.draft.t.ID)
			r.putBackSoft(c, false)
			again = append(again, r.oftenEnough(c.decided)...)
			continue
		case err != nil:
			// It can never be stored: trying again would only hold up the task.
			r.logger.Error("store a change of a task", "task", c.draft.t.ID, "error", err)
			delete(r.cache, c.draft.t.ID)
			for _, d := range c.decided {
				d.done <- outcome{err: err}
			}
			continue
		}
		after := c.change.After
		r.tasks.changed(c.change.Before, c.change.Events)
		r.remember(after)
		r.dropEnded(after)
		commits = append(commits, watch.Commit{Task: after, Events: c.change.Events, Lines: c.change.Lines})
		told = append(told, bus.Change{
			Task: after.ID, Owner: after.Owner, From: c.draft.base.Version, To: after.Version,
			Events: c.change.Events, LogLines: after.LogLines,
		})
	}
	for _, d := range b.created {
		if t := d.create.Stored; d.create.Err == nil {
			r.remember(t)
			commits = append(commits, watch.Commit{Task: t})
			told = append(told, bus.Change{Task: t.ID, Owner: t.Owner, To: t.Version, LogLines: t.LogLines})
		}
	}
	r.hub.Committed(commits)
	r.bus.Publish(context.Background(), told)
	b.answer()
	return again
}

// oftenEnough gives the decisions to make again, and refuses those that lost too often.
func (r *recorder) oftenEnough(decisions []*decision) (again []*decision) {
	for _, d := range decisions {
		if d.again++; d.again < staleLimit {
			again = append(again, d)
			continue
		}
		d.done <- outcome{err: models.Faultf(models.CodeUnavailable, "the task is changing too fast; try again")}
	}
	return again
}

func (r *recorder) remember(t *models.Task) {
	if t.Status.Final() || len(r.cache) >= cacheLimit {
		delete(r.cache, t.ID)
		return
	}
	r.cache[t.ID] = &cached{task: t, used: r.now()}
}

// forget drops the snapshots that nobody changed for a while.
func (r *recorder) forget() {
	limit := r.now().Add(-cacheIdle)
	for id, c := range r.cache {
		if c.used.Before(limit) {
			delete(r.cache, id)
		}
	}
}
