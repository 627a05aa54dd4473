package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"stepcast/client"
)

type lsOptions struct {
	server
	filterOptions
	output
	count int
	order string
	watch bool
}

// Bounds of ls -n.
const (
	lsCountDefault = 20
	lsCountMax     = 10_000
	// lsWatchMax is the largest page that a server gives: a list that is kept up to date
	// is read anew whenever it changes.
	lsWatchMax = 100
)

var orders = map[string]client.TaskOrder{
	"newest": client.OrderNewest, "oldest": client.OrderOldest, "changed": client.OrderRecentlyChanged,
}

func (e *env) lsCommand() *cobra.Command {
	var o lsOptions
	c := &cobra.Command{
		Use:     "ls",
		Aliases: []string{"list"},
		Short:   "List tasks",
		Long:    "Lists tasks that you may see, the newest first.\n\nWith --watch a terminal keeps the list up to date until Ctrl-C; in a pipe each change is a line.",
		Example: "  stepcast ls\n" +
			"  stepcast ls --status running,failed --since 24h\n" +
			"  stepcast ls --label team=maps --owner ann -n 100\n" +
			"  stepcast ls --status active --watch\n" +
			"  stepcast ls -o json | jq -r .id",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return e.ls(cmd.Context(), &o) },
	}
	o.server.flags(c)
	o.filterOptions.flags(c)
	o.flag(c)
	c.Flags().IntVarP(&o.count, "count", "n", lsCountDefault, fmt.Sprintf("how many at most, up to %d", lsCountMax))
	c.Flags().StringVar(&o.order, "order", "newest", "newest, oldest, or changed for the latest change first")
	c.Flags().BoolVarP(&o.watch, "watch", "w", false, "keep the list up to date")
	fixedValues(c, "order", "newest", "oldest", "changed")
	e.completeProfile(c)
	return c
}

func (e *env) ls(ctx context.Context, o *lsOptions) error {
	filter, err := o.filter(time.Now())
	if err != nil {
		return err
	}
	order, ok := orders[o.order]
	switch {
	case !ok:
		return fail(ExitUsage, fmt.Errorf("--order: there is no order %q; write newest, oldest or changed", o.order))
	case o.count < 1 || o.count > lsCountMax:
		return fail(ExitUsage, fmt.Errorf("-n is %d; write 1 to %d", o.count, lsCountMax))
	case o.watch && o.count > lsWatchMax:
		return fail(ExitUsage, fmt.Errorf("-n is %d; with --watch write 1 to %d", o.count, lsWatchMax))
	}
	if o.watch {
		return e.lsWatch(ctx, o, filter, order)
	}
	return e.calling(ctx, &o.server, func(c connection) error {
		tasks, err := someTasks(ctx, c.Client, filter, order, o.count)
		if err != nil {
			return err
		}
		return e.writeTasks(o.output, tasks)
	})
}

// someTasks reads the first tasks of a list.
func someTasks(ctx context.Context, c *client.Client, filter client.TaskFilter, order client.TaskOrder, count int) ([]*client.Task, error) {
	var tasks []*client.Task
	for q := (client.PageQuery{Filter: filter, OrderBy: order}); len(tasks) < count; {
		q.First = min(count-len(tasks), lsWatchMax)
		page, err := c.TaskPage(ctx, q)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, page.Tasks...)
		if !page.HasNext || page.EndCursor == q.After {
			break
		}
		q.After = page.EndCursor
	}
	return tasks, nil
}

func (e *env) writeTasks(out output, tasks []*client.Task) error {
	if out == outputJSON {
		for _, task := range tasks {
			if err := writeJSON(e.Stdout, task); err != nil {
				return err
			}
		}
		return nil
	}
	if len(tasks) == 0 {
		e.note("No task matches.")
	}
	return taskTable(tasks, time.Now()).write(e)
}

// taskTable lists tasks for people.
func taskTable(tasks []*client.Task, now time.Time) *table {
	t := &table{heads: []string{"ID", "STATUS", "DONE", "TIME", "SUBMITTED", "OWNER", "DESCRIPTION"}}
	for _, task := range tasks {
		t.add(task.ID, string(task.Status), percent(task.Progress), span(elapsed(task, now)), since(task.CreatedAt, now), task.Owner, task.Description)
	}
	return t
}
