// Package executor says what an executor is, and keeps the registry of them. An
// executor runs one submitted content; the engine calls it and never knows how.
package executor

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"stepcast/models"
)

// An Executor runs one submitted content from its beginning to its end.
//
// Execute blocks until nothing of the execution is left: no process, no
// connection. It is called once per content and attempt, concurrently for
// different contents. Failing work is a Result with a Failure, not an error; an
// error means that the executor itself is broken, and fails the content with
// START_FAILED.
//
// When ctx is cancelled, context.Cause says why (ErrCancel, ErrTimeout,
// ErrLeaseLost, ErrShutdown); the executor ends the work within the grace period
// and returns what it did in Result.
type Executor interface {
	Info() Info
	Execute(ctx context.Context, req Request, sink Sink) (Result, error)
}

// Why an execution is ended early: the cause of its context.
var (
	ErrCancel    = errors.New("cancelled")
	ErrTimeout   = errors.New("time limit reached")
	ErrLeaseLost = errors.New("lease lost")
	ErrShutdown  = errors.New("server is stopping")
)

// Info describes a run type to those who submit.
type Info struct {
	// Name is the run type: shell, python, …
	Name string
	// Reason says why it cannot run here and what would enable it; empty when it can.
	Reason      string
	Description string
	// ParamsSchema is the JSON Schema of params; unknown keys are refused.
	ParamsSchema json.RawMessage
}

// Request is what to run.
type Request struct {
	Task    int64
	Attempt int
	// Content names the submitted content.
	Content models.ContentRef
	Code    string
	// Params is a JSON object that Validate accepted; empty when none was given.
	Params json.RawMessage
	// Env has the task's variables and secrets, as environment variables.
	Env map[string]string
	// AllowSteps is whether the script may declare the task's steps (one step, one submitted content).
	AllowSteps bool
	// Pause carries the wish of its owner: true to stand still, false to go on. The
	// newest value counts. The executor answers each with Sink.Paused. Never closed.
	Pause <-chan bool
	// Lease carries the instant at which the worker's lease is over, the newest counts: an
	// execution that gets no later one by then stands still until it does. The first is
	// there before Execute is called; a zero time takes the limit away. Nil is no limit.
	// Executors that keep no process may leave it alone. Never closed.
	Lease <-chan time.Time
}

// A Sink takes what an execution tells. Its methods may be called from several
// goroutines, keep the order of each, and may block to hold a fast writer back.
// Messages are plain texts. Control bytes and invalid UTF-8 are the sink's to clean.
type Sink interface {
	ScriptSink
	// Usage tells what the execution used so far.
	Usage(models.ResourceUsage)
	// Paused confirms that all of it stands still (true) or runs again (false).
	Paused(bool)
	// Results takes result sets and files.
	Results
}

// A ScriptSink is the part of a Sink that lines of a script speak to.
type ScriptSink interface {
	// Progress sets the progress of the content that was opened last, 0 to 100 (clamped);
	// NaN leaves the progress, and an empty message the message, as it is.
	Progress(percent float64, message string)
	// Content opens the next content: the first planned one with that message that has not
	// begun, else the next planned one, else a new one. The one before ends as SUCCEEDED.
	Content(message string)
	// Plan declares the contents to come, in order.
	Plan(messages []string)
	// Steps declares the steps of the task, in order; the first is begun. Only with AllowSteps.
	Steps(descriptions []string)
	// Step begins the named step, declared before or not; the one before ends as SUCCEEDED. Only with AllowSteps.
	Step(description string)
	// Log appends one physical line, without its line break.
	Log(level models.LogLevel, stream models.LogStream, text string)
}

// Result is how an execution ended.
type Result struct {
	// ExitCode of the process; nil where there was none, or a signal ended it.
	ExitCode *int
	// Failure is nil when it succeeded. After a cancel it may be anything; the engine knows why it ended.
	Failure *models.TaskError
	// Signals sent to end it, in order: "TERM", "KILL".
	Signals []string
	// Survivors counts processes that could not be ended.
	Survivors int
}

// A ParamsChecker refuses params that break its schema; the error is for whoever submits.
type ParamsChecker interface {
	// CheckParams returns a *models.Fault whose Field is relative to params.
	CheckParams(params json.RawMessage) error
}

// A CodeChecker decides about the code of a content, which may be blank then. A run type
// whose executor is none needs code that is not.
type CodeChecker interface {
	// CheckCode returns a *models.Fault whose Field is relative to the content. Of params
	// that are malformed it says nothing: that is for CheckParams.
	CheckCode(code string, params json.RawMessage) error
}
