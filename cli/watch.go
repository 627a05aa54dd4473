package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"stepcast/client"
	"stepcast/internal/terminal"
)

// watchMax is how many tasks are watched at once: each has a socket of its own.
const watchMax = 20

type watchOptions struct {
	server
	output
	log   bool
	level string
}

func (e *env) watchCommand() *cobra.Command {
	var o watchOptions
	c := &cobra.Command{
		Use:   "watch [ID…]",
		Short: "Watch tasks until they end",
		Long: "Watches tasks until they have ended, those that run now when none is named: on a terminal\n" +
			"as a tree that is kept up to date, in a pipe as a line for each event that matters, with\n" +
			"-o json as one value of JSON a line. Afterwards the exit code says how they ended; see\n" +
			"\"stepcast help exit-codes\". Ctrl-C ends the watching, not the tasks.",
		Example: "  stepcast watch 7\n  stepcast watch 7 8 --log\n  stepcast watch\n  stepcast watch 7 -o json",
		Args:    args(cobra.MaximumNArgs(watchMax)),
		RunE:    func(cmd *cobra.Command, ids []string) error { return e.watch(cmd.Context(), &o, ids) },
	}
	o.server.flags(c)
	o.flag(c)
	c.Flags().BoolVar(&o.log, "log", false, "show the logs too")
	c.Flags().StringVar(&o.level, "level", "", "with --log only what is at least debug, info, warn or error")
	fixedValues(c, "level", "debug", "info", "warn", "error")
	e.completeProfile(c)
	e.completeTasks(c, &o.server, watchMax, families["active"]...)
	return c
}

func (e *env) watch(ctx context.Context, o *watchOptions, ids []string) error {
	level, err := readLevel(o.level)
	if err != nil {
		return err
	}
	w := newWatching(e, o.output, o.log, level)
	return e.calling(ctx, &o.server, func(c connection) error {
		tasks, err := e.tasksToWatch(ctx, c.Client, ids)
		if err != nil {
			return err
		}
		return w.watch(ctx, c.Client, tasks)
	}, client.WithBackoff(w.link.backoff))
}

// tasksToWatch reads the tasks that were named, or those that run.
func (e *env) tasksToWatch(ctx context.Context, c *client.Client, ids []string) ([]*client.Task, error) {
	if len(ids) == 0 {
		running := client.TaskFilter{Statuses: []client.Status{
			client.StatusRunning, client.StatusPausing, client.StatusPaused, client.StatusCancelling,
		}}
		page, err := c.TaskPage(ctx, client.PageQuery{Filter: running, First: watchMax})
		if err != nil {
			return nil, err
		}
		if len(page.Tasks) == 0 {
			e.note("No task runs.")
		}
		if page.HasNext {
			e.note("stepcast: more than %d tasks run; these are the newest", watchMax)
		}
		for _, task := range page.Tasks {
			ids = append(ids, task.ID)
		}
	}
	tasks := []*client.Task{}
	named := map[string]bool{}
	for _, id := range ids {
		task, err := c.Task(ctx, id)
		if client.CodeOf(err) == client.CodeNotFound {
			return nil, fail(ExitNotFound, fmt.Errorf("there is no task %s, or you may not see it", terminal.Escape(id)))
		}
		if err != nil {
			return nil, err
		}
		if !named[task.ID] {
			named[task.ID] = true
			tasks = append(tasks, task)
		}
	}
	return tasks, nil
}

// watching is how tasks are followed and told of on this output.
type watching struct {
	env    *env
	link   *link
	teller teller
	live   *live // nil when the output is no terminal
	log    bool
	level  client.LogLevel
}

func newWatching(e *env, out output, log bool, level client.LogLevel) *watching {
	w := &watching{env: e, log: log, level: level}
	switch {
	case out == outputJSON:
		w.teller = &jsonl{out: e.Stdout, env: e}
	case e.isLive():
		w.live = newLive(e)
		w.teller = w.live
	default:
		w.teller = newPlain(e, e.Stdout)
	}
	w.link = &link{told: w.teller.lost}
	if w.live != nil {
		w.live.link = w.link
	}
	return w
}

// watch follows tasks to their ends; its error says how they ended.
func (w *watching) watch(ctx context.Context, c *client.Client, tasks []*client.Task) error {
	ended, err := w.follow(ctx, c, tasks)
	if err != nil {
		return err
	}
	return verdict(ended)
}

// follow tells of tasks until they have ended.
func (w *watching) follow(ctx context.Context, c *client.Client, tasks []*client.Task) ([]*client.Task, error) {
	f := &follower{c: c, link: w.link, log: w.log, level: w.level, teller: w.teller}
	if w.live == nil {
		return f.follow(ctx, tasks)
	}
	drawing, stop := context.WithCancel(context.WithoutCancel(ctx))
	drawn := make(chan error, 1)
	go func() { drawn <- w.live.run(drawing) }()
	ended, err := f.follow(ctx, tasks)
	stop()
	return ended, errors.Join(err, <-drawn)
}

// leaveScreen lets what was drawn stand, because something else was written below it.
func (w *watching) leaveScreen() {
	if w.live != nil {
		w.live.area = terminal.NewArea(w.env.Stdout, w.env.size)
	}
}
