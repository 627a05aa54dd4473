package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"stepcast/client"
	"stepcast/internal/process"
)

// Exit codes of Exec that are not the program's own, as env(1) has them.
const (
	// ExitExec: exec itself failed; the program did not run, or nobody knows how it ended.
	ExitExec = ExitRunFailure
	// ExitCannotRun: the program was found, but cannot be run.
	ExitCannotRun = 126
	// ExitNoProgram: there is no such program.
	ExitNoProgram = 127
)

const (
	// ExecBufferDefault is how much output waits for the server in memory, in bytes.
	ExecBufferDefault = 8 << 20
	// ExecSpoolDefault is how much more of it waits in a temporary file, in bytes.
	ExecSpoolDefault = 1 << 30
	// ExecLogLimitDefault is how much output becomes lines of the log, in bytes.
	ExecLogLimitDefault = 1 << 30
)

// ExecOptions say what Exec runs, and how it is shown. Zero values are the defaults.
type ExecOptions struct {
	// Command is the program and its arguments. A name without a slash is looked up in PATH.
	Command []string
	// Env is the program's environment as "NAME=value", to which STEPCAST_TASK_ID,
	// STEPCAST_CONTENT_ID and STEPCAST_ATTEMPT are added. Nil is that of this process.
	Env []string
	// Dir is where the program runs; empty is the working directory of this process.
	Dir string

	// Task is a waiting task with an external step to work on; empty makes a new one, with
	// what follows.
	Task string
	// Description is of the new task; empty is the command line.
	Description string
	Labels      []client.Label
	// Timeout bounds the running time of the new task, in whole seconds; 0 is no bound.
	Timeout time.Duration

	// Stdin is handed to the program; nil is an empty one.
	Stdin *os.File
	// Stdout and Stderr get the program's output as it is; nil for nobody. Stderr also gets
	// what Exec itself has to say.
	Stdout, Stderr io.Writer
	// Signals are those that this process gets: see docs/exec.md for what they do.
	Signals <-chan os.Signal
	// Quiet leaves out the line that names the task.
	Quiet bool

	// Grace is the time between TERM and KILL when the program is ended; 0 is
	// process.GraceDefault.
	Grace time.Duration
	// KillOnLost ends the program when the lease is lost. Without it the program goes on,
	// and nobody sees it on the server.
	KillOnLost bool
	// MarkersOnly does not look for progress in what the program prints, but for markers.
	MarkersOnly bool
	// Buffer, Spool and LogLimit are ExecBufferDefault, ExecSpoolDefault and
	// ExecLogLimitDefault when 0, in bytes. With a negative Spool there is no file.
	Buffer, Spool, LogLimit int64
}

// Exec runs a program as an outside worker of a server: it makes a task, claims it, and
// reports what the program prints, how far it has come and how it ended. The exit code is
// the program's own, 128 and the signal's number for one that a signal ended, or one of
// ExitExec, ExitCannotRun and ExitNoProgram. An error is what could not be done, also
// beside an exit code of the program: then the server does not know all. When ctx ends
// the program is ended: TERM, the grace period, KILL.
func Exec(ctx context.Context, c *client.Client, o ExecOptions) (exitCode int, err error) {
	if err := o.check(); err != nil {
		return ExitExec, err
	}
	o.setDefaults()
	path, err := process.LookPath(o.Command[0])
	if err != nil {
		return exitOfLookup(err), fmt.Errorf("%s: %w; name a program in PATH, or the path of one", o.Command[0], lookupReason(err))
	}
	server, err := c.Server(ctx)
	if err != nil {
		return ExitExec, fmt.Errorf("ask the server what it takes: %w", err)
	}
	if err := o.fits(server.Limits); err != nil {
		return ExitExec, err
	}
	lease, err := claim(ctx, c, o, server.Limits)
	if err != nil {
		return ExitExec, err
	}
	defer lease.Close()
	x := newExecution(c, lease, o, server.Limits)
	defer x.queue.free()
	x.say(!o.Quiet, "task %s", lease.Claim.Task.ID)
	return x.run(ctx, path)
}

func (o *ExecOptions) setDefaults() {
	if o.Env == nil {
		o.Env = os.Environ()
	}
	if o.Stdout == nil {
		o.Stdout = io.Discard
	}
	if o.Stderr == nil {
		o.Stderr = io.Discard
	}
	if o.Buffer == 0 {
		o.Buffer = ExecBufferDefault
	}
	if o.Spool == 0 {
		o.Spool = ExecSpoolDefault
	}
	if o.LogLimit == 0 {
		o.LogLimit = ExecLogLimitDefault
	}
}

// check names the option that cannot be, whatever the server is.
func (o *ExecOptions) check() error {
	switch {
	case len(o.Command) == 0 || o.Command[0] == "":
		return errors.New(`no program is given: name it after "--", as in: stepcast exec -- rsync -a from to`)
	case o.Timeout < 0 || o.Timeout%time.Second != 0:
		return fmt.Errorf("timeout: %v cannot be; give whole seconds, or 0 for no bound", o.Timeout)
	case o.Grace < 0:
		return fmt.Errorf("grace: %v is negative; give the time between TERM and KILL, such as 10s", o.Grace)
	case o.Buffer < 0 || o.LogLimit < 0:
		return errors.New("buffer and log limit: give a number of bytes, or 0 for the default")
	case o.Task != "" && (o.Description != "" || len(o.Labels) > 0 || o.Timeout != 0):
		return errors.New("task: description, labels and timeout are of a new task; leave them out to work on one that exists")
	}
	return nil
}

// fits names the option that is more than the server takes.
func (o *ExecOptions) fits(limits client.TaskLimits) error {
	most := time.Duration(limits.TimeoutSeconds) * time.Second
	length := utf8.RuneCountInString(o.Description)
	switch {
	case o.Timeout > most:
		return fmt.Errorf("timeout: %v is too long; the server takes up to %v, or 0 for no bound", o.Timeout, most)
	case length > limits.TextLength:
		return fmt.Errorf("description: it has %d characters; the server takes %d at most", length, limits.TextLength)
	}
	return nil
}

// claim makes the task, unless one is named, and takes it.
func claim(ctx context.Context, c *client.Client, o ExecOptions, limits client.TaskLimits) (*client.Lease, error) {
	// The lease is kept until the server knows all, also when ctx has ended.
	lasting := context.WithoutCancel(ctx)
	if o.Task != "" {
		lease, err := c.Lease(lasting, client.ClaimInput{ID: o.Task})
		if err != nil {
			return nil, fmt.Errorf("claim task %s: %w; it has to wait for an outside worker", o.Task, err)
		}
		return lease, nil
	}
	description := o.Description
	if description == "" {
		description = cutText(commandLine(o.Command), limits.TextLength)
	}
	task, err := c.Submit(ctx, client.SubmitInput{
		Description: description,
		Steps: []client.StepInput{{
			Description: description,
			Contents:    []client.ContentInput{external(description)},
		}},
		Labels:         o.Labels,
		TimeoutSeconds: int(o.Timeout / time.Second),
		IdempotencyKey: "exec-" + rand.Text(),
	})
	if err != nil {
		return nil, fmt.Errorf("make the task: %w", err)
	}
	lease, err := c.Lease(lasting, client.ClaimInput{ID: task.ID})
	if err == nil {
		return lease, nil
	}
	// Nobody would ever work on it, unless another worker has it already.
	if !errors.Is(err, client.ErrNothingToClaim) {
		_, _ = c.Cancel(lasting, task.ID)
	}
	return nil, fmt.Errorf("claim task %s: %w", task.ID, err)
}

func external(message string) client.ContentInput {
	return client.ContentInput{Message: message, RunType: "external"}
}

// commandLine writes a command as a shell would read it.
func commandLine(command []string) string {
	words := make([]string, len(command))
	for i, word := range command {
		words[i] = word
		if word == "" || strings.ContainsAny(word, " \t\n\"'`$&|;<>()*?[]{}\\#~!") {
			words[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.ToValidUTF8(strings.Join(words, " "), "\uFFFD")
}

// cutText bounds a description or a message, in characters.
func cutText(text string, most int) string {
	n := 0
	for i := range text {
		if n++; n >= most && i < len(text)-utf8.UTFMax {
			return text[:i] + "…"
		}
	}
	return text
}
