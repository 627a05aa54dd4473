package cli

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"stepcast/client"
	"stepcast/internal/terminal"
)

const (
	// completionTimeout bounds what a shell waits for.
	completionTimeout = 3 * time.Second
	completionTasks   = 50
)

// completeTasks completes task ids, the latest changed first, of tasks with one of these
// statuses; any when there are none. most bounds the ids on a command line, 0 does not.
func (e *env) completeTasks(cmd *cobra.Command, s *server, most int, statuses ...client.Status) {
	cmd.ValidArgsFunction = func(cmd *cobra.Command, given []string, typed string) ([]string, cobra.ShellCompDirective) {
		if most > 0 && len(given) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var found []string
		// What goes wrong has no place in a completion: there is none then.
		_ = e.listing(cmd.Context(), s, client.TaskFilter{Statuses: statuses}, func(task *client.Task) {
			if strings.HasPrefix(task.ID, typed) && !slices.Contains(given, task.ID) {
				found = append(found, terminal.Escape(task.ID)+"\t"+terminal.Escape(string(task.Status)+" "+task.Description))
			}
		})
		return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}
}

func (e *env) listing(ctx context.Context, s *server, filter client.TaskFilter, each func(task *client.Task)) error {
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, cancel := context.WithTimeout(ctx, completionTimeout)
	defer cancel()
	return e.calling(ctx, s, func(c connection) error {
		page, err := c.TaskPage(ctx, client.PageQuery{Filter: filter, OrderBy: client.OrderRecentlyChanged, First: completionTasks})
		for _, task := range page.Tasks {
			each(task)
		}
		return err
	})
}

// completeRunTypes completes the kinds of work that the server runs.
func (e *env) completeRunTypes(cmd *cobra.Command, s *server) {
	complete(cmd, "run-type", func() (found []string) {
		ctx, cancel := context.WithTimeout(context.Background(), completionTimeout)
		defer cancel()
		// What goes wrong has no place in a completion.
		_ = e.calling(ctx, s, func(c connection) error {
			types, err := c.RunTypes(ctx)
			for _, t := range types {
				if t.Enabled {
					found = append(found, terminal.Escape(t.Name)+"\t"+terminal.Escape(t.Description))
				}
			}
			return err
		})
		return found
	})
}

func (e *env) completeProfile(cmd *cobra.Command) {
	complete(cmd, "profile", func() []string {
		file, err := e.readProfiles()
		if err != nil {
			return nil
		}
		return slices.Sorted(maps.Keys(file.Profiles))
	})
}

// fixedValues completes a flag by values that never change.
func fixedValues(cmd *cobra.Command, flag string, values ...string) {
	complete(cmd, flag, func() []string { return values })
}

func complete(cmd *cobra.Command, flag string, values func() []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return values(), cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic(err) // the flag does not exist: a mistake in this package
	}
}
