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
		e.quickly(cmd.Context(), s, func(ctx context.Context, c connection) error {
			page, err := c.TaskPage(ctx, client.PageQuery{
				Filter: client.TaskFilter{Statuses: statuses}, OrderBy: client.OrderRecentlyChanged, First: completionTasks,
			})
			for _, task := range page.Tasks {
				if strings.HasPrefix(task.ID, typed) && !slices.Contains(given, task.ID) {
					found = append(found, terminal.Escape(task.ID)+"\t"+terminal.Escape(string(task.Status)+" "+task.Description))
				}
			}
			return err
		})
		return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}
}

// quickly asks the server for what a shell is to offer. What goes wrong has no place in a
// completion: there is nothing to offer then.
func (e *env) quickly(ctx context.Context, s *server, ask func(ctx context.Context, c connection) error) {
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, cancel := context.WithTimeout(ctx, completionTimeout)
	defer cancel()
	_ = e.calling(ctx, s, func(c connection) error { return ask(ctx, c) })
}

// completeTokens completes names of tokens, or ids where a name would not do.
func (e *env) completeTokens(cmd *cobra.Command, o *tokenRevokeOptions) {
	cmd.ValidArgsFunction = func(cmd *cobra.Command, given []string, typed string) (found []string, _ cobra.ShellCompDirective) {
		e.quickly(cmd.Context(), &o.server, func(ctx context.Context, c connection) error {
			tokens, _, err := collect(c.Tokens(ctx, string(o.user)))
			for _, token := range tokens {
				word := token.ID
				if _, err := findToken(tokens, token.Name); err == nil && isPlainWord(token.Name) && !o.byID && !(typed != "" && strings.HasPrefix(word, typed)) {
					word = token.Name
				}
				if strings.HasPrefix(word, typed) && !slices.Contains(given, word) {
					found = append(found, terminal.Escape(word)+"\t"+terminal.Escape(token.ID+" "+token.Name+", "+scopeList(token.Scopes)))
				}
			}
			return err
		})
		return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}
}

// users gives the names of users as completions, with their roles.
func (e *env) users(ctx context.Context, s *server) (found []string) {
	e.quickly(ctx, s, func(ctx context.Context, c connection) error {
		users, _, err := collect(c.Users(ctx))
		for _, user := range users {
			found = append(found, terminal.Escape(user.Name)+"\t"+terminal.Escape(string(user.Role)))
		}
		return err
	})
	return found
}

// completeUser completes the name of a user as the first argument, and words after it.
func (e *env) completeUser(cmd *cobra.Command, s *server, then ...string) {
	cmd.ValidArgsFunction = func(cmd *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
		var found []string
		switch len(given) {
		case 0:
			found = e.users(cmd.Context(), s)
		case 1:
			found = then
		}
		return found, cobra.ShellCompDirectiveNoFileComp
	}
}

// userFlag adds the flag that names a user.
func (e *env) userFlag(cmd *cobra.Command, s *server, user *named, usage string) {
	cmd.Flags().Var(user, "user", usage+"; yours unless it is given")
	complete(cmd, "user", func() []string { return e.users(cmd.Context(), s) })
}

// completeRunTypes completes the kinds of work that the server runs.
func (e *env) completeRunTypes(cmd *cobra.Command, s *server) {
	complete(cmd, "run-type", func() (found []string) {
		e.quickly(cmd.Context(), s, func(ctx context.Context, c connection) error {
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
