package bench

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/bus"
	"stepcast/bus/memory"
	"stepcast/engine"
	"stepcast/executor"
	"stepcast/executor/script"
	"stepcast/executor/shell"
	"stepcast/models"
	"stepcast/store"
	"stepcast/tasks"
	"stepcast/watch"
)

// server is all of a server but its doors: the use cases on a database, and an engine
// that runs content of the type noop.
type server struct {
	tasks  *tasks.Service
	store  *store.Store
	engine *engine.Engine
	stop   func()

	// mu guards waiting: how many more tasks have to succeed before done is closed.
	mu      sync.Mutex
	waiting int
	done    chan struct{}
}

// owner is whose tasks all are.
var owner = models.Viewer{Name: "ann", Role: models.Admin}

// startServer starts one. With no slots it has no engine: who measures plays the worker.
func startServer(tb testing.TB, db *database, slots int) *server {
	tb.Helper()
	quiet := slog.New(slog.DiscardHandler)
	s, messages := &server{store: db.open(tb)}, memory.New()
	hub, unwatch := watch.New(watch.Options{Store: s.store, Bus: messages, Logger: quiet})
	polling, stopPolling := context.WithCancel(context.Background())
	var polled sync.WaitGroup
	polled.Go(func() { hub.Run(polling) })
	unsubscribe := messages.Subscribe(s.take)
	registry := executor.NewRegistry(noop{}, shell.New(script.Options{WorkRoot: tb.TempDir()}))
	s.tasks = tasks.New(tasks.Options{
		Store: s.store, Bus: messages, Hub: hub, Registry: registry, Logger: quiet, Lease: time.Hour,
		QueueLimit: 1 << 20, OwnerLimit: 1 << 20, Alone: db.kind == kindSQLite,
	})
	s.tasks.Start()
	s.engine = engine.New(engine.Options{
		Tasks: s.tasks, Registry: registry, Bus: messages, ID: "bench", Name: "bench", Slots: max(1, slots), Alone: true, Logger: quiet,
	})
	if slots > 0 {
		require.NoError(tb, s.engine.Start(tb.Context()))
	}
	s.stop = sync.OnceFunc(func() { // in this order
		now, cancel := context.WithCancel(context.Background())
		cancel()
		s.engine.Stop(now)
		s.tasks.Stop()
		unsubscribe()
		unwatch()
		stopPolling()
		polled.Wait()
		require.NoError(tb, s.store.Close())
	})
	tb.Cleanup(s.stop)
	return s
}

// noop is content that does nothing and succeeds.
type noop struct{}

func (noop) Info() executor.Info {
	return executor.Info{Name: "noop", Description: "does nothing", ParamsSchema: []byte(`{"type":"object"}`)}
}

func (noop) Execute(context.Context, executor.Request, executor.Sink) (executor.Result, error) {
	return executor.Result{}, nil
}

// oneContent is a task of one step with one content.
func oneContent(runType, code string) tasks.SubmitInput {
	return tasks.SubmitInput{
		Description: models.Plain("Copy tiles"),
		Labels:      []models.Label{{Key: "app", Value: "map"}},
		Steps: []tasks.StepInput{{
			Description: models.Plain("Copy"),
			Contents:    []tasks.ContentInput{{Message: models.Plain("Copying"), RunType: runType, Code: code}},
		}},
	}
}

// submitters is how many clients submit at once.
const submitters = 32

// submit stores n tasks.
func (s *server) submit(tb testing.TB, n int, in tasks.SubmitInput) {
	tb.Helper()
	inParallel(tb, submitters, n, func(int) error {
		_, err := s.tasks.Submit(tb.Context(), owner, in)
		return err
	})
}

// runAll submits n tasks and waits until all have succeeded.
func (s *server) runAll(tb testing.TB, n int, in tasks.SubmitInput) {
	tb.Helper()
	done := make(chan struct{})
	s.mu.Lock()
	s.waiting, s.done = n, done
	s.mu.Unlock()
	s.submit(tb, n, in)
	select {
	case <-done:
	case <-time.After(patience):
		require.FailNow(tb, "the tasks do not end")
	}
}

// patience is how long what must come is waited for.
const patience = 2 * time.Minute

// take counts the tasks that have succeeded.
func (s *server) take(changes []bus.Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range changes {
		for _, e := range c.Events {
			if e.Kind != models.TaskStatusChanged || e.Data.To != models.Succeeded {
				continue
			}
			if s.waiting--; s.waiting == 0 {
				close(s.done)
			}
		}
	}
}

// inParallel calls f with 0 to n-1, from several goroutines.
func inParallel(tb testing.TB, goroutines, n int, f func(i int) error) {
	tb.Helper()
	numbers := make(chan int)
	errs := make(chan error, goroutines)
	for range goroutines {
		go func() {
			var first error
			for i := range numbers {
				if err := f(i); err != nil && first == nil {
					first = err
				}
			}
			errs <- first
		}()
	}
	for i := range n {
		numbers <- i
	}
	close(numbers)
	for range goroutines {
		require.NoError(tb, <-errs)
	}
}
