package http

import (
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"unicode/utf8"

	"stepcast/executor"
	"stepcast/models"
)

// refusal is a failure on its way through net/http.
type refusal struct{ failure *models.TaskError }

func (r *refusal) Error() string { return r.failure.Message.In("en") }

// failure is that of a request that was sent, or would have been: REPORTED, until
// somebody knows better.
func failure(key string, args ...string) *models.TaskError {
	return &models.TaskError{Code: models.ErrReported, Message: models.Message(key, args...)}
}

func notAllowed(u *url.URL) *models.TaskError {
	return failure("error.http.target", origin(u), targetsSetting)
}

// origin is scheme, host and port, without what may be a secret.
func origin(u *url.URL) string { return u.Scheme + "://" + strings.ToLower(u.Host) }

// notStarted is a failure before anything was sent.
func notStarted(f *models.TaskError) executor.Result {
	f.Code = models.ErrStartFailed
	return executor.Result{Failure: f}
}

func tooMuch(key string, args ...string) executor.Result {
	f := failure(key, args...)
	f.Code = models.ErrOutputLimit
	return executor.Result{Failure: f}
}

// reasonMax is the length in bytes of what an error says.
const reasonMax = 300

// reason is what an error of net/http says, without the address that was asked for.
func reason(err error) string {
	var about *url.Error
	if errors.As(err, &about) {
		err = about.Err
	}
	var lookup *net.DNSError
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return "the server closed the connection before its response was complete"
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return "there is no such host"
	case strings.HasPrefix(err.Error(), "failed to parse Location header"):
		return "it redirects to what is no address"
	}
	text := strings.ToValidUTF8(err.Error(), "\uFFFD")
	if len(text) > reasonMax {
		end := reasonMax
		for !utf8.RuneStart(text[end]) {
			end--
		}
		text = text[:end] + "…"
	}
	return text
}
