package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"stepcast/client"
	"stepcast/internal/terminal"
)

// taskOptions say what to run: they add to a file, or make a task without one.
type taskOptions struct {
	steps       []string
	description string
	runType     string
	vars        []string
	secrets     []string
	labels      []string
	priority    int
	timeout     time.Duration
	attempts    int
	key         string
	after       string
}

func (o *taskOptions) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&o.description, "description", "d", "", "what the task does, in place of the file's")
	f.StringVar(&o.runType, "run-type", "shell", "what runs the commands: shell, python, …")
	f.StringArrayVarP(&o.vars, "var", "v", nil, "a variable as NAME=VALUE; scripts have it in their environment")
	f.StringArrayVar(&o.secrets, "secret", nil, "the name of a secret of the server that the task may use")
	f.StringArrayVarP(&o.labels, "label", "l", nil, "a label as KEY=VALUE, to find the task by")
	f.IntVar(&o.priority, "priority", 0, "-100 to 100; higher runs first")
	f.DurationVar(&o.timeout, "timeout", 0, "how long an attempt may run, such as 90s or 2h")
	f.IntVar(&o.attempts, "max-attempts", 0, "how often it may be started, the first time included")
	f.StringVar(&o.key, "key", "", "two submissions with the same key make one task")
	f.StringVar(&o.after, "after", "", "not before this: a time, or a span such as 90m")
}

// apply puts what the flags say into a task.
func (o *taskOptions) apply(cmd *cobra.Command, in *client.SubmitInput) error {
	for _, text := range o.steps {
		in.Steps = append(in.Steps, o.step(text))
	}
	if o.description != "" {
		in.Description = o.description
	}
	if in.Description == "" && len(in.Steps) > 0 {
		in.Description = in.Steps[0].Description
	}
	labels, err := readLabels(o.labels)
	if err != nil {
		return err
	}
	in.Labels = append(in.Labels, labels...)
	in.Secrets = append(in.Secrets, o.secrets...)
	for _, pair := range o.vars {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return fail(ExitUsage, fmt.Errorf("--var: %q is not NAME=VALUE; write for example --var REGION=eu", pair))
		}
		if in.Variables == nil {
			in.Variables = map[string]any{}
		}
		in.Variables[name] = value
	}
	return o.applyLimits(cmd, in)
}

// applyLimits puts in what was given: 0 is a value too.
func (o *taskOptions) applyLimits(cmd *cobra.Command, in *client.SubmitInput) error {
	given := cmd.Flags().Changed
	if given("priority") {
		in.Priority = o.priority
	}
	if given("max-attempts") {
		if o.attempts < 1 {
			return fail(ExitUsage, fmt.Errorf("--max-attempts is %d; write 1 or more", o.attempts))
		}
		in.MaxAttempts = o.attempts
	}
	if given("timeout") {
		if o.timeout < time.Second || o.timeout%time.Second != 0 {
			return fail(ExitUsage, fmt.Errorf("--timeout is %s; write whole seconds, 1s or more", o.timeout))
		}
		in.TimeoutSeconds = int(o.timeout / time.Second)
	}
	if given("key") {
		in.IdempotencyKey = o.key
	}
	after, err := readTime("after", o.after, time.Now(), 1)
	if err == nil && !after.IsZero() {
		in.StartAfter = after
	}
	return err
}

// step reads "description: command", or a command that describes itself.
func (o *taskOptions) step(text string) client.StepInput {
	description, command, ok := strings.Cut(text, ": ")
	if !ok || strings.TrimSpace(command) == "" || strings.TrimSpace(description) == "" {
		description, command = shortened(text), text
	}
	return o.oneStep(strings.TrimSpace(description), strings.TrimSpace(command))
}

func (o *taskOptions) oneStep(description, code string) client.StepInput {
	return client.StepInput{
		Description: description,
		Contents:    []client.ContentInput{{Message: description, RunType: o.runType, Code: code + "\n"}},
	}
}

// describedMax is how many columns of a command describe it.
const describedMax = 80

// shortened is a command as a description: its first line, cut.
func shortened(command string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(command), "\n")
	return terminal.Truncate(terminal.Escape(line), describedMax)
}

type submitOptions struct {
	server
	taskOptions
	output
	watch, log bool
}

func (e *env) submitCommand() *cobra.Command {
	var o submitOptions
	c := &cobra.Command{
		Use:   "submit [FILE|-]",
		Short: "Hand in a task",
		Long: "Hands in a task from a JSON or YAML file, \"-\" is standard input, in the form of\n" +
			"SubmitTaskInput of the GraphQL schema, or one made of --step. It prints the id of the\n" +
			"task; once it has, no crash of the server loses it.\n\n" +
			"Flags come in place of what the file says, or add to it: labels, variables and steps.",
		Example: "  stepcast submit task.yaml\n" +
			"  stepcast submit --step \"Build: make\" --step \"Test: make test\" --watch\n" +
			"  stepcast submit backup.json --var DAY=monday --label team=ops --after 22:00\n" +
			"  stepcast submit --run-type python --step \"Count: print(6*7)\"",
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, files []string) error { return e.submit(cmd, &o, files) },
	}
	o.server.flags(c)
	o.taskOptions.flags(c)
	o.flag(c)
	f := c.Flags()
	f.StringArrayVar(&o.steps, "step", nil, "a step to run, as \"DESCRIPTION: COMMAND\"")
	f.BoolVarP(&o.watch, "watch", "w", false, "watch it until it ends, and end as it does")
	f.BoolVar(&o.log, "log", false, "show its log too, with --watch")
	e.completeProfile(c)
	e.completeRunTypes(c, &o.server)
	return c
}

func (e *env) submit(cmd *cobra.Command, o *submitOptions, files []string) error {
	var in client.SubmitInput
	switch {
	case len(files) == 1:
		var err error
		if in, err = e.readInput(files[0]); err != nil {
			return err
		}
	case len(o.steps) == 0:
		return usage(cmd, errors.New("name the file of a task, or give --step"))
	}
	if err := o.apply(cmd, &in); err != nil {
		return err
	}
	if o.log && !o.watch {
		return usage(cmd, errors.New("--log goes with --watch"))
	}
	ctx := cmd.Context()
	w := newWatching(e, o.output, o.log, "")
	return e.calling(ctx, &o.server, func(c connection) error {
		task, err := c.Submit(ctx, in)
		if err != nil {
			return err
		}
		if !o.watch {
			return e.writeSubmitted(o.output, task)
		}
		return w.watch(ctx, c.Client, []*client.Task{task})
	}, client.WithBackoff(w.link.backoff))
}

// writeSubmitted writes the id alone, for scripts to take.
func (e *env) writeSubmitted(out output, task *client.Task) error {
	if out == outputJSON {
		return writeJSON(e.Stdout, task)
	}
	_, err := io.WriteString(e.Stdout, terminal.Escape(task.ID)+"\n")
	return err
}
