package imanager

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"stepcast/internal/httpx"
	"stepcast/models"
)

// errorBody is the body of every refusal. Clients written in JavaScript look at it
// alone, those in Python at the HTTP status alone; both say the same.
type errorBody struct {
	Succeed bool      `json:"succeed"`
	Error   httpError `json:"error"`
}

type httpError struct {
	Code     int    `json:"code"`
	ErrorMsg string `json:"errorMsg"`
}

// refusal is an error with its HTTP status and headers.
type refusal struct {
	status  int
	message string
	header  http.Header
}

func (r *refusal) Error() string { return r.message }

var (
	// errNotFound is one text for what does not exist and for what is somebody else's.
	errNotFound      = &refusal{status: http.StatusNotFound, message: "the resource does not exist"}
	errNotAcceptable = &refusal{status: http.StatusNotAcceptable, message: "the resource has no such representation; ask for .json"}
	errInternal      = &refusal{status: http.StatusInternalServerError, message: "something went wrong on the server; its log says what"}
)

// badRequest refuses an input that the caller can mend.
func badRequest(format string, args ...any) *refusal {
	return &refusal{status: http.StatusBadRequest, message: fmt.Sprintf(format, args...)}
}

func wrongVerb(allowed []string) *refusal {
	return &refusal{
		status: http.StatusMethodNotAllowed, message: "the resource does not support this method; it supports " + allowing(allowed),
		header: http.Header{"Allow": {allowing(allowed)}},
	}
}

// allowing lists the verbs for an Allow header; OPTIONS is always one.
func allowing(verbs []string) string {
	return strings.Join(append(verbs[:len(verbs):len(verbs)], http.MethodOptions), ", ")
}

// faultStatus maps the codes of faults to HTTP; what is missing is internal.
var faultStatus = map[models.ErrorCode]int{
	models.CodeConflict:        http.StatusBadRequest,
	models.CodeForbidden:       http.StatusForbidden,
	models.CodeInvalid:         http.StatusBadRequest,
	models.CodeLimit:           http.StatusTooManyRequests,
	models.CodeUnauthenticated: http.StatusUnauthorized,
	models.CodeUnavailable:     http.StatusServiceUnavailable,
	models.CodeWrongState:      http.StatusBadRequest,
}

// refuse answers any error.
func (a *api) refuse(w http.ResponseWriter, r *http.Request, err error) {
	refused := a.refusalOf(r.Context(), err)
	body, err := httpx.JSON(errorBody{Error: httpError{Code: refused.status, ErrorMsg: refused.message}})
	if err != nil {
		panic(err) // a number and a text can be encoded
	}
	header := w.Header()
	for name, values := range refused.header {
		header[name] = values
	}
	header.Set("Cache-Control", "no-store")
	httpx.Write(w, r, refused.status, httpx.TypeJSON, body)
}

func (a *api) refusalOf(ctx context.Context, err error) *refusal {
	if refused, ok := err.(*refusal); ok {
		return refused
	}
	if models.CodeOf(err) == models.CodeNotFound {
		return errNotFound
	}
	status, ok := faultStatus[models.CodeOf(err)]
	if !ok {
		if ctx.Err() == nil { // else it is only that the client has left
			a.Logger.ErrorContext(ctx, "answer an iManager call", "error", err)
		}
		return errInternal
	}
	fault := models.AsFault(err)
	refused := &refusal{status: status, message: fault.Message, header: http.Header{}}
	if fault.Code == models.CodeUnauthenticated {
		refused.header.Set("WWW-Authenticate", "Bearer")
	}
	if fault.RetryAfter > 0 {
		refused.header.Set("Retry-After", strconv.Itoa(fault.RetryAfter))
	}
	return refused
}
