package models

import (
	"encoding/json"
	"time"
)

// Task is a unit of work: ordered steps, each of one or more contents. It is the
// row of tasks and, with Steps loaded, the snapshot that everyone is shown.
// A snapshot that left its builder is immutable; change a Clone.
type Task struct {
	ID int64 `gorm:"primaryKey" json:"id"`

	// Set at submission and never changed.
	Owner       string `json:"owner"`
	Description Text   `json:"description"`
	Labels      Labels `json:"labels,omitempty"`
	Variables   JSON   `json:"variables,omitempty"`
	// Secrets are names of secrets of the server, never their values.
	Secrets  Names `json:"secrets,omitempty"`
	Priority int   `json:"priority"`
	// TimeoutSeconds limits each attempt; 0 is no limit.
	TimeoutSeconds int `json:"timeoutSeconds,omitempty"`
	// BackoffSeconds is the wait before the second attempt.
	BackoffSeconds int        `json:"backoffSeconds"`
	StartAfter     *time.Time `json:"startAfter,omitempty"`
	CreatedAt      time.Time  `json:"createdAt"`
	// IdempotencyKey is unique per owner; InputHash tells a repeated submission from another one.
	IdempotencyKey *string `json:"-"`
	InputHash      string  `json:"-"`
	// Creator, Engine and Instance make the id that Linkis clients use (ExecID).
	Creator  string `json:"creator"`
	Engine   string `json:"engine"`
	Instance string `json:"instance"`
	// Origin is the API through which it came: "graphql" or "linkis".
	Origin string `json:"origin"`

	TaskState `gorm:"embedded"`

	// Version goes up by one with each event, so it is also the number of the newest one.
	Version   int64     `json:"version"`
	UpdatedAt time.Time `gorm:"autoUpdateTime:false" json:"updatedAt"`

	// Counters of the log. They are no part of what events fold to.
	LogLines     int64      `json:"-"`
	LogBytes     int64      `json:"-"`
	LastOutputAt *time.Time `json:"-"`
	// ReportSequence is the newest report counted under the current lease (outside
	// workers); no part of what events fold to either.
	ReportSequence int64 `json:"-"`

	// Steps is nil unless loaded.
	Steps []*Step `gorm:"-" json:"steps,omitempty"`
}

// TaskState is what events change of a task; an event carries it whole.
type TaskState struct {
	Status Status `json:"status"`
	// Progress is 0 to 100; at most 99.9 until SUCCEEDED; derived by Fold.
	Progress float64 `json:"progress,omitempty"`
	// Attempt counts from 1; MaxAttempts goes up when a retry by hand exceeds it.
	Attempt     int   `json:"attempt"`
	MaxAttempts int   `json:"maxAttempts"`
	TimelineID  int64 `json:"timelineId"`
	// Attempts are those before the current one, oldest first.
	PastAttempts Attempts `json:"pastAttempts,omitempty"`
	// NotBefore is the instant before which it is not claimed: startAfter, or the end of a backoff.
	NotBefore *time.Time `json:"notBefore,omitempty"`
	// StartedAt and FinishedAt are of the current attempt.
	StartedAt  *time.Time `json:"startedAt,omitempty"`
	FinishedAt *time.Time `json:"finishedAt,omitempty"`
	// RanMillis is how long the attempt's time limit has run until ClockSince, which
	// is null while the clock stands (waiting, paused).
	RanMillis  int64      `json:"ranMillis,omitempty"`
	ClockSince *time.Time `json:"clockSince,omitempty"`
	// Desired is the intent for a task that a worker holds: RUNNING, PAUSING or CANCELLING.
	Desired Status `json:"desired,omitempty"`
	// CancelBy and CancelAs say who asked to cancel, and the final status that follows (CANCELLED or TIMED_OUT).
	CancelBy string `json:"cancelBy,omitempty"`
	CancelAs Status `json:"cancelAs,omitempty"`
	// Worker is the id of the worker (row of workers) that holds the lease; Fencing goes up with each claim.
	Worker  string `json:"worker,omitempty"`
	Fencing int64  `json:"fencing,omitempty"`

	Failure      *TaskError     `json:"failure,omitempty"`
	Ending       *Ending        `json:"ending,omitempty"`
	Usage        *ResourceUsage `json:"usage,omitempty"`
	StalledSince *time.Time     `json:"stalledSince,omitempty"`
	// NextStep is the number that the next declared step gets.
	NextStep int `json:"nextStep"`
}

// Step is a stage of a task; its contents run side by side. The row of steps.
type Step struct {
	TaskID int64 `gorm:"primaryKey;autoIncrement:false" json:"-"`
	// Number names it for ever; Place orders the steps of a task, from 0.
	Number      int    `gorm:"primaryKey;autoIncrement:false" json:"number"`
	Place       int    `json:"place"`
	Key         string `gorm:"column:step_key" json:"key,omitempty"`
	Description Text   `json:"description"`
	// Submitted is the description as submitted, when a script's ::steps replaced it.
	Submitted *Text `json:"submitted,omitempty"`
	// MaxParallel bounds the submitted contents that run at once; 0 is no bound.
	MaxParallel int `json:"maxParallel,omitempty"`
	// Declared is true for a step that a script declared while running.
	Declared    bool       `json:"declared,omitempty"`
	Status      Status     `json:"status"`
	Progress    float64    `json:"progress,omitempty"`
	StartedAt   *time.Time `json:"startedAt,omitempty"`
	FinishedAt  *time.Time `json:"finishedAt,omitempty"`
	NextContent int        `json:"nextContent"`

	Contents []*Content `gorm:"-" json:"contents"`
}

// External says whether outside workers run the step: all of its contents are external, or none.
func (s *Step) External() bool { return len(s.Contents) > 0 && s.Contents[0].RunType == RunExternal }

// RunExternal is the run type of what an outside worker reports.
const RunExternal = "external"

// Content is one thing that a step does. The row of contents.
type Content struct {
	TaskID     int64 `gorm:"primaryKey;autoIncrement:false" json:"-"`
	StepNumber int   `gorm:"primaryKey;autoIncrement:false" json:"step"`
	Number     int   `gorm:"primaryKey;autoIncrement:false" json:"number"`
	Place      int   `json:"place"`

	Key     string `gorm:"column:content_key" json:"key,omitempty"`
	RunType string `json:"runType"`
	// DeclaredBy is the content whose execution declared this one; nil for a submitted content.
	DeclaredBy *ContentRef `json:"declaredBy,omitempty"`
	// Submitted is the message as submitted, put back for a new attempt.
	Submitted Text `json:"submitted"`

	ContentState `gorm:"embedded"`
}

// ContentState is what events change of a content; an event carries it whole.
type ContentState struct {
	Message Text   `json:"message"`
	Status  Status `json:"status"`
	// Measured is isProgressAvailable: whether anything reported a progress.
	Measured   bool       `json:"measured,omitempty"`
	Progress   float64    `json:"progress,omitempty"`
	ExitCode   *int       `json:"exitCode,omitempty"`
	Failure    *TaskError `json:"failure,omitempty"`
	StartedAt  *time.Time `json:"startedAt,omitempty"`
	FinishedAt *time.Time `json:"finishedAt,omitempty"`
}

// ContentSource is what a content runs, apart from the content because it may be
// large and never changes. The row of content_sources.
type ContentSource struct {
	TaskID     int64 `gorm:"primaryKey;autoIncrement:false"`
	StepNumber int   `gorm:"primaryKey;autoIncrement:false"`
	Number     int   `gorm:"primaryKey;autoIncrement:false"`
	// Code has the variables of Linkis submissions filled in, secrets by name only.
	Code string
	// Params is a JSON object, or empty.
	Params JSON
}

// Original is what a client of another API sent, for that API to give back: the row of
// task_originals. It is apart from the task because it may be large and is rarely read.
type Original struct {
	TaskID int64 `gorm:"primaryKey;autoIncrement:false"`
	// Data is a JSON object whose keys are known to that API only.
	Data JSON
}

// TableName implements gorm's Tabler.
func (Original) TableName() string { return "task_originals" }

// Ref names the content within its task.
func (s *ContentSource) Ref() ContentRef { return ContentRef{Step: s.StepNumber, Content: s.Number} }

// Ref names the content within its task.
func (c *Content) Ref() ContentRef { return ContentRef{Step: c.StepNumber, Content: c.Number} }

// Attempt is one run of a task, from its claim to its end.
type Attempt struct {
	Number     int        `json:"n"`
	TimelineID int64      `json:"l"`
	Status     Status     `json:"s"`
	StartedAt  *time.Time `json:"b,omitempty"`
	FinishedAt *time.Time `json:"e,omitempty"`
	Failure    *TaskError `json:"f,omitempty"`
}

// TaskErrorCode says why a task or content did not succeed. The values are those of the GraphQL enum.
type TaskErrorCode string

const (
	ErrExitCode    TaskErrorCode = "EXIT_CODE"
	ErrKilled      TaskErrorCode = "KILLED"
	ErrLeaseLost   TaskErrorCode = "LEASE_LOST"
	ErrOutOfMemory TaskErrorCode = "OUT_OF_MEMORY"
	ErrOutputLimit TaskErrorCode = "OUTPUT_LIMIT"
	ErrReported    TaskErrorCode = "REPORTED"
	ErrStartFailed TaskErrorCode = "START_FAILED"
	ErrTimedOut    TaskErrorCode = "TIMED_OUT"
)

// TaskErrorCodes lists every code.
var TaskErrorCodes = []TaskErrorCode{ErrExitCode, ErrKilled, ErrLeaseLost, ErrOutOfMemory, ErrOutputLimit, ErrReported, ErrStartFailed, ErrTimedOut}

// TaskError is why something did not succeed, and where.
type TaskError struct {
	Code    TaskErrorCode `json:"code"`
	Message Text          `json:"message"`
	// Where names the content to blame; nil when it is the whole task.
	Where *ContentRef `json:"where,omitempty"`
}

// Ending says who or what ended a task: a user's name, EndedByServer or EndedByTask.
type Ending struct {
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Signals []string  `json:"signals,omitempty"`
	// Survivors counts the processes that were left; 0 unless the system refused to end them.
	Survivors int `json:"survivors,omitempty"`
}

const (
	EndedByServer = "server"
	EndedByTask   = "task"
)

// ResourceUsage is what an attempt used so far.
type ResourceUsage struct {
	// At is when it was told; set by the recorder. Figures that stay the same are not
	// told again.
	At         time.Time `json:"at,omitzero"`
	CPUSeconds float64   `json:"cpu"`
	// RSSBytes is the memory held at the last look; MaxRSSBytes the most held at once.
	RSSBytes    int64 `json:"mem,omitempty"`
	MaxRSSBytes int64 `json:"rss"`
	// Processes is how many ran at once at the last look.
	Processes   int    `json:"procs"`
	OutputBytes int64  `json:"out"`
	Containment string `json:"cont"`
}

// Same says whether the figures of both are the same, whenever they were told.
func (u ResourceUsage) Same(other *ResourceUsage) bool {
	if other == nil {
		return false
	}
	u.At = other.At
	return u == *other
}

// Label is a key and value to find tasks by.
type Label struct {
	Key   string `json:"k"`
	Value string `json:"v"`
}

// Columns that hold JSON text.
type (
	Labels   []Label
	Names    []string
	Attempts []Attempt
	// JSON is any JSON value as it came; empty is absent.
	JSON json.RawMessage
)
