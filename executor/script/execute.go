package script

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"stepcast/executor"
	"stepcast/internal/process"
	"stepcast/models"
)

// Execute implements executor.Executor. A ctx that is done ends the script: TERM, the
// grace period, KILL.
func (e *Executor) Execute(ctx context.Context, req executor.Request, sink executor.Sink) (executor.Result, error) {
	if e.reason != "" {
		return executor.StartFailed(e.reason), nil
	}
	p, err := readParams(req.Params)
	if err != nil {
		return executor.Refused(err), nil
	}
	dir, file, err := e.makeWorkDir(req)
	if err != nil {
		return executor.Result{}, err
	}
	defer func() { _ = RemoveWork(dir) }()

	x := &execution{executor: e, req: req, sink: sink}
	result := x.run(ctx, e.spec(req, p, dir, file, sink))
	if ctx.Err() == nil {
		x.collect(ctx, dir)
	}
	return result, nil
}

// spec is the process of an execution, without its consumers.
func (e *Executor) spec(req executor.Request, p params, dir, file string, sink executor.Sink) process.Spec {
	env, refused := e.environment(req, p, dir)
	if len(refused) > 0 {
		sink.Log(models.Warn, models.System, fmt.Sprintf("The script does not get these variables, because of their names: %s", strings.Join(refused, ", ")))
	}
	spec := process.Spec{Path: e.interpreter, Args: []string{file}, Env: env, Dir: dir, Grace: e.options.Grace, Mark: e.options.Mark}
	if p.Interpreter != "" {
		spec.Path = p.Interpreter
	}
	if p.Cwd != "" {
		spec.Dir = p.Cwd
	}
	return spec
}

// execution is one script that runs.
type execution struct {
	executor *Executor
	req      executor.Request
	sink     executor.Sink
	lines    *executor.ScriptLines
	process  *process.Process
}

func (x *execution) run(ctx context.Context, spec process.Spec) executor.Result {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	x.lines = executor.NewScriptLines(x.sink, executor.ScriptOptions{
		AllowSteps: x.req.AllowSteps, Limit: x.executor.options.OutputLimit, OnLimit: stop,
	})
	spec.Stdout, spec.Stderr = x.lines.Stdout(), x.lines.Stderr()
	spec.OnUsage = func(u process.Usage) { x.sink.Usage(x.usage(u)) }
	select {
	case spec.Lease = <-x.req.Lease:
	default:
	}
	var err error
	if x.process, err = process.Start(ctx, spec); err != nil {
		return executor.StartFailed(err.Error())
	}
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		x.follow()
	}()
	exit, err := x.process.Wait()
	<-followed
	x.lines.Close()
	x.sink.Usage(x.usage(exit.Usage))
	if exit.LeftBehind > 0 {
		x.sink.Log(models.Info, models.System, fmt.Sprintf("Processes that the script left running were ended: %d", exit.LeftBehind))
	}
	return x.result(exit, err)
}

func (x *execution) usage(u process.Usage) models.ResourceUsage {
	return models.ResourceUsage{
		CPUSeconds:  u.CPU.Round(time.Millisecond).Seconds(),
		RSSBytes:    u.RSS,
		MaxRSSBytes: u.MaxRSS,
		Processes:   u.Processes,
		OutputBytes: x.lines.Bytes(),
		Containment: process.Containment(),
	}
}

// result says in the words of the model how it ended. An error is that of a shim that
// was lost: somebody killed it, and the script with it.
func (x *execution) result(exit process.Exit, err error) executor.Result {
	r := executor.Result{ExitCode: exit.Code, Signals: exit.Signals, Survivors: exit.Survivors}
	switch {
	case x.lines.LimitExceeded():
		r.Failure = failure(models.ErrOutputLimit, "error.output", strconv.FormatInt(x.executor.options.OutputLimit, 10))
	case err != nil || exit.Signal != "":
		r.Failure = failure(models.ErrKilled, "error.killed", exit.Signal)
	case *exit.Code != 0:
		r.Failure = failure(models.ErrExitCode, "error.exit", strconv.Itoa(*exit.Code))
	}
	return r
}

func failure(code models.TaskErrorCode, key, arg string) *models.TaskError {
	return &models.TaskError{Code: code, Message: models.Message(key, arg)}
}
