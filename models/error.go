package models

import (
	"errors"
	"fmt"
)

// ErrorCode says what kind of refusal an Error is. One table per adapter maps it
// to the adapter's own codes.
type ErrorCode string

const (
	CodeConflict        ErrorCode = "CONFLICT"
	CodeForbidden       ErrorCode = "FORBIDDEN"
	CodeInvalid         ErrorCode = "INVALID"
	CodeLimit           ErrorCode = "LIMIT"
	CodeNotFound        ErrorCode = "NOT_FOUND"
	CodeQueueFull       ErrorCode = "QUEUE_FULL"
	CodeStaleLease      ErrorCode = "STALE_LEASE"
	CodeWrongState      ErrorCode = "WRONG_STATE"
	CodeUnauthenticated ErrorCode = "UNAUTHENTICATED"
	CodeUnavailable     ErrorCode = "UNAVAILABLE"
	CodeInternal        ErrorCode = "INTERNAL"
)

// Fault is the one application error: a code, and a message that may be shown to
// whoever asked. Every other error is internal and never shown.
type Fault struct {
	Code    ErrorCode
	Message string
	// Field is the path of the offending input, outermost first; empty when none is to blame.
	Field []string
	// RetryAfter is when to come back, in seconds; 0 when waiting does not help.
	RetryAfter int
	// Foreign marks a NOT_FOUND of something that exists but may not be seen. Only
	// the Linkis adapter tells the two apart, because its document lists 403.
	Foreign bool
}

func (f *Fault) Error() string { return string(f.Code) + ": " + f.Message }

// Faultf makes a Fault without a field.
func Faultf(code ErrorCode, format string, args ...any) *Fault {
	return &Fault{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Invalid makes an INVALID Fault about one input field.
func Invalid(field []string, format string, args ...any) *Fault {
	return &Fault{Code: CodeInvalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// NotFound is the answer for what does not exist, or may not be seen by whoever asks.
func NotFound(what string) *Fault {
	return &Fault{Code: CodeNotFound, Message: what + " does not exist"}
}

// AsFault gives the Fault in err's chain, or nil when err is internal.
func AsFault(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// CodeOf is the code of err: INTERNAL unless err carries a Fault, "" for nil.
func CodeOf(err error) ErrorCode {
	if err == nil {
		return ""
	}
	if f := AsFault(err); f != nil {
		return f.Code
	}
	return CodeInternal
}
