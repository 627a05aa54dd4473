package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"stepcast/client"
	"stepcast/internal/terminal"
)

// act does one thing to one task.
type act func(ctx context.Context, c *client.Client, id string) (*client.Task, error)

func (e *env) cancelCommand() *cobra.Command {
	return e.controlCommand("cancel", "End tasks",
		"Ends tasks: what waits ends at once, what runs is CANCELLING until none of its processes is left.",
		func(ctx context.Context, c *client.Client, id string) (*client.Task, error) { return c.Cancel(ctx, id) },
		client.StatusWaiting, client.StatusRunning, client.StatusPausing, client.StatusPaused)
}

func (e *env) pauseCommand() *cobra.Command {
	return e.controlCommand("pause", "Hold tasks",
		"Holds tasks: their processes stand still and use no CPU until they are resumed.",
		func(ctx context.Context, c *client.Client, id string) (*client.Task, error) { return c.Pause(ctx, id) },
		client.StatusWaiting, client.StatusRunning)
}

func (e *env) resumeCommand() *cobra.Command {
	return e.controlCommand("resume", "Let paused tasks go on", "Lets paused tasks go on where they stood.",
		func(ctx context.Context, c *client.Client, id string) (*client.Task, error) { return c.Resume(ctx, id) },
		client.StatusPaused, client.StatusPausing)
}

func (e *env) retryCommand() *cobra.Command {
	return e.controlCommand("retry", "Run again what did not succeed",
		"Starts a new attempt of tasks that FAILED, TIMED_OUT or were CANCELLED. What succeeded is not run again.",
		func(ctx context.Context, c *client.Client, id string) (*client.Task, error) { return c.Retry(ctx, id) },
		client.StatusFailed, client.StatusTimedOut, client.StatusCancelled)
}

func (e *env) controlCommand(name, short, long string, do act, statuses ...client.Status) *cobra.Command {
	var s server
	var out output
	c := &cobra.Command{
		Use:     name + " ID…",
		Short:   short,
		Long:    long + "\n\nEach task is done on its own: what is refused of one does not keep the others. The exit\ncode is that of the first refusal.",
		Example: fmt.Sprintf("  stepcast %s 7\n  stepcast %s 7 8 9", name, name),
		Args:    args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, ids []string) error {
			return e.calling(cmd.Context(), &s, func(c connection) error { return e.control(cmd.Context(), c, ids, do, out) })
		},
	}
	s.flags(c)
	out.flag(c)
	e.completeProfile(c)
	e.completeTasks(c, &s, 0, statuses...)
	return c
}

// control does it to each task, and says what became of each.
func (e *env) control(ctx context.Context, c connection, ids []string, do act, out output) error {
	exit := ExitOK
	for _, id := range ids {
		task, err := do(ctx, c.Client, id)
		if err == nil {
			if err := e.writeTask(out, task); err != nil {
				return err
			}
			continue
		}
		var refusal *client.Error
		if !errors.As(err, &refusal) || refusal.Code == client.CodeUnauthenticated {
			return err // it would be the same for the others
		}
		err = explain(ctx, c.target, err)
		e.note("stepcast: task %s: %v", terminal.Escape(id), err)
		exit = cmp.Or(exit, ExitCode(err))
	}
	if exit != ExitOK {
		return fail(exit, nil)
	}
	return nil
}

// writeTask writes a task as one line.
func (e *env) writeTask(out output, task *client.Task) error {
	if out == outputJSON {
		return writeJSON(e.Stdout, task)
	}
	_, err := fmt.Fprintf(e.Stdout, "%s %s %s\n", terminal.Escape(task.ID), terminal.Escape(string(task.Status)), terminal.Escape(task.Description))
	return err
}
