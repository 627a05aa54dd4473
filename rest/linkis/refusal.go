package linkis

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"

	"stepcast/models"
)

// refusal is an answer that is not a success, as an error.
type refusal struct{ answer }

func (r *refusal) Error() string { return r.message }

// refusef makes a refusal with body status 1.
func refusef(http int, format string, args ...any) *refusal {
	return &refusal{answer{http: http, status: statusError, message: fmt.Sprintf(format, args...)}}
}

// coded is what Linkis calls an ErrorException: a code and a description, which
// clients find in the text and again in data.errorMsg.
type coded struct {
	code int
	desc string
}

func (e *coded) Error() string { return strconv.Itoa(e.code) + ": " + e.desc }

// codedf makes one.
func codedf(code int, format string, args ...any) *coded {
	return &coded{code: code, desc: fmt.Sprintf(format, args...)}
}

// errorMsg is how Linkis repeats a coded error in data.
type errorMsg struct {
	ErrorMsg struct {
		ErrCode     int    `json:"errCode"`
		Desc        string `json:"desc"`
		IP          string `json:"ip"`
		Port        int    `json:"port"`
		Level       int    `json:"level"`
		ServiceKind string `json:"serviceKind"`
	} `json:"errorMsg"`
}

// levelError is the level of an error in errorMsg.
const levelError = 2

func (c *call) codedAnswer(e *coded) answer {
	var data errorMsg
	host, port, _ := net.SplitHostPort(c.Tasks.Instance)
	data.ErrorMsg.Port, _ = strconv.Atoi(port)
	data.ErrorMsg.ErrCode, data.ErrorMsg.Desc, data.ErrorMsg.IP = e.code, e.desc, host
	data.ErrorMsg.Level, data.ErrorMsg.ServiceKind = levelError, models.EntranceApp
	message := fmt.Sprintf("error code(错误码): %d, error message(错误信息): %s.", e.code, e.desc)
	return answer{http: http.StatusBadRequest, status: statusError, message: message, data: data}
}

// refuse maps any error to its answer: the one table.
func (c *call) refuse(err error) answer {
	var refused *refusal
	if errors.As(err, &refused) {
		return refused.answer
	}
	var e *coded
	if errors.As(err, &e) {
		return c.codedAnswer(e)
	}
	f := models.AsFault(err)
	if f == nil {
		if c.r.Context().Err() == nil { // else it is only that the client has left
			c.Logger.ErrorContext(c.r.Context(), "answer a Linkis call", "method", c.method, "error", err)
		}
		return c.internal()
	}
	result := answer{status: statusError, message: failed(f.Message)}
	switch f.Code {
	case models.CodeUnauthenticated:
		return notLoggedIn(err)
	case models.CodeNotFound:
		result.http = http.StatusNotFound
		if f.Foreign {
			result.http, result.status = http.StatusForbidden, statusForbidden
		}
	case models.CodeForbidden:
		result.http, result.status = http.StatusForbidden, statusForbidden
	case models.CodeQueueFull:
		result = c.codedAnswer(errQueueFull)
	case models.CodeConflict, models.CodeInvalid, models.CodeStaleLease, models.CodeWrongState:
		result.http = http.StatusBadRequest
	case models.CodeLimit:
		result.http = http.StatusTooManyRequests
	case models.CodeUnavailable:
		result.http = http.StatusServiceUnavailable
	default:
		return c.internal()
	}
	if f.RetryAfter > 0 {
		result.header = http.Header{"Retry-After": {strconv.Itoa(f.RetryAfter)}}
	}
	return result
}

// internal tells nothing of what went wrong; the log does.
func (c *call) internal() answer {
	return refusef(http.StatusInternalServerError, "%s", failed("InternalError: see the log of the server")).answer
}

func noSuchPath(method string) error {
	return refusef(http.StatusNotFound, "unknown request URI %s", method)
}

func wrongVerb(verb string, allowed []string) error {
	r := refusef(http.StatusMethodNotAllowed, "Request method '%s' not supported", verb)
	r.header = http.Header{"Allow": {strings.Join(allowed, ", ")}}
	return r
}
