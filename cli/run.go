package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"stepcast/client"
	"stepcast/internal/terminal"
)

type runOptions struct {
	server
	taskOptions
	output
	quiet       bool
	onInterrupt string
}

// What Ctrl-C does to the task of run: the values of --on-interrupt.
const (
	interruptAsk    = "ask"
	interruptCancel = "cancel"
	interruptLeave  = "leave"
)

func (e *env) runCommand() *cobra.Command {
	var o runOptions
	c := &cobra.Command{
		Use:   "run FILE|- | run -- COMMAND…",
		Short: "Run a task as if it were a program here",
		Long: "Hands in a task, from a file as \"submit\" does or a command after \"--\", shows its progress\n" +
			"and its log, and ends with the exit code of the first of its contents that failed. A\n" +
			"command of one word or text is a line of shell; several words are quoted for it.\n\n" +
			"In a pipe, standard output has what the task writes to its standard output, and nothing\n" +
			"else; what it writes to standard error, and its progress, come on standard error.\n\n" +
			"Ctrl-C asks whether to cancel the task; a second one ends the command, and the task\n" +
			"goes on. The exit codes are told by \"stepcast help exit-codes\".",
		Example: "  stepcast run -- make -j4 test\n" +
			"  stepcast run -- 'tar cz /srv | wc -c'\n" +
			"  stepcast run task.yaml --var REGION=eu > result.txt\n" +
			"  stepcast run --on-interrupt cancel nightly.json",
		Args: func(cmd *cobra.Command, given []string) error {
			if len(given) == 1 || len(given) > 0 && cmd.ArgsLenAtDash() == 0 {
				return nil
			}
			return runUsage(cmd, errors.New("name the file of a task, or give a command after --"))
		},
		RunE: func(cmd *cobra.Command, given []string) error { return runCode(e.run(cmd, &o, given)) },
	}
	o.server.flags(c)
	o.taskOptions.flags(c)
	o.flag(c)
	c.Flags().BoolVarP(&o.quiet, "quiet", "q", false, "show the log only, no progress")
	c.Flags().StringVar(&o.onInterrupt, "on-interrupt", interruptAsk, "what Ctrl-C does to the task: ask, cancel or leave")
	fixedValues(c, "on-interrupt", interruptAsk, interruptCancel, interruptLeave)
	e.completeProfile(c)
	e.completeRunTypes(c, &o.server)
	return c
}

// runUsage is usage with run's exit code.
func runUsage(cmd *cobra.Command, err error) error { return runCode(usage(cmd, err)) }

// runCode keeps the failures of run itself apart from what a script may exit with.
func runCode(err error) error {
	script := new(scriptError)
	if errors.As(err, &script) {
		return fail(script.code, nil)
	}
	if code := ExitCode(err); code == ExitFailure || code == ExitUsage {
		return fail(ExitRunFailure, err)
	}
	return err
}

// scriptError is that a script ended with an exit code of its own.
type scriptError struct{ code int }

func (e *scriptError) Error() string {
	return fmt.Sprintf("the script ended with exit code %d", e.code)
}

func (e *env) run(cmd *cobra.Command, o *runOptions, given []string) error {
	switch o.onInterrupt {
	case interruptAsk, interruptCancel, interruptLeave:
	default:
		return fail(ExitUsage, fmt.Errorf("--on-interrupt: there is no %q; write ask, cancel or leave", o.onInterrupt))
	}
	in, err := e.runInput(cmd, o, given)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	w := newRunning(e, o)
	return e.calling(ctx, &o.server, func(c connection) error {
		task, err := c.Submit(ctx, in)
		if err != nil {
			return err
		}
		ended, err := w.follow(ctx, c.Client, []*client.Task{task})
		if isInterrupted(ctx, err) {
			ended, err = e.interrupted(ctx, c.Client, w, o.onInterrupt, task.ID)
		}
		if err != nil {
			return err
		}
		if code, ok := scriptCode(ended[0]); ok && ended[0].Status == client.StatusFailed {
			return &exitError{code, &scriptError{code}}
		}
		return verdict(ended)
	}, client.WithBackoff(w.link.backoff))
}

func (e *env) runInput(cmd *cobra.Command, o *runOptions, given []string) (client.SubmitInput, error) {
	var in client.SubmitInput
	if cmd.ArgsLenAtDash() == 0 {
		code := given[0]
		if len(given) > 1 {
			code = quoted(given)
		}
		in = client.SubmitInput{Steps: []client.StepInput{o.oneStep(shortened(code), code)}}
	} else {
		var err error
		if in, err = e.readInput(given[0]); err != nil {
			return in, err
		}
	}
	return in, o.apply(cmd, &in)
}

// newRunning is how run tells of its task: as watch with the log, but that in a pipe the
// standard output is the task's own.
func newRunning(e *env, o *runOptions) *watching {
	w := newWatching(e, o.output, true, "")
	if o.output == outputText && (w.live == nil || o.quiet) {
		w.live = nil
		progress := e.Stderr
		if o.quiet {
			progress = io.Discard
		}
		w.teller = &through{plain: newPlain(e, progress)}
		w.link.told = w.teller.lost
	}
	return w
}

// through lets the output of a task through as if it were a program's here.
type through struct{ *plain }

func (t *through) lines(_ string, lines []client.LogLine) error {
	for _, line := range lines {
		out := t.env.Stdout
		switch line.Stream {
		case client.StreamStderr:
			out = t.env.Stderr
		case client.StreamSystem:
			out = t.out
		}
		if _, err := fmt.Fprintln(out, t.env.logText(line.Text)); err != nil {
			return err
		}
	}
	return nil
}

// interrupted is what follows the first Ctrl-C. The signals do again what the system does
// of itself: a second one ends the program.
func (e *env) interrupted(ctx context.Context, c *client.Client, w *watching, choice, id string) ([]*client.Task, error) {
	if choice == interruptAsk {
		choice = e.askCancel(ctx, id)
		w.leaveScreen()
	}
	if choice == interruptLeave {
		return nil, fail(ExitInterrupted, fmt.Errorf("task %s goes on: \"stepcast watch %s\" shows it, \"stepcast cancel %s\" ends it", id, id, id))
	}
	ctx = context.WithoutCancel(ctx)
	task, err := c.Cancel(ctx, id)
	if code := client.CodeOf(err); code == client.CodeWrongState {
		task, err = c.Task(ctx, id) // it has ended meanwhile
	}
	if err != nil {
		return nil, err
	}
	w.log = false // what came until now was shown
	return w.follow(ctx, c, []*client.Task{task})
}

// askCancel asks on the terminal; where there is none, the task goes on.
func (e *env) askCancel(ctx context.Context, id string) string {
	if !e.mayAsk() {
		return interruptLeave
	}
	// The first Ctrl-C has ended ctx already; the second one ends the program.
	if agreed, err := e.confirm(context.WithoutCancel(ctx), fmt.Sprintf("\nCancel task %s?", terminal.Escape(id))); err != nil || !agreed {
		return interruptLeave
	}
	return interruptCancel
}

// plainWord are the characters that no shell gives a meaning.
const plainWord = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%"

// isPlainWord says whether a shell takes a word as it is.
func isPlainWord(word string) bool { return word != "" && strings.Trim(word, plainWord) == "" }

// quoted writes words as a shell reads them.
func quoted(words []string) string {
	texts := make([]string, len(words))
	for i, word := range words {
		if isPlainWord(word) {
			texts[i] = word
			continue
		}
		texts[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return strings.Join(texts, " ")
}
