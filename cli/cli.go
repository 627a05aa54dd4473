package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"stepcast/client"
	"stepcast/internal/terminal"
)

// Options is what the commands need to know of their surroundings.
type Options struct {
	// Environ is the environment, as os.Environ gives it.
	Environ        []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// Groups of the commands, for the help of the root command.
const (
	tasksID  = "tasks"
	peopleID = "people"
)

// Add adds the commands that talk to a server, and the help topic of their exit codes, to
// the root command.
func Add(root *cobra.Command, o Options) {
	e := &env{Options: o}
	root.AddGroup(&cobra.Group{ID: tasksID, Title: "Tasks of a server:"}, &cobra.Group{ID: peopleID, Title: "Who may use it:"})
	run := e.runCommand()
	for _, c := range []*cobra.Command{
		e.submitCommand(), run, e.watchCommand(),
		e.lsCommand(), e.showCommand(), e.logCommand(),
		e.cancelCommand(), e.pauseCommand(), e.resumeCommand(), e.retryCommand(),
		e.execCommand(),
	} {
		add(root, tasksID, c)
	}
	for _, c := range []*cobra.Command{e.loginCommand(), e.logoutCommand(), e.tokenCommand(), e.userCommand()} {
		add(root, peopleID, c)
	}
	run.SetFlagErrorFunc(runUsage)
	root.AddCommand(exitCodesTopic())
}

func add(root *cobra.Command, group string, c *cobra.Command) {
	c.GroupID = group
	c.SetFlagErrorFunc(usage)
	root.AddCommand(c)
}

// env is what the commands share.
type env struct {
	Options
}

// get gives a variable of the environment; the last one of a name counts.
func (e *env) get(name string) string {
	value := ""
	for _, variable := range e.Environ {
		if v, ok := strings.CutPrefix(variable, name+"="); ok {
			value = v
		}
	}
	return value
}

// note tells a person something that is no output.
func (e *env) note(format string, args ...any) {
	fmt.Fprintf(e.Stderr, format+"\n", args...)
}

// isTerminal says whether people read the output as it comes.
func (e *env) isTerminal() bool { return terminal.Is(e.Stdout) }

// language is what texts are asked for in: that of the environment.
func (e *env) language() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		value, _, _ := strings.Cut(e.get(name), ".")
		value, _, _ = strings.Cut(value, "@")
		switch value {
		case "":
			continue
		case "C", "POSIX":
			return ""
		}
		return strings.ReplaceAll(value, "_", "-")
	}
	return ""
}

// connection is a client of the server that was found.
type connection struct {
	*client.Client
	target target
}

// calling runs f with a client of the server that the flags name, and explains its error.
func (e *env) calling(ctx context.Context, s *server, f func(c connection) error, options ...client.Option) error {
	t, err := e.find(s)
	if err != nil {
		return err
	}
	c, err := t.client(e, options...)
	if err != nil {
		return fail(ExitUsage, fmt.Errorf("%s: %w", t.from, err))
	}
	return explain(ctx, t, f(connection{c, t}))
}

// args wraps a check of arguments, whose errors are ones of usage.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usage(cmd, err)
		}
		return nil
	}
}

// workingFolder is where a search for a server begins; "." when it cannot be told.
func workingFolder() string {
	dir, err := os.Getwd()
	if err != nil {
		return "."
	}
	return dir
}
