package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

var (
	// ErrProtocol is in the chain of an error that is the server's fault: what it
	// sent makes no sense. Trying again does not help.
	ErrProtocol = errors.New("the server broke the protocol")
	// ErrNothingToClaim is answered when no step waits for an outside worker.
	ErrNothingToClaim = errors.New("nothing to claim")
)

// Error is a refusal by the server.
type Error struct {
	Code    ErrorCode
	Message string
	// Field is the path of the input to blame, outermost first, or of the field of
	// the document that failed; empty when none is to blame.
	Field []string
	// RetryAfter is when to come back; 0 when waiting does not help.
	RetryAfter time.Duration
}

func (e *Error) Error() string {
	if len(e.Field) == 0 {
		return string(e.Code) + ": " + e.Message
	}
	return string(e.Code) + " " + strings.Join(e.Field, ".") + ": " + e.Message
}

// CodeOf is the code of the first refusal in err's chain, "" when there is none.
func CodeOf(err error) ErrorCode {
	var refusal *Error
	if errors.As(err, &refusal) {
		return refusal.Code
	}
	return ""
}

// HTTPError is an answer that is not GraphQL, often a proxy's.
type HTTPError struct {
	Status int
	// Body is the beginning of what was answered.
	Body string
	// RetryAfter is from the Retry-After header; 0 when there is none.
	RetryAfter time.Duration
}

func (e *HTTPError) Error() string {
	text := "HTTP " + strconv.Itoa(e.Status) + " " + http.StatusText(e.Status)
	if e.Body == "" {
		return text
	}
	return text + ": " + e.Body
}

func newHTTPError(status int, header http.Header, body []byte) *HTTPError {
	const shown = 512
	if len(body) > shown {
		body = body[:shown]
	}
	text := strings.ToValidUTF8(strings.TrimSpace(string(body)), "")
	return &HTTPError{Status: status, Body: text, RetryAfter: retryAfter(header)}
}

// retryAfter reads a Retry-After header in seconds, the only form the server uses.
func retryAfter(header http.Header) time.Duration {
	seconds, err := strconv.Atoi(header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// ClosedError is a websocket that closed before its stream was complete.
type ClosedError struct {
	// Code is the close code; 1006 when the connection was lost without one.
	Code   int
	Reason string
	// Err is what went wrong with the connection; nil when the server closed it.
	Err error
}

func (e *ClosedError) Error() string {
	switch {
	case e.Err != nil:
		return "connection lost: " + e.Err.Error()
	case e.Reason != "":
		return fmt.Sprintf("closed by the server with %d: %s", e.Code, e.Reason)
	}
	return fmt.Sprintf("closed by the server with %d", e.Code)
}

// Unwrap gives the error of the connection.
func (e *ClosedError) Unwrap() error { return e.Err }

// userError is the schema's UserError.
type userError struct {
	Code              ErrorCode `json:"code"`
	Field             []string  `json:"field"`
	Message           string    `json:"message"`
	RetryAfterSeconds int       `json:"retryAfterSeconds"`
}

// userErrors joins what a mutation refused; nil when there is nothing.
func userErrors(list []userError) error {
	errs := make([]error, len(list))
	for i, u := range list {
		errs[i] = &Error{
			Code: u.Code, Message: u.Message, Field: u.Field,
			RetryAfter: time.Duration(u.RetryAfterSeconds) * time.Second,
		}
	}
	return oneOrJoined(errs)
}

// graphQLError is an entry of `errors`, as the GraphQL specification says in 7.1.2.
type graphQLError struct {
	Message    string            `json:"message"`
	Path       []json.RawMessage `json:"path"`
	Extensions struct {
		Code              ErrorCode `json:"code"`
		RetryAfterSeconds int       `json:"retryAfterSeconds"`
	} `json:"extensions"`
}

// graphQLErrors joins the errors of an operation; nil when there are none.
func graphQLErrors(list []graphQLError) error {
	errs := make([]error, len(list))
	for i, g := range list {
		e := &Error{
			Code: g.Extensions.Code, Message: g.Message,
			RetryAfter: time.Duration(g.Extensions.RetryAfterSeconds) * time.Second,
		}
		if e.Code == "" {
			e.Code = CodeInternal
		}
		for _, part := range g.Path {
			e.Field = append(e.Field, strings.Trim(string(part), `"`))
		}
		errs[i] = e
	}
	return oneOrJoined(errs)
}

// oneOrJoined spares the common case of one error the wrapping of errors.Join.
func oneOrJoined(errs []error) error {
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}
