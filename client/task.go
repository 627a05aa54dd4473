package client

import (
	"encoding/json"
	"time"
)

// Task is a unit of work: ordered steps, each of one or more contents.
//
// What of it is filled depends on where it comes from. Everything: Task, TaskAt.
// Without Variables, Attempts, Resources, Results, and Code and Params of the contents:
// WatchProgress, Gap, and what a mutation answers (a claim has Variables, and Code and
// Params of what it covers). Without Steps and WaitingFor as well: lists, WatchChanges,
// CancelTasks, RetryTasks.
type Task struct {
	// ID is the decimal task id, the same in every API: "690".
	ID string `json:"id"`
	// ExecID is the id that Linkis clients use.
	ExecID string `json:"execId"`
	// Description says what the task does, in the language asked for.
	Description string `json:"description"`
	Status      Status `json:"status"`
	// Progress is 0 to 100; it never goes back within an attempt, and is 100 only
	// when the task has SUCCEEDED.
	Progress float64 `json:"progress"`
	// ETASeconds is the estimated time to the end; nil while unknown.
	ETASeconds *float64 `json:"etaSeconds"`
	Steps      []*Step  `json:"steps"`
	// TimelineID is the id of the current attempt's timeline.
	TimelineID  int64 `json:"timelineId"`
	Attempt     int   `json:"attempt"`
	MaxAttempts int   `json:"maxAttempts"`
	// Attempts are all attempts so far, oldest first.
	Attempts  []Attempt       `json:"attempts"`
	Owner     string          `json:"owner"`
	Priority  int             `json:"priority"`
	Labels    []Label         `json:"labels"`
	Variables json.RawMessage `json:"variables"`
	CreatedAt time.Time       `json:"createdAt"`
	// StartAfter is the instant before which it does not start; nil when there is none.
	StartAfter *time.Time `json:"startAfter"`
	// TimeoutSeconds bounds the running time of one attempt; nil when nothing does.
	TimeoutSeconds *int       `json:"timeoutSeconds"`
	StartedAt      *time.Time `json:"startedAt"`
	FinishedAt     *time.Time `json:"finishedAt"`
	// UpdatedAt is when this version came to be.
	UpdatedAt time.Time `json:"updatedAt"`
	// CostTime is the milliseconds from start to end, or to this version.
	CostTime int64 `json:"costTime"`
	// Error is why it did not succeed.
	Error *TaskError `json:"error"`
	// WaitingFor is why it is not running yet; nil unless it is WAITING.
	WaitingFor *WaitingFor `json:"waitingFor"`
	// StalledSince is since when nothing at all has come from it; nil while it moves.
	StalledSince *time.Time `json:"stalledSince"`
	// EndedBy is who or what ended it, and how.
	EndedBy   *Ending        `json:"endedBy"`
	Resources *ResourceUsage `json:"resources"`
	Results   []TaskResult   `json:"results"`
	// EventCursor is the cursor of the newest event: WatchEvents after it misses nothing.
	EventCursor string `json:"eventCursor"`
	// Version goes up by one with each change of the task.
	Version int64 `json:"version"`
}

// Step is one of the ordered parts of a task.
type Step struct {
	// ID is <task>-<step>: "690-1".
	ID          string  `json:"id"`
	Index       int     `json:"index"`
	Description string  `json:"description"`
	Status      Status  `json:"status"`
	Progress    float64 `json:"progress"`
	// StartTime is nil until it starts.
	StartTime  *time.Time `json:"startTime"`
	FinishTime *time.Time `json:"finishTime"`
	// CostTime is in milliseconds; 0 while waiting.
	CostTime int64          `json:"costTime"`
	Contents []*StepContent `json:"contents"`
}

// StepContent is one thing that is done in a step.
type StepContent struct {
	// ID is <task>-<step>-<content>: "690-1-1".
	ID    string `json:"id"`
	Index int    `json:"index"`
	// Message says what is being done or was done, in the language asked for.
	Message string `json:"message"`
	Status  Status `json:"status"`
	// IsProgressAvailable is false until something reports progress.
	IsProgressAvailable bool `json:"isProgressAvailable"`
	// Progress is 0 to 100.
	Progress float64 `json:"progress"`
	RunType  string  `json:"runType"`
	// Code is what it runs, variables filled in and secrets masked.
	Code       *string         `json:"code"`
	Params     json.RawMessage `json:"params"`
	ExitCode   *int            `json:"exitCode"`
	Error      *TaskError      `json:"error"`
	StartTime  *time.Time      `json:"startTime"`
	FinishTime *time.Time      `json:"finishTime"`
	// CostTime is in milliseconds.
	CostTime int64 `json:"costTime"`
}

// Attempt is one run of a task.
type Attempt struct {
	Number     int        `json:"number"`
	TimelineID int64      `json:"timelineId"`
	Status     Status     `json:"status"`
	StartedAt  *time.Time `json:"startedAt"`
	FinishedAt *time.Time `json:"finishedAt"`
	Error      *TaskError `json:"error"`
}

// Label is a mark of the owner's on a task.
type Label struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// TaskError is why a task, or a content, did not succeed.
type TaskError struct {
	Code    TaskErrorCode `json:"code"`
	Message string        `json:"message"`
	// StepID and ContentID say where; empty when it is of the whole task.
	StepID    string `json:"stepId"`
	ContentID string `json:"contentId"`
}

// WaitingFor is why a task is not running yet.
type WaitingFor struct {
	Reason WaitingReason `json:"reason"`
	// Position is the number of tasks before it in the queue; nil where it is in none.
	Position *int       `json:"position"`
	Until    *time.Time `json:"until"`
}

// Ending is who or what ended a task, and how.
type Ending struct {
	// By is a user's name, "server" or "task".
	By string    `json:"by"`
	At time.Time `json:"at"`
	// Signals are those that were sent, in order.
	Signals []string `json:"signals"`
	// Survivors is the number of processes left.
	Survivors int `json:"survivors"`
}

// ResourceUsage is what a task has used so far.
type ResourceUsage struct {
	CPUSeconds float64 `json:"cpuSeconds"`
	// RSSBytes is the memory that its processes held at the last look; MaxRSSBytes the
	// most that they held at once.
	RSSBytes    int64 `json:"rssBytes"`
	MaxRSSBytes int64 `json:"maxRssBytes"`
	Processes   int   `json:"processes"`
	OutputBytes int64 `json:"outputBytes"`
	// Containment says by what means its processes are held together.
	Containment string `json:"containment"`
}

// TaskResult is a result set or a file that a task produced.
type TaskResult struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	ContentType string `json:"contentType"`
	Bytes       int64  `json:"bytes"`
	// Rows is nil for what is not a table.
	Rows *int64 `json:"rows"`
	// URL is where to get it, relative to the server unless it names a host.
	URL string `json:"url"`
}
