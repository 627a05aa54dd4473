package cli

import (
	"context"
	"fmt"
	"iter"

	"github.com/spf13/cobra"

	"stepcast/client"
	"stepcast/internal/terminal"
)

// acts are what a command does: to one task, and by one request to several where the
// server has that.
type acts struct {
	one  func(c *client.Client, ctx context.Context, id string, opts ...client.ControlOption) (*client.Task, error)
	many func(c *client.Client, ctx context.Context, ids ...string) ([]client.ControlResult, error)
}

func (e *env) cancelCommand() *cobra.Command {
	return e.controlCommand("cancel", "End tasks",
		"Ends tasks: what waits ends at once, what runs is CANCELLING until none of its processes is left.",
		acts{(*client.Client).Cancel, (*client.Client).CancelTasks},
		client.StatusWaiting, client.StatusRunning, client.StatusPausing, client.StatusPaused)
}

func (e *env) pauseCommand() *cobra.Command {
	return e.controlCommand("pause", "Hold tasks",
		"Holds tasks: their processes stand still and use no CPU until they are resumed.",
		acts{one: (*client.Client).Pause},
		client.StatusWaiting, client.StatusRunning)
}

func (e *env) resumeCommand() *cobra.Command {
	return e.controlCommand("resume", "Let paused tasks go on", "Lets paused tasks go on where they stood.",
		acts{one: (*client.Client).Resume},
		client.StatusPaused, client.StatusPausing)
}

func (e *env) retryCommand() *cobra.Command {
	return e.controlCommand("retry", "Run again what did not succeed",
		"Starts a new attempt of tasks that FAILED, TIMED_OUT or were CANCELLED. What succeeded is not run again.",
		acts{(*client.Client).Retry, (*client.Client).RetryTasks},
		client.StatusFailed, client.StatusTimedOut, client.StatusCancelled)
}

func (e *env) controlCommand(name, short, long string, do acts, statuses ...client.Status) *cobra.Command {
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
func (e *env) control(ctx context.Context, c connection, ids []string, do acts, out output) error {
	told := newRefusals(e, c.target)
	known := 0
	for result, err := range do.each(ctx, c.Client, ids) {
		if err != nil {
			return unknownRest(explain(ctx, c.target, err), known, len(ids))
		}
		known++
		if result.Err != nil {
			told.add(ctx, "task "+result.ID, result.Err)
		} else if err := e.writeTask(out, result.Task); err != nil {
			return err
		}
	}
	return told.verdict()
}

// each does it to each task, and gives what became of it. An error is one that would be the
// same for the others; it is the last.
func (a acts) each(ctx context.Context, c *client.Client, ids []string) iter.Seq2[client.ControlResult, error] {
	return func(yield func(client.ControlResult, error) bool) {
		if a.many != nil && len(ids) > 1 {
			results, err := a.many(c, ctx, ids...)
			for _, result := range results {
				if !yield(result, nil) {
					return
				}
			}
			if err != nil {
				yield(client.ControlResult{}, err)
			}
			return
		}
		for _, id := range ids {
			task, err := a.one(c, ctx, id)
			if fatal(err) {
				yield(client.ControlResult{}, err)
				return
			}
			if !yield(client.ControlResult{ID: id, Task: task, Err: err}, nil) {
				return
			}
		}
	}
}

// unknownRest says of how many it is not known whether it was done to them, when there were
// several.
func unknownRest(err error, known, all int) error {
	if all == 1 {
		return err
	}
	return fail(ExitCode(err), fmt.Errorf("%w; what became of the last %d of %d is not known", err, all-known, all))
}

// writeTask writes a task as one line.
func (e *env) writeTask(out output, task *client.Task) error {
	if out == outputJSON {
		return writeJSON(e.Stdout, task)
	}
	_, err := fmt.Fprintf(e.Stdout, "%s %s %s\n", terminal.Escape(task.ID), terminal.Escape(string(task.Status)), terminal.Escape(task.Description))
	return err
}
