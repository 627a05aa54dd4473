package tasks

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"stepcast/bus"
	"stepcast/executor"
	"stepcast/models"
	"stepcast/store"
	"stepcast/watch"
)

// Options are what a Service needs. Store, Bus, Hub and Registry are required.
type Options struct {
	Store    *store.Store
	Bus      bus.Bus
	Hub      *watch.Hub
	Registry *executor.Registry
	// Secrets are values by name, which tasks may ask for.
	Secrets map[string]string
	// QueueLimit and OwnerLimit bound the waiting tasks: of all, and of one owner. 0 is the default.
	QueueLimit int
	OwnerLimit int
	// Lease is how long a worker may be silent; 0 is LeaseDefault.
	Lease time.Duration
	// StallAfter is how long a running task may be silent before it counts as stalled; 0 is StallDefault.
	StallAfter time.Duration
	// Retention is how long finished tasks are kept; 0 is RetentionDefault, KeepForever for ever.
	Retention time.Duration
	// ResultLimit bounds the bytes of all results of one execution; 0 is ResultLimitDefault.
	ResultLimit int64
	// Instance is the host and port within Linkis ids; "" is InstanceDefault.
	Instance string
	// Zone is that of the times within log lines of Linkis submissions; nil is local time.
	Zone *time.Location
	// Alone says that no other process writes to the database. Then the workers of this one
	// are never taken for lost: after a machine has slept they go on. And polls are
	// answered from memory, without asking the database whether that is the newest.
	Alone bool
	// Now is the clock; nil is time.Now.
	Now    func() time.Time
	Logger *slog.Logger
	// Metrics takes what is measured, of one service only; nothing is kept when nil.
	Metrics prometheus.Registerer
}

// Defaults of Options.
const (
	QueueLimitDefault = 10_000
	OwnerLimitDefault = 1_000
	LeaseDefault      = 10 * time.Second
	StallDefault      = time.Minute
	RetentionDefault  = 30 * 24 * time.Hour
	InstanceDefault   = "127.0.0.1:9104"
	KeepForever       = time.Duration(-1)
)

// Service is the one entrance to tasks for every API and worker. Use New, then
// Start, and Stop at the end.
type Service struct {
	Options
	recorder *recorder
	queue    *queueGauge
	reaper   *reaper
	metrics  *instruments
	// local has the ids of the built-in workers of this process.
	local sync.Map

	start, stop sync.Once
	cancel      context.CancelFunc
	done        chan struct{}
}

// New makes a service; nothing is written before Start.
func New(o Options) *Service {
	o.QueueLimit = cmp.Or(o.QueueLimit, QueueLimitDefault)
	o.OwnerLimit = cmp.Or(o.OwnerLimit, OwnerLimitDefault)
	o.Lease = cmp.Or(o.Lease, LeaseDefault)
	o.StallAfter = cmp.Or(o.StallAfter, StallDefault)
	o.Retention = cmp.Or(o.Retention, RetentionDefault)
	o.ResultLimit = cmp.Or(o.ResultLimit, ResultLimitDefault)
	o.Instance = cmp.Or(o.Instance, InstanceDefault)
	if o.Zone == nil {
		o.Zone = time.Local
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	now := o.Now
	if now == nil {
		now = time.Now
	}
	o.Now = func() time.Time { return now().UTC().Truncate(time.Millisecond) }
	s := &Service{Options: o, metrics: newInstruments(o.Metrics), done: make(chan struct{})}
	s.recorder = newRecorder(o, s.metrics)
	s.queue = newQueueGauge(o.Store, o.Now)
	s.reaper = &reaper{service: s}
	if o.Metrics != nil {
		o.Metrics.MustRegister(&standing{store: o.Store, logger: o.Logger})
	}
	return s
}

// Start lets the service write, and look after tasks whose workers were lost, whose
// time is up, or which stall. It may be called once; further calls do nothing.
func (s *Service) Start() {
	s.start.Do(func() {
		ctx, cancel := context.WithCancel(context.Background())
		s.cancel = cancel
		go s.recorder.run()
		go func() {
			defer close(s.done)
			s.reaper.run(ctx)
		}()
	})
}

// Stop writes what is left and returns when everything has come to rest. It may be
// called more than once, and before Start.
func (s *Service) Stop() {
	s.stop.Do(func() {
		s.start.Do(func() {
			s.cancel = func() {}
			close(s.done)
			close(s.recorder.stopped)
		})
		s.cancel()
		<-s.done
		s.recorder.stop()
	})
}

// change makes a decision about a task that v wants to make.
func (s *Service) change(ctx context.Context, v models.Viewer, op operation, in ControlInput, f decide) (*models.Task, error) {
	return s.recorder.change(ctx, in.ID, func(d *draft) error {
		if err := authorize(v, op, d.t); err != nil {
			return err
		}
		if in.IfVersion != nil && *in.IfVersion != d.t.Version {
			return models.Faultf(models.CodeConflict, "the task has version %d, not %d; read it again", d.t.Version, *in.IfVersion)
		}
		return f(d)
	})
}
