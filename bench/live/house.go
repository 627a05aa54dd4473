package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"golang.org/x/sync/errgroup"

	"stepcast/bus/memory"
	"stepcast/executor"
	"stepcast/internal/sharing"
	"stepcast/models"
	"stepcast/resolvers"
	"stepcast/store"
	"stepcast/tasks"
	"stepcast/watch"
)

// house is what both GraphQL servers stand on: the schema, the use cases, the hub and a
// SQLite database, with tasks that run and whose changes are made here.
type house struct {
	schema graphql.ExecutableSchema
	share  sharing.PlanFunc
	tasks  *tasks.Service
	hub    *watch.Hub
	// running has the newest snapshot of each task. They grow away from what is stored,
	// which hurts nobody: the hub ignores a database that is behind what it was told.
	running []*models.Task
	ids     []int64
}

// worker and owner are who runs the tasks, and whose they are.
var (
	worker = models.Worker{ID: "bench", Name: "bench"}
	owner  = models.Viewer{Name: "ann", Role: models.Admin}
)

// longRun is more than any measurement takes: no lease ends and no task counts as stalled.
const longRun = time.Hour

// queueLimit is more tasks than there ever are: the length of the queue is an estimate.
const queueLimit = 1 << 20

// newHouse makes a database in the folder, and n tasks in it that run. Nothing of it is
// ever stopped: it lasts as long as its process, and the folder is thrown away.
func newHouse(ctx context.Context, folder string, n int, extra string) (*house, error) {
	quiet := slog.New(slog.DiscardHandler)
	database, err := store.Open(ctx, store.Options{URL: "sqlite://" + filepath.Join(folder, "stepcast.db"), Logger: quiet})
	if err != nil {
		return nil, err
	}
	messages := memory.New()
	hub, _ := watch.New(watch.Options{Store: database, Bus: messages, Logger: quiet})
	go hub.Run(ctx)
	h := &house{hub: hub}
	h.tasks = tasks.New(tasks.Options{
		Store: database, Bus: messages, Hub: hub, Registry: executor.NewRegistry(noop{}), Logger: quiet,
		Lease: longRun, StallAfter: longRun, QueueLimit: queueLimit, OwnerLimit: queueLimit, Alone: true,
	})
	h.tasks.Start()
	resolving := resolvers.Options{
		Service: h.tasks,
		Viewer:  func(context.Context) (models.Viewer, error) { return owner, nil },
	}
	h.schema, h.share = resolvers.NewSchema(resolving), resolvers.NewPlan(resolving)
	if err := h.submit(ctx, n); err != nil {
		return nil, fmt.Errorf("submit %d tasks: %w", n, err)
	}
	if err := h.begin(ctx, n); err != nil {
		return nil, fmt.Errorf("begin %d tasks: %w", n, err)
	}
	for i, t := range h.running {
		t = t.Clone()
		last := &t.Steps[steps-1].Contents[contents-1].Message
		*last = models.Plain(last.Plain + extra)
		h.running[i] = t
	}
	return h, nil
}

// submitters is how many tasks are submitted or begun side by side, so that they share commits.
const submitters = 64

// submit stores n tasks.
func (h *house) submit(ctx context.Context, n int) error {
	in := submission()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(submitters)
	for range n {
		group.Go(func() error {
			_, err := h.tasks.Submit(ctx, owner, in)
			return err
		})
	}
	return group.Wait()
}

// submission is a task that shows its first event to come, number 0, from the beginning.
func submission() tasks.SubmitInput {
	in := tasks.SubmitInput{Description: models.Plain("Publish a map")}
	for range steps {
		step := tasks.StepInput{Description: models.Plain(description)}
		for range contents {
			step.Contents = append(step.Contents, tasks.ContentInput{
				Message: models.Plain(message), RunType: noop{}.Info().Name, Code: "nothing",
			})
		}
		in.Steps = append(in.Steps, step)
	}
	in.Steps[0].Contents[0].Message = models.Plain(event{}.text())
	return in
}

// begin takes the tasks as their worker, and begins the first content of each.
func (h *house) begin(ctx context.Context, n int) error {
	if _, err := h.tasks.Heartbeat(ctx, worker); err != nil {
		return err
	}
	for len(h.running) < n {
		claimed, err := h.tasks.ClaimNext(ctx, worker.ID, min(submitters, n-len(h.running)))
		if err != nil {
			return err
		}
		if len(claimed) == 0 {
			return fmt.Errorf("only %d tasks could be claimed", len(h.running))
		}
		h.running = append(h.running, claimed...)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(submitters)
	for i, claimed := range h.running {
		group.Go(func() (err error) {
			h.running[i], err = h.tasks.Begin(ctx, tasks.LeaseOf(claimed), models.ContentRef{Step: 1, Content: 1})
			return err
		})
		h.ids = append(h.ids, claimed.ID)
	}
	return group.Wait()
}

// publish changes every task, and tells the hub as the recorder does when it has
// committed: what is measured begins there. Commits are measured elsewhere.
func (h *house) publish(e event) error {
	text, now := models.Plain(e.text()), time.Now().UTC().Truncate(time.Millisecond)
	commits := make([]watch.Commit, len(h.running))
	for i, t := range h.running {
		next := t.Clone()
		next.Version++
		next.UpdatedAt = now
		next.Steps[0].Contents[0].Message = text
		h.running[i], commits[i].Task = next, next
	}
	h.hub.Committing(h.ids)
	h.hub.Committed(commits)
	return nil
}

// taskIDs are the ids by which clients name the tasks.
func (h *house) taskIDs() []string {
	names := make([]string, len(h.ids))
	for i, id := range h.ids {
		names[i] = models.TaskID(id)
	}
	return names
}

// noop is the run type of the tasks. Nothing executes it: they stay where they are.
type noop struct{}

func (noop) Info() executor.Info {
	return executor.Info{Name: "noop", Description: "does nothing", ParamsSchema: []byte(`{"type":"object"}`)}
}

func (noop) Execute(context.Context, executor.Request, executor.Sink) (executor.Result, error) {
	return executor.Result{}, nil
}

var _ executor.Executor = noop{}
