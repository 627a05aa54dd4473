package client

// The values of these types are those of the schema's enums. A newer server may send
// values that are not listed here.

// Status is where a task, a step or a step content stands.
type Status string

const (
	// StatusWaiting: accepted; waits for a worker, a step before it or its next attempt.
	StatusWaiting Status = "WAITING"
	StatusRunning Status = "RUNNING"
	// StatusPausing: asked to pause; not confirmed yet.
	StatusPausing Status = "PAUSING"
	// StatusPaused: stopped, and can be resumed.
	StatusPaused Status = "PAUSED"
	// StatusCancelling: asked to cancel; not confirmed yet.
	StatusCancelling Status = "CANCELLING"
	StatusCancelled  Status = "CANCELLED"
	StatusSucceeded  Status = "SUCCEEDED"
	StatusFailed     Status = "FAILED"
	// StatusTimedOut: cancelled by the server because it ran past its time limit.
	StatusTimedOut Status = "TIMED_OUT"
	// StatusSkipped: never run, because something before it did not succeed.
	StatusSkipped Status = "SKIPPED"
)

// Final says whether nothing but a retry changes s any more.
func (s Status) Final() bool {
	switch s {
	case StatusCancelled, StatusFailed, StatusSkipped, StatusSucceeded, StatusTimedOut:
		return true
	}
	return false
}

// ErrorCode says what kind of refusal an Error is.
type ErrorCode string

// Codes of user errors: what a person can mend.
const (
	CodeConflict   ErrorCode = "CONFLICT"
	CodeForbidden  ErrorCode = "FORBIDDEN"
	CodeInvalid    ErrorCode = "INVALID"
	CodeLimit      ErrorCode = "LIMIT"
	CodeNotFound   ErrorCode = "NOT_FOUND"
	CodeQueueFull  ErrorCode = "QUEUE_FULL"
	CodeStaleLease ErrorCode = "STALE_LEASE"
	CodeWrongState ErrorCode = "WRONG_STATE"
)

// Codes of errors of a whole operation; a stream may also end with CodeNotFound.
const (
	CodeUnauthenticated  ErrorCode = "UNAUTHENTICATED"
	CodeParseFailed      ErrorCode = "GRAPHQL_PARSE_FAILED"
	CodeValidationFailed ErrorCode = "GRAPHQL_VALIDATION_FAILED"
	CodeBadUserInput     ErrorCode = "BAD_USER_INPUT"
	CodeLimitExceeded    ErrorCode = "LIMIT_EXCEEDED"
	CodeUnavailable      ErrorCode = "UNAVAILABLE"
	CodeInternal         ErrorCode = "INTERNAL"
)

// TaskErrorCode is why a task, or a content of it, did not succeed.
type TaskErrorCode string

const (
	TaskErrorExitCode    TaskErrorCode = "EXIT_CODE"
	TaskErrorKilled      TaskErrorCode = "KILLED"
	TaskErrorLeaseLost   TaskErrorCode = "LEASE_LOST"
	TaskErrorOutOfMemory TaskErrorCode = "OUT_OF_MEMORY"
	TaskErrorOutputLimit TaskErrorCode = "OUTPUT_LIMIT"
	TaskErrorReported    TaskErrorCode = "REPORTED"
	TaskErrorStartFailed TaskErrorCode = "START_FAILED"
	TaskErrorTimedOut    TaskErrorCode = "TIMED_OUT"
)

// WaitingReason is what a waiting task waits for.
type WaitingReason string

const (
	WaitingBackoff        WaitingReason = "BACKOFF"
	WaitingExternalWorker WaitingReason = "EXTERNAL_WORKER"
	WaitingLimit          WaitingReason = "LIMIT"
	WaitingQueue          WaitingReason = "QUEUE"
	WaitingStartTime      WaitingReason = "START_TIME"
)

// LogLevel is how severe a log line is.
type LogLevel string

const (
	LevelDebug LogLevel = "DEBUG"
	LevelInfo  LogLevel = "INFO"
	LevelWarn  LogLevel = "WARN"
	LevelError LogLevel = "ERROR"
)

// LogStream is where a log line came from.
type LogStream string

const (
	StreamStdout LogStream = "STDOUT"
	StreamStderr LogStream = "STDERR"
	// StreamSystem: a line of the server's own.
	StreamSystem LogStream = "SYSTEM"
)

// GapReason is why a cursor cannot be continued.
type GapReason string

const (
	// GapExpired: what was there has been deleted.
	GapExpired GapReason = "EXPIRED"
	// GapReplaced: this store never gave that cursor.
	GapReplaced GapReason = "REPLACED"
)

// TaskOrder is the order of a list.
type TaskOrder string

const (
	OrderNewest          TaskOrder = "NEWEST"
	OrderOldest          TaskOrder = "OLDEST"
	OrderRecentlyChanged TaskOrder = "RECENTLY_CHANGED"
)

// TokenScope is what a token may be narrowed to.
type TokenScope string

const (
	// ScopeRead is for seeing tasks, their logs, events and results.
	ScopeRead TokenScope = "READ"
	// ScopeSubmit is for submitting tasks.
	ScopeSubmit TokenScope = "SUBMIT"
	// ScopeControl is for cancelling, pausing, resuming and retrying.
	ScopeControl TokenScope = "CONTROL"
	// ScopeWork is for claiming external work and reporting it.
	ScopeWork TokenScope = "WORK"
)

// Role is what a user may do.
type Role string

const (
	RoleAdmin    Role = "ADMIN"
	RoleOperator Role = "OPERATOR"
	RoleMember   Role = "MEMBER"
	RoleViewer   Role = "VIEWER"
)
