package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"

	"stepcast/client"
	"stepcast/executor"
	"stepcast/internal/process"
	"stepcast/internal/progress"
	"stepcast/models"
)

// errGivenUp is that somebody does not want to wait until the server knows all.
var errGivenUp = errors.New("interrupted before the server had all of the output")

// execution is one program that runs.
type execution struct {
	client   *client.Client
	lease    *client.Lease
	options  ExecOptions
	queue    *queue
	progress *latest
	reporter *reporter
	lines    *executor.ScriptLines
	process  *process.Process

	terminal sync.Mutex // guards what Exec writes to Stderr

	// interrupts counts what told to end: signals, and the end of the context.
	interrupts atomic.Int32
	// started is closed when process is known, which is nil when it could not be started.
	started chan struct{}
}

func newExecution(c *client.Client, lease *client.Lease, o ExecOptions, limits client.TaskLimits) *execution {
	x := &execution{
		client: c, lease: lease, options: o,
		queue: newQueue(o.Buffer, o.Spool), progress: newLatest(limits.TextLength), started: make(chan struct{}),
	}
	x.reporter = newReporter(lease, x.queue, x.progress, x.warn)
	x.lines = executor.NewScriptLines(&execSink{x.queue, x.progress, limits.TextLength}, executor.ScriptOptions{
		Limit: o.LogLimit, OnLimit: x.overLimit,
	})
	return x
}

// say tells the person at the terminal, when it is to be told.
func (x *execution) say(told bool, format string, args ...any) {
	if !told {
		return
	}
	x.terminal.Lock()
	defer x.terminal.Unlock()
	fmt.Fprintf(x.options.Stderr, "stepcast exec: "+format+"\n", args...)
}

func (x *execution) warn(format string, args ...any) { x.say(true, format, args...) }

// note adds a line of exec's own to the log, and tells it at the terminal.
func (x *execution) note(level models.LogLevel, text string) {
	x.warn("%s", text)
	x.queue.put(entry{level: level, stream: models.Stderr, text: text})
}

func (x *execution) overLimit() {
	x.note(models.Warn, fmt.Sprintf("The program printed more than %d bytes; what comes now is not in the log", x.options.LogLimit))
}

// run runs the program and reports it.
func (x *execution) run(ctx context.Context, path string) (int, error) {
	flushing, giveUp := context.WithCancelCause(context.WithoutCancel(ctx))
	defer giveUp(nil)
	stdout, stderr := x.tee(x.options.Stdout, x.lines.Stdout()), x.tee(x.options.Stderr, x.lines.Stderr())
	var err error
	x.process, err = process.Start(context.WithoutCancel(ctx), process.Spec{
		Path: path, Args: x.options.Command[1:], Env: x.environment(), Dir: x.options.Dir,
		Stdin: x.options.Stdin, Stdout: stdout, Stderr: stderr, Grace: x.options.Grace,
	})
	close(x.started)
	if err != nil {
		return ExitCannotRun, errors.Join(err, x.startFailed(flushing, err))
	}
	ended := make(chan struct{})
	defer close(ended)
	go x.heed(ended, giveUp)
	reported := make(chan error, 1)
	go func() { reported <- x.report(flushing) }()
	stop := x.attend(ctx)
	exit, err := x.process.Wait()
	stop()
	x.lines.Close()
	stdout.close()
	stderr.close()
	return exitCode(exit), errors.Join(err, x.finish(flushing, exit, reported))
}

// environment is the program's.
func (x *execution) environment() []string {
	claim := x.lease.Claim
	return append(x.options.Env[:len(x.options.Env):len(x.options.Env)],
		"STEPCAST_TASK_ID="+claim.Task.ID,
		"STEPCAST_CONTENT_ID="+x.reporter.current,
		"STEPCAST_ATTEMPT="+strconv.Itoa(claim.Task.Attempt))
}

// startFailed reports a program that cannot be run.
func (x *execution) startFailed(ctx context.Context, why error) error {
	if err := x.reporter.note(ctx, models.Error, why.Error()); err != nil {
		return err
	}
	return x.reporter.end(ctx, client.StatusFailed)
}

// report runs the reporter. When nothing can be reported any more, the program is not
// held back for that.
func (x *execution) report(ctx context.Context) error {
	err := x.reporter.begin(ctx)
	if err == nil {
		err = x.reporter.run(ctx)
	}
	if err != nil {
		x.queue.abandon()
	}
	return err
}

// finish reports the rest, and how it ended.
func (x *execution) finish(ctx context.Context, exit process.Exit, reported <-chan error) error {
	status := x.status(ctx, exit)
	if exit.LeftBehind > 0 {
		x.note(models.Info, fmt.Sprintf("Processes that the program left running were ended: %d", exit.LeftBehind))
	}
	if status != client.StatusSucceeded {
		x.queue.put(entry{level: models.Error, stream: models.Stderr, text: ending(exit)})
	}
	x.queue.close()
	if err := <-reported; err != nil {
		return fmt.Errorf("the server does not know how the program ended: %w", err)
	}
	return x.reporter.end(ctx, status)
}

// status is what became of the task. A program that ended well before anybody ended it
// has succeeded, also when it was to be ended; one that was interrupted and does not say
// that all is well was cancelled, for which the server has to be asked first.
func (x *execution) status(ctx context.Context, exit process.Exit) client.Status {
	cancelled := errors.Is(context.Cause(x.lease.Context()), client.ErrCancelled)
	switch {
	case exit.Code != nil && *exit.Code == 0 && (!cancelled || len(exit.Signals) == 0):
		return client.StatusSucceeded
	case cancelled:
		return client.StatusCancelled
	case x.interrupts.Load() == 0:
		return client.StatusFailed
	}
	if _, err := x.client.Cancel(ctx, x.lease.Claim.Task.ID); err != nil {
		x.warn("the task is reported as failed, for it could not be cancelled: %v", err)
		return client.StatusFailed
	}
	return client.StatusCancelled
}

// tee is one stream of the program: to the terminal as it is, to the log, and to where
// progress is looked for.
type tee struct {
	x        *execution
	terminal io.Writer // nil once it takes no more
	lines    io.Writer
	parser   *progress.Parser // nil with MarkersOnly
}

func (x *execution) tee(terminal, lines io.Writer) *tee {
	o := &tee{x: x, terminal: terminal, lines: lines}
	if !x.options.MarkersOnly {
		o.parser = progress.NewParser(x.progress.detect)
	}
	return o
}

// Write implements io.Writer; it takes everything.
func (o *tee) Write(b []byte) (int, error) {
	if o.terminal != nil {
		if _, err := o.terminal.Write(b); err != nil {
			o.terminal = nil
			o.broken(err)
		}
	}
	if o.parser != nil {
		_, _ = o.parser.Write(b) // it returns no error
	}
	return o.lines.Write(b)
}

// broken ends a program whose output nobody reads, as the system would without exec.
func (o *tee) broken(err error) {
	o.x.queue.put(entry{level: models.Warn, stream: models.Stderr, text: fmt.Sprintf("The output cannot be passed on: %v", err)})
	if errors.Is(err, syscall.EPIPE) {
		go o.x.stop() // which may have to wait
	}
}

// stop ends the program, which may just be starting.
func (x *execution) stop() {
	<-x.started
	if x.process != nil {
		x.process.Stop()
	}
}

func (o *tee) close() {
	if o.parser != nil {
		o.parser.Close()
	}
}
