package tasks

import (
	"time"

	"stepcast/models"
)

// SubmitInput is a task to run. Zero values of Priority, TimeoutSeconds and
// StartAfter mean none; MaxAttempts 0 is 1; BackoffSeconds nil is 10.
type SubmitInput struct {
	Description models.Text
	Steps       []StepInput
	// Variables is a JSON object of names and values; empty is none.
	Variables models.JSON
	// Secrets names secrets of the server.
	Secrets        []string
	Labels         []models.Label
	Priority       int
	TimeoutSeconds int
	MaxAttempts    int
	BackoffSeconds *int
	// IdempotencyKey makes two submissions of one owner one task; "" is none.
	IdempotencyKey string
	StartAfter     *time.Time
	// Origin is the API it came through: OriginGraphQL or OriginLinkis.
	Origin string
	// Entrance is the endpoint of a Linkis submission, which names the task in its log as
	// that endpoint does: EntranceExecute, else as "submit" does.
	Entrance string
	// Creator and Engine are parts of the Linkis id; empty is "stepcast" and the first run type.
	Creator string
	Engine  string
	// Original is a JSON object that the client of another API sent, for that API to give
	// back; empty is none. At most MaxOriginal bytes.
	Original models.JSON `json:",omitempty"`
}

// Where a submission came from. Linkis submissions have their variables replaced
// in the code and get Linkis' wording in their log.
const (
	OriginGraphQL = "graphql"
	OriginLinkis  = "linkis"
)

// EntranceExecute is the Linkis endpoint "execute".
const EntranceExecute = "execute"

// StepInput is a step to run.
type StepInput struct {
	Key         string
	Description models.Text
	Contents    []ContentInput
	// MaxParallel bounds the contents that run at once; 0 is no bound.
	MaxParallel int
}

// ContentInput is a content to run, or to declare.
type ContentInput struct {
	Key     string
	Message models.Text
	RunType string
	Code    string
	// Params is a JSON object; empty is none.
	Params models.JSON
}

// ControlInput names the task to cancel, pause, resume or retry.
type ControlInput struct {
	ID int64
	// IfVersion refuses with CONFLICT unless the task has this version; nil is any.
	IfVersion *int64
}

// ListInput asks for a page of tasks. Exactly one of First and Last may be set;
// neither is First = DefaultPage.
type ListInput struct {
	Filter  models.Filter
	OrderBy models.Order
	First   *int
	Last    *int
	After   string
	Before  string
}

// Page sizes of lists, logs and events.
const (
	DefaultPage = 20
	MaxPage     = 100
	MaxLogPage  = 10000
	// MaxContains is how many characters a text may have that lines are to contain.
	MaxContains = 200
	MaxEvents   = 1000
	// MaxCount is how far a list is counted.
	MaxCount = 10000
)

// Page is a run of a list. Tasks come with their steps.
type Page struct {
	Tasks   []*models.Task
	Cursors []string
	HasNext bool
	HasPrev bool
}

// LogQuery asks for lines after a line number.
type LogQuery struct {
	After int64
	First int
	// MinLevel leaves out what is less severe; "" is everything.
	MinLevel models.LogLevel
	// Contains leaves out lines without this text, upper and lower case alike, colours
	// aside; "" is everything. One page looks through a part of the log only.
	Contains string
}

// LogBatch is a run of lines in order. Cursor is the number of the last line
// examined, which MinLevel or Contains may have left out.
type LogBatch struct {
	Lines    []models.LogLine
	Cursor   int64
	CaughtUp bool
	Gap      *Gap
}

// EventQuery asks for events after a cursor.
type EventQuery struct {
	// After is a cursor, "690:17"; "" is the beginning of the task.
	After string
	First int
	// TimelineID asks for the events of one attempt only; 0 is all.
	TimelineID int64
}

// EventBatch is a run of events in order.
type EventBatch struct {
	Events   []RecordedEvent
	Cursor   string
	CaughtUp bool
	Gap      *Gap
}

// RecordedEvent is an event and, for a PlanChanged, the task as it was after it.
type RecordedEvent struct {
	models.Event
	After *models.Task
}

// Gap says that what lies between the cursor given and the batch is gone for good.
type Gap struct {
	Reason GapReason
	// Task is the state to start again from; nil where there is none.
	Task *models.Task
}

// GapReason is why a cursor cannot be continued. The values are those of the GraphQL enum.
type GapReason string

const (
	// GapExpired: what was there has been deleted.
	GapExpired GapReason = "EXPIRED"
	// GapReplaced: this store never gave that cursor.
	GapReplaced GapReason = "REPLACED"
)

// TaskChange tells of a task that is new or changed.
type TaskChange struct {
	Task    *models.Task
	Matches bool
	// Resync: changes may have been left out; list again.
	Resync bool
}

// WaitingFor is why a task is not running yet.
type WaitingFor struct {
	Reason WaitingReason
	// Position is the number of tasks before it in the queue; nil where it is in none.
	Position *int
	Until    *time.Time
}

// WaitingReason says what a waiting task waits for. The values are those of the GraphQL enum.
type WaitingReason string

const (
	WaitBackoff   WaitingReason = "BACKOFF"
	WaitExternal  WaitingReason = "EXTERNAL_WORKER"
	WaitLimit     WaitingReason = "LIMIT"
	WaitQueue     WaitingReason = "QUEUE"
	WaitStartTime WaitingReason = "START_TIME"
)

// WaitingReasons lists every reason.
var WaitingReasons = []WaitingReason{WaitBackoff, WaitExternal, WaitLimit, WaitQueue, WaitStartTime}

// ClaimInput asks for an external step: of the named task, or of the first in the
// queue that has all the labels.
type ClaimInput struct {
	ID     *int64
	Labels []models.Label
}

// Claim is a lease on a task's current step.
type Claim struct {
	// Task is nil when nothing matches.
	Task *models.Task
	// Step is the number of the step that the lease covers.
	Step         int
	LeaseToken   string
	LeaseSeconds int
}

// ReportInput is what an outside worker says about the step that it leased.
type ReportInput struct {
	TaskID     int64
	LeaseToken string
	// Sequence goes up with each report; one that comes twice counts once.
	Sequence    int64
	Contents    []ContentReport
	AddContents []ContentInput
	Log         []LogLineInput
}

// ContentReport is what became of one content; nil fields are unchanged.
type ContentReport struct {
	ContentID string
	Status    *models.Status
	Progress  *float64
	Message   *models.Text
}

// LogLineInput is a line to append; a text with line breaks becomes several lines.
type LogLineInput struct {
	Text      string
	Level     models.LogLevel
	Stream    models.LogStream
	ContentID string
}

// RunType is a kind of work that this server can run.
type RunType struct {
	Name string
	// Reason is why it is not enabled, and what would enable it; empty when it is.
	Reason       string
	Description  string
	ParamsSchema models.JSON
}
