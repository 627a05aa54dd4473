package auth

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"stepcast/models"
)

// statuses maps what this package refuses to HTTP.
var statuses = map[models.ErrorCode]int{
	models.CodeInvalid:         http.StatusBadRequest,
	models.CodeUnauthenticated: http.StatusUnauthorized,
	models.CodeForbidden:       http.StatusForbidden,
	models.CodeNotFound:        http.StatusNotFound,
	models.CodeLimit:           http.StatusTooManyRequests,
	models.CodeUnavailable:     http.StatusServiceUnavailable,
}

// Refuse answers err as JSON {"error":{"code","message"}}, with WWW-Authenticate and
// Retry-After where they belong. What is not a Fault is logged and answered as
// INTERNAL without its text.
func (s *Service) Refuse(w http.ResponseWriter, r *http.Request, err error) {
	fault, status := s.explain(w, r, err)
	writeJSON(w, status, map[string]any{
		"error": map[string]any{"code": fault.Code, "message": fault.Message},
	})
}

// explain gives what may be said of err, and sets the headers that go with it.
func (s *Service) explain(w http.ResponseWriter, r *http.Request, err error) (*models.Fault, int) {
	fault := models.AsFault(err)
	if fault == nil {
		if r.Context().Err() == nil { // else it is only that the client has left
			// The path only: a query may hold the secret of a link.
			s.log.ErrorContext(r.Context(), "signing in", "path", r.URL.Path, "error", err)
		}
		fault = models.Faultf(models.CodeInternal, "something went wrong on the server; its log says what")
	}
	if fault.Code == models.CodeUnauthenticated {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if fault.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(fault.RetryAfter))
	}
	w.Header().Set("Cache-Control", "no-store")
	status, ok := statuses[fault.Code]
	if !ok {
		status = http.StatusInternalServerError
	}
	return fault, status
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client is gone; nobody is left to tell
}

// wantsPage says whether a person in a browser asks.
func wantsPage(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }
