package tasks_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/bus/memory"
	"stepcast/executor"
	"stepcast/models"
	"stepcast/store"
	"stepcast/store/storetest"
	"stepcast/tasks"
	"stepcast/watch"
)

var (
	admin    = models.Viewer{Name: "admin", Role: models.Admin}
	operator = models.Viewer{Name: "olga", Role: models.Operator}
	member   = models.Viewer{Name: "max", Role: models.Member}
	other    = models.Viewer{Name: "mia", Role: models.Member}
	observer = models.Viewer{Name: "vera", Role: models.Observer}
)

// noop is an executor that runs nothing: these tests play the worker themselves.
type noop struct{ name string }

func (n noop) Info() executor.Info {
	return executor.Info{Name: n.name, Description: "for tests", ParamsSchema: []byte(`{"type":"object"}`)}
}

func (n noop) Execute(context.Context, executor.Request, executor.Sink) (executor.Result, error) {
	return executor.Result{}, nil
}

// bundle is a running service on a database of its own.
type bundle struct {
	*tasks.Service
	store *store.Store
	ctx   context.Context
}

func setup(t *testing.T, s *store.Store, change ...func(*tasks.Options)) *bundle {
	t.Helper()
	b := memory.New()
	hub, unsubscribe := watch.New(watch.Options{Store: s, Bus: b, Logger: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(context.Background())
	polling := make(chan struct{})
	go func() {
		defer close(polling)
		hub.Run(ctx)
	}()
	o := tasks.Options{
		Store: s, Bus: b, Hub: hub, Registry: executor.NewRegistry(noop{"shell"}, noop{"python"}),
		Secrets: map[string]string{"TOKEN": "hunter2hunter2"},
		// The tests play the worker and send no heartbeats.
		Lease: time.Hour, Logger: slog.New(slog.DiscardHandler),
	}
	for _, f := range change {
		f(&o)
	}
	service := tasks.New(o)
	service.Start()
	t.Cleanup(func() {
		service.Stop()
		unsubscribe()
		cancel()
		<-polling
	})
	return &bundle{Service: service, store: s, ctx: t.Context()}
}

// each runs a test on every database there is.
func each(t *testing.T, test func(t *testing.T, b *bundle), change ...func(*tasks.Options)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) { test(t, setup(t, s, change...)) })
}

// oneStep is the smallest submission.
func oneStep() tasks.SubmitInput {
	return tasks.SubmitInput{Description: models.Plain("Copy tiles"), Steps: []tasks.StepInput{step("Copy", "shell")}}
}

func step(description string, runTypes ...string) tasks.StepInput {
	in := tasks.StepInput{Description: models.Plain(description)}
	for _, runType := range runTypes {
		in.Contents = append(in.Contents, tasks.ContentInput{Message: models.Plain(description), RunType: runType, Code: "true"})
	}
	return in
}

func (b *bundle) submit(t *testing.T, v models.Viewer, in tasks.SubmitInput) *models.Task {
	t.Helper()
	task, err := b.Submit(b.ctx, v, in)
	require.NoError(t, err)
	return task
}

// claim plays the built-in worker.
func (b *bundle) claim(t *testing.T, worker string) *models.Task {
	t.Helper()
	_, err := b.Heartbeat(b.ctx, models.Worker{ID: worker, Name: worker})
	require.NoError(t, err)
	claimed, err := b.ClaimNext(b.ctx, worker, 1)
	require.NoError(t, err)
	require.Len(t, claimed, 1, "there is a task to claim")
	return claimed[0]
}

var first = models.ContentRef{Step: 1, Content: 1}

func (b *bundle) begin(t *testing.T, task *models.Task, ref models.ContentRef) {
	t.Helper()
	_, err := b.Begin(b.ctx, tasks.LeaseOf(task), ref)
	require.NoError(t, err)
}

func (b *bundle) end(t *testing.T, task *models.Task, ref models.ContentRef, status models.Status) *models.Task {
	t.Helper()
	o := tasks.Outcome{Status: status}
	if status == models.Failed {
		code := 3
		o.ExitCode = &code
		o.Failure = &models.TaskError{Code: models.ErrExitCode, Message: models.Message("error.exit", "3")}
	}
	after, err := b.EndExecution(b.ctx, tasks.LeaseOf(task), ref, ref, o)
	require.NoError(t, err)
	return after
}

// requireFolded checks that folding all events gives the stored row, and that they
// have no hole. Progress and lines that waited may be stored meanwhile.
func (b *bundle) requireFolded(t *testing.T, id int64) *models.Task {
	t.Helper()
	stored, err := b.store.Task(b.ctx, id)
	require.NoError(t, err)
	folded := models.Origin(stored)
	for folded.Version < stored.Version {
		events, err := b.store.Events(b.ctx, id, folded.Version, 100)
		require.NoError(t, err)
		require.NotEmpty(t, events, "the events reach the version of the row")
		for _, e := range events {
			require.Equal(t, folded.Version+1, e.Number, "events have no hole")
			if folded.Apply(e); folded.Version == stored.Version {
				break
			}
		}
	}
	folded.LogLines, folded.LogBytes = stored.LogLines, stored.LogBytes
	folded.LastOutputAt, folded.ReportSequence = stored.LastOutputAt, stored.ReportSequence
	require.Equal(t, asJSON(t, stored), asJSON(t, folded))
	return stored
}
