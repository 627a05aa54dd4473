package client

import (
	"errors"
	"net/http"

	"github.com/gorilla/websocket"
)

// Close codes of graphql-transport-ws that this package names.
const (
	closeBadRequest  = 4400
	closeForbidden   = 4403
	closeBadResponse = 4004
)

// passing says whether trying again may help after err, which is not the end of a
// context.
func passing(err error) bool {
	if errors.Is(err, ErrProtocol) {
		return false
	}
	var closed *ClosedError
	if errors.As(err, &closed) {
		return passingClose(closed.Code)
	}
	var status *HTTPError
	if errors.As(err, &status) {
		return passingStatus(status.Status)
	}
	var refusal *Error
	if errors.As(err, &refusal) {
		return refusal.Code == CodeUnavailable
	}
	var unsent *unsentError
	return !errors.As(err, &unsent)
}

// passingClose follows what graphql-ws clients do, but that 1000 is no end: see the
// package comment.
func passingClose(code int) bool {
	switch code {
	case closeBadRequest, 4401, 4406, 4409, 4429, 4500, closeBadResponse, 4005, closeForbidden:
		return false
	case websocket.CloseNormalClosure, websocket.CloseGoingAway, websocket.CloseNoStatusReceived,
		websocket.CloseAbnormalClosure, websocket.CloseServiceRestart, websocket.CloseTryAgainLater, 1014:
		return true
	}
	return code < 1000 || code > 1999
}

func passingStatus(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return status >= http.StatusInternalServerError
}

// forbidden says whether the server refused the token, which another one may mend.
func forbidden(err error) bool {
	var closed *ClosedError
	if errors.As(err, &closed) {
		return closed.Code == closeForbidden
	}
	var status *HTTPError
	if errors.As(err, &status) {
		return status.Status == http.StatusUnauthorized || status.Status == http.StatusForbidden
	}
	return false
}

// unsentError is what failed on this side, before anything was sent. It is final: what
// cannot be encoded never can, and only a TokenSource knows whether asking it again helps.
type unsentError struct {
	doing string
	err   error
}

func (e *unsentError) Error() string { return e.doing + ": " + e.err.Error() }
func (e *unsentError) Unwrap() error { return e.err }
