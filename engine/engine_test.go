package engine_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"stepcast/bus/memory"
	"stepcast/engine"
	"stepcast/executor"
	"stepcast/models"
	"stepcast/store/storetest"
	"stepcast/tasks"
	"stepcast/watch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var owner = models.Viewer{Name: "max", Role: models.Member}

// scripted is an executor whose code is the name of what it is to do.
type scripted struct {
	mu      sync.Mutex
	running int
	most    int
	// attempt is the newest that was begun.
	attempt int
}

func (*scripted) Info() executor.Info {
	return executor.Info{Name: "shell", ParamsSchema: []byte(`{}`)}
}

func (s *scripted) Execute(ctx context.Context, req executor.Request, sink executor.Sink) (executor.Result, error) {
	s.mu.Lock()
	s.running++
	s.most = max(s.most, s.running)
	s.attempt = max(s.attempt, req.Attempt)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.running--
		s.mu.Unlock()
	}()
	switch req.Code {
	case "fail":
		code := 3
		return executor.Result{ExitCode: &code, Failure: &models.TaskError{Code: models.ErrExitCode, Message: models.Message("error.exit", "3")}}, nil
	case "break":
		return executor.Result{}, errors.New("no such device")
	case "panic":
		panic("boom")
	case "secret":
		sink.Log(models.Info, models.Stdout, "the token is "+req.Env["TOKEN"]+", not "+req.Env["PLAIN"])
	case "tell":
		return executor.Result{Failure: &models.TaskError{Code: models.ErrReported, Message: models.Message("error.start", "bad token "+req.Env["TOKEN"])}}, nil
	case "use":
		sink.Usage(models.ResourceUsage{CPUSeconds: 1, RSSBytes: 200, MaxRSSBytes: 300, Processes: 1, OutputBytes: 5, Containment: "none"})
		sink.Usage(models.ResourceUsage{CPUSeconds: 1.5, MaxRSSBytes: 300, OutputBytes: 10, Containment: "none"})
	case "block":
		return s.block(ctx, req, sink)
	}
	return executor.Result{ExitCode: new(int)}, nil
}

// block runs until it is ended, and stands still when told.
func (*scripted) block(ctx context.Context, req executor.Request, sink executor.Sink) (executor.Result, error) {
	sink.Progress(10, "blocking")
	for {
		select {
		case still := <-req.Pause:
			sink.Paused(still)
		case <-ctx.Done():
			return executor.Result{Signals: []string{"TERM"}, Failure: &models.TaskError{Code: models.ErrKilled}}, nil
		}
	}
}

func (s *scripted) count() (running, most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running, s.most
}

func (s *scripted) newest() (attempt int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.attempt
}

type bundle struct {
	*tasks.Service
	executor *scripted
	engine   *engine.Engine
}

func setup(t *testing.T, change ...func(*engine.Options)) *bundle {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	s, b := storetest.OpenSQLite(t), memory.New()
	hub, unsubscribe := watch.New(watch.Options{Store: s, Bus: b, Logger: quiet})
	x := &scripted{}
	registry := executor.NewRegistry(x)
	service := tasks.New(tasks.Options{
		Store: s, Bus: b, Hub: hub, Registry: registry, Secrets: map[string]string{"TOKEN": "hunter2"},
		Lease: 2 * time.Second, Logger: quiet,
	})
	service.Start()
	o := engine.Options{
		Tasks: service, Registry: registry, Bus: b, ID: "w", Slots: 3, Logger: quiet,
		Secrets: map[string]string{"TOKEN": "hunter2"},
	}
	for _, f := range change {
		f(&o)
	}
	e := engine.New(o)
	require.NoError(t, e.Start(t.Context()))
	t.Cleanup(func() {
		now, cancel := context.WithCancel(context.Background())
		cancel()
		e.Stop(now)
		service.Stop()
		unsubscribe()
	})
	return &bundle{Service: service, executor: x, engine: e}
}

func (b *bundle) submit(t *testing.T, codes ...string) *models.Task {
	t.Helper()
	in := tasks.SubmitInput{
		Description: models.Plain("x"), Secrets: []string{"TOKEN"}, Variables: models.JSON(`{"PLAIN":"this"}`),
		Steps: []tasks.StepInput{{Description: models.Plain("x")}},
	}
	for _, code := range codes {
		in.Steps[0].Contents = append(in.Steps[0].Contents, tasks.ContentInput{Message: models.Plain(code), RunType: "shell", Code: code})
	}
	task, err := b.Submit(t.Context(), owner, in)
	require.NoError(t, err)
	return task
}

func (b *bundle) await(t *testing.T, id int64, status models.Status) (task *models.Task) {
	t.Helper()
	require.Eventually(t, func() bool {
		var err error
		task, err = b.Task(t.Context(), owner, id)
		return err == nil && task.Status == status
	}, 20*time.Second, 5*time.Millisecond, "task %d is %s", id, status)
	return task
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.Equal(t, 0, *b.await(t, b.submit(t, "ok").ID, models.Succeeded).Steps[0].Contents[0].ExitCode)
	for code, want := range map[string]models.TaskErrorCode{
		"fail": models.ErrExitCode, "break": models.ErrStartFailed, "panic": models.ErrStartFailed,
	} {
		task := b.await(t, b.submit(t, code).ID, models.Failed)
		require.Equal(t, want, task.Failure.Code, code)
		require.NotEmpty(t, task.Failure.Message.In("en"))
	}
}

func TestSecretsAreMasked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.await(t, b.submit(t, "secret").ID, models.Succeeded)
	log, err := b.Log(t.Context(), owner, task.ID, tasks.LogQuery{First: 100})
	require.NoError(t, err)
	require.Contains(t, fmt.Sprint(log.Lines), "the token is ***, not this")
	require.NotContains(t, fmt.Sprint(log.Lines), "hunter2")

	told := b.await(t, b.submit(t, "tell").ID, models.Failed)
	require.Contains(t, told.Failure.Message.In("en"), "bad token ***")
}

func TestSlotsBoundWhatRuns(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var blocked []*models.Task
	for range 6 {
		blocked = append(blocked, b.submit(t, "block"))
	}
	for _, task := range blocked[:3] {
		b.await(t, task.ID, models.Running)
	}
	for _, task := range blocked {
		_, err := b.Cancel(t.Context(), owner, tasks.ControlInput{ID: task.ID})
		require.NoError(t, err)
		b.await(t, task.ID, models.Cancelled)
	}
	_, most := b.executor.count()
	require.LessOrEqual(t, most, 3)
}

func TestMaxParallel(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := tasks.SubmitInput{Description: models.Plain("x"), Steps: []tasks.StepInput{{Description: models.Plain("x"), MaxParallel: 2}}}
	for range 8 {
		in.Steps[0].Contents = append(in.Steps[0].Contents, tasks.ContentInput{Message: models.Plain("x"), RunType: "shell", Code: "ok"})
	}
	task, err := b.Submit(t.Context(), owner, in)
	require.NoError(t, err)
	b.await(t, task.ID, models.Succeeded)
	_, most := b.executor.count()
	require.LessOrEqual(t, most, 2)
}

func TestPauseResumeCancel(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.submit(t, "block", "block")
	require.Eventually(t, func() bool {
		running, _ := b.executor.count()
		return running == 2
	}, 20*time.Second, 5*time.Millisecond)
	in := tasks.ControlInput{ID: task.ID}
	for range 5 {
		_, err := b.Pause(t.Context(), owner, in)
		require.NoError(t, err)
		paused := b.await(t, task.ID, models.Paused)
		require.Equal(t, models.Paused, paused.Steps[0].Contents[1].Status)
		_, err = b.Resume(t.Context(), owner, in)
		require.NoError(t, err)
		b.await(t, task.ID, models.Running)
	}
	_, err := b.Pause(t.Context(), owner, in)
	require.NoError(t, err)
	b.await(t, task.ID, models.Paused)
	_, err = b.Cancel(t.Context(), owner, in)
	require.NoError(t, err)
	ended := b.await(t, task.ID, models.Cancelled)
	require.Equal(t, []string{"TERM"}, ended.Ending.Signals)
	require.Equal(t, "max", ended.Ending.By)
}

// TestStopHandsBack stops with work running, again and again: nothing is left behind.
func TestStopHandsBack(t *testing.T) {
	t.Parallel()
	for range 10 {
		b := setup(t)
		task := b.submit(t, "block")
		b.await(t, task.ID, models.Running)
		now, cancel := context.WithCancel(t.Context())
		cancel()
		var group sync.WaitGroup
		for range 2 { // it may be called more than once
			group.Go(func() { b.engine.Stop(now) })
		}
		group.Wait()
		b.engine.Stop(now)
		require.Equal(t, models.ErrLeaseLost, b.await(t, task.ID, models.Failed).Failure.Code)
	}
}

func TestStopBeforeStart(t *testing.T) {
	t.Parallel()
	engine.New(engine.Options{}).Stop(t.Context())
}

// TestLostLeaseEndsTheWork takes a running task away from the engine.
func TestLostLeaseEndsTheWork(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.submit(t, "block")
	held := b.await(t, task.ID, models.Running)
	_, err := b.HandBack(t.Context(), tasks.LeaseOf(held))
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		running, _ := b.executor.count()
		return running == 0
	}, 20*time.Second, 5*time.Millisecond, "what is fenced is ended")
}

// TestClaimedAgain: an engine that lost a lease without noticing claims the next attempt.
func TestClaimedAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task, err := b.Submit(t.Context(), owner, tasks.SubmitInput{
		Description: models.Plain("x"), MaxAttempts: 2, BackoffSeconds: new(int),
		Steps: []tasks.StepInput{{Description: models.Plain("x"), Contents: []tasks.ContentInput{
			{Message: models.Plain("block"), RunType: "shell", Code: "block"},
		}}},
	})
	require.NoError(t, err)
	held := b.await(t, task.ID, models.Running)
	_, err = b.HandBack(t.Context(), tasks.LeaseOf(held))
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		running, _ := b.executor.count()
		return b.executor.newest() == 2 && running == 1
	}, 20*time.Second, 5*time.Millisecond, "the older run is ended, and the newer goes on")
}
