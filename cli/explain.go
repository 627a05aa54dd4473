package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"syscall"

	"stepcast/client"
	"stepcast/internal/terminal"
)

// codes are the exit codes of the server's refusals.
var codes = map[client.ErrorCode]int{
	client.CodeUnauthenticated: ExitForbidden,
	client.CodeForbidden:       ExitForbidden,
	client.CodeNotFound:        ExitNotFound,
	client.CodeWrongState:      ExitConflict,
	client.CodeConflict:        ExitConflict,
	client.CodeInvalid:         ExitUsage,
	client.CodeBadUserInput:    ExitUsage,
	client.CodeQueueFull:       ExitBusy,
	client.CodeLimit:           ExitBusy,
	client.CodeLimitExceeded:   ExitBusy,
	client.CodeUnavailable:     ExitBusy,
}

// explain says what went wrong with a server, what to do, and which exit code that is.
// Errors that have one stay as they are.
func explain(ctx context.Context, t target, err error) error {
	var asked *exitError
	switch {
	case err == nil, errors.As(err, &asked):
		return err
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return fail(ExitInterrupted, errors.New("interrupted"))
	}
	var refusal *client.Error
	if errors.As(err, &refusal) {
		return refused(t, err, refusal)
	}
	var status *client.HTTPError
	if errors.As(err, &status) {
		if status.Status == 401 || status.Status == 403 {
			return fail(ExitForbidden, fmt.Errorf("%s refuses the sign-in (HTTP %d); %s", t.url, status.Status, signInAgain(t)))
		}
		return fail(ExitUnreachable, fmt.Errorf("%s (from %s) answers HTTP %d: is it a Stepcast server, and up?", t.url, t.from, status.Status))
	}
	var closed *client.ClosedError
	if errors.As(err, &closed) && closed.Code == 4403 {
		return fail(ExitForbidden, fmt.Errorf("%s has ended the sign-in; %s", t.url, signInAgain(t)))
	}
	if errors.Is(err, client.ErrProtocol) {
		return fail(ExitUnreachable, fmt.Errorf("what answers at %s (from %s) is no Stepcast server: %s", t.url, t.from, terminal.Escape(err.Error())))
	}
	if unreachable := new(url.Error); errors.As(err, &unreachable) || errors.As(err, &closed) {
		return fail(ExitUnreachable, fmt.Errorf("cannot reach %s (from %s): %s; is it running, and is the address right?", t.url, t.from, cause(err)))
	}
	return fail(ExitFailure, errors.New(terminal.Escape(err.Error())))
}

// refused explains what the server refused: with all its reasons, when there are several.
func refused(t target, err error, first *client.Error) error {
	code, known := codes[first.Code]
	if !known {
		code = ExitFailure
	}
	text := reasons(err)
	switch first.Code {
	case client.CodeUnauthenticated:
		text = fmt.Sprintf("%s does not know who you are: %s; %s", t.url, text, signInAgain(t))
	case client.CodeForbidden:
		text += "; ask for the right, or sign in as somebody else with \"stepcast login\""
	case client.CodeUnavailable, client.CodeQueueFull, client.CodeLimit, client.CodeLimitExceeded:
		if first.RetryAfter > 0 {
			text += fmt.Sprintf("; come back in %s", first.RetryAfter)
		}
	}
	return fail(code, errors.New(text))
}

// reasons writes refusals one after the other, each with the field to mend.
func reasons(err error) string {
	var several interface{ Unwrap() []error }
	if errors.As(err, &several) {
		texts := []string{}
		for _, one := range several.Unwrap() {
			texts = append(texts, reasons(one))
		}
		return strings.Join(texts, "; ")
	}
	var refusal *client.Error
	if !errors.As(err, &refusal) {
		return terminal.Escape(err.Error())
	}
	text := terminal.Escape(refusal.Message)
	if len(refusal.Field) > 0 && refusal.Code == client.CodeInvalid {
		return terminal.Escape(strings.Join(refusal.Field, ".")) + ": " + text
	}
	return text
}

// signInAgain says how to get a sign-in that counts.
func signInAgain(t target) string {
	if t.folder != "" {
		return "start that server again, which gives a new token"
	}
	return fmt.Sprintf("sign in with \"stepcast login %s\", or set STEPCAST_TOKEN", t.url)
}

// cause is the innermost reason why a server was not reached, which is what people know.
func cause(err error) string {
	if number := syscall.Errno(0); errors.As(err, &number) {
		return number.Error()
	}
	if unreachable := new(url.Error); errors.As(err, &unreachable) {
		return terminal.Escape(unreachable.Err.Error())
	}
	return terminal.Escape(err.Error())
}
