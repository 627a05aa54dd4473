package sql

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"stepcast/executor"
	"stepcast/models"
)

// maxContents bounds the contents that an execution declares. Statements beyond run
// under the last one.
const maxContents = 500

// maxMessage bounds what a database says, in characters.
const maxMessage = 1000

// Execute implements executor.Executor. When ctx is done the running statement is ended,
// on the server too, and no other begins.
func (e *Executor) Execute(ctx context.Context, req executor.Request, sink executor.Sink) (executor.Result, error) {
	if e.reason != "" {
		return executor.StartFailed(e.reason), nil
	}
	name, err := e.dataSource(req.Params)
	if err != nil {
		return executor.Refused(err), nil
	}
	x := &execution{executor: e, sink: sink, control: executor.NewControl(req, sink)}
	if !x.control.Hold(ctx) {
		return x.endedEarly(), nil
	}
	if x.session, err = e.connect(ctx, name); err != nil {
		if ctx.Err() != nil {
			return x.endedEarly(), nil
		}
		return executor.StartFailed(fmt.Sprintf("data source %q: %s", name, err)), nil
	}
	return x.run(ctx, req), nil
}

// execution is one script that runs.
type execution struct {
	executor   *Executor
	sink       executor.Sink
	control    *executor.Control
	session    session
	statements []ready
	// sent is what was sent to end a statement.
	sent []string
}

func (x *execution) run(ctx context.Context, req executor.Request) (result executor.Result) {
	defer func() {
		if !x.session.close() {
			result.Survivors = 1
			x.log(models.Warn, "The server did not say in time that the statement has ended; it may still run there")
		}
	}()
	if err := x.prepare(req); err != nil {
		return executor.StartFailed(err.Error())
	}
	x.plan()
	result = x.each(ctx)
	if len(x.sent) == 0 && x.session.rollback() {
		x.log(models.Warn, "The transaction that was open at the end was rolled back; end it with COMMIT to keep its changes")
	}
	return result
}

// prepare reads the whole script before any of it runs.
func (x *execution) prepare(req executor.Request) error {
	d := x.session.dialect()
	list, err := split(req.Code, d)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return errNoStatement
	}
	for _, s := range list {
		r, err := prepare(s, d, req.Env)
		if err != nil {
			return err
		}
		x.statements = append(x.statements, r)
	}
	return nil
}

// plan declares a content for each statement.
func (x *execution) plan() {
	var messages []string
	for i := range min(len(x.statements), maxContents) {
		messages = append(messages, x.message(i))
	}
	x.sink.Plan(messages)
}

// message is that of a statement's content.
func (x *execution) message(i int) string {
	if rest := len(x.statements) - i; i == maxContents-1 && rest > 1 {
		return fmt.Sprintf("%d more statements", rest)
	}
	return x.statements[i].summary
}

// each runs the statements in order, until one fails.
func (x *execution) each(ctx context.Context) executor.Result {
	for i := range x.statements {
		if !x.control.Hold(ctx) {
			return x.endedEarly()
		}
		if i < maxContents {
			x.sink.Content(x.message(i))
		} else {
			x.sink.Progress(100*float64(i-maxContents+1)/float64(len(x.statements)-maxContents+1), "")
		}
		if failed := x.perform(ctx, i); failed != nil {
			return *failed
		}
	}
	return executor.Result{}
}

// perform runs a statement and tells of it; nil when it succeeded.
func (x *execution) perform(ctx context.Context, i int) *executor.Result {
	s := &x.statements[i]
	x.log(models.Info, "%s, line %d: %s", x.place(i), s.line, s.summary)
	for _, name := range s.quoted {
		x.log(models.Warn, "%s: ${%s} stands in quotes and is left as it is; write it outside, for example CONCAT('a', ${%s})", x.place(i), name, name)
	}
	began := time.Now()
	done, err := x.attended(ctx, s)
	took := time.Since(began).Round(100 * time.Microsecond)
	switch {
	case len(x.sent) > 0 || err != nil && ctx.Err() != nil:
		x.log(models.Warn, "%s was ended after %s", x.place(i), took)
		r := x.endedEarly()
		return &r
	case err != nil:
		why := shorten(err.Error())
		x.log(models.Error, "%s failed after %s: %s", x.place(i), took, why)
		return &executor.Result{Failure: &models.TaskError{
			Code:    models.ErrReported,
			Message: models.Message("error.sql.statement", strconv.Itoa(i+1), strconv.Itoa(len(x.statements)), strconv.Itoa(s.line), why),
		}}
	}
	x.log(models.Info, "%s took %s: %s", x.place(i), took, done)
	return nil
}

// shorten bounds what a database says: SQLite repeats what it does not understand, however long.
func shorten(text string) string {
	runes := 0
	for i := range text {
		if runes++; runes > maxMessage {
			return text[:i] + "…"
		}
	}
	return text
}

func (x *execution) place(i int) string {
	return fmt.Sprintf("Statement %d of %d", i+1, len(x.statements))
}

// attended runs a statement while wishes are heard.
func (x *execution) attended(ctx context.Context, s *ready) (done string, err error) {
	defer x.control.Attend(ctx.Done(), func(ended <-chan struct{}) { x.sent = x.session.stop(ended) })()
	return x.statement(ctx, s)
}

// endedEarly is the result of what did not run to its end.
func (x *execution) endedEarly() executor.Result {
	return executor.Result{Signals: x.sent, Failure: &models.TaskError{
		Code: models.ErrKilled, Message: models.Message("error.sql.ended"),
	}}
}

func (x *execution) log(level models.LogLevel, format string, args ...any) {
	x.sink.Log(level, models.System, fmt.Sprintf(format, args...))
}
