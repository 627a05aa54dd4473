package live

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"stepcast/internal/httpx"
	"stepcast/models"
)

// Values of `extensions.code` that the transports themselves give or look for.
const (
	codeUnauthenticated  = "UNAUTHENTICATED"
	codeBadUserInput     = "BAD_USER_INPUT"
	codeLimitExceeded    = "LIMIT_EXCEEDED"
	codeUnavailable      = "UNAVAILABLE"
	codeInternal         = "INTERNAL"
	codeValidationFailed = "GRAPHQL_VALIDATION_FAILED"
	// codePersistedQueryNotFound is what Apollo's clients wait for to send the text.
	codePersistedQueryNotFound = "PERSISTED_QUERY_NOT_FOUND"
	// codeDocumentNotFound is a document that is not among those that may be asked for.
	codeDocumentNotFound = "PERSISTED_DOCUMENT_NOT_FOUND"
)

// maxRequestErrors bounds how many errors one refused document is answered with:
// each bad token may cause one, and an answer must not dwarf its request.
const maxRequestErrors = 20

// requestError makes an error that refuses a whole request.
func requestError(code, message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": code}}
}

// withRequestID adds the id of the request to an error that the log tells more about.
func withRequestID(ctx context.Context, err *gqlerror.Error) *gqlerror.Error {
	if id := httpx.RequestID(ctx); id != "" {
		err.Extensions["requestId"] = id
	}
	return err
}

// errorCode gives err's `extensions.code`, "" when it has none.
func errorCode(err *gqlerror.Error) string {
	code, _ := err.Extensions["code"].(string)
	return code
}

func hasCode(errs gqlerror.List, code string) bool {
	for _, err := range errs {
		if errorCode(err) == code {
			return true
		}
	}
	return false
}

// refusal says how a failed Authenticate is answered over HTTP. Only a Fault's
// message is shown; other errors are internal.
func refusal(ctx context.Context, err error) (status int, shown *gqlerror.Error) {
	message := "sign in first"
	if fault := models.AsFault(err); fault != nil {
		message = fault.Message
	}
	if isUnavailable(err) {
		return http.StatusServiceUnavailable, withRequestID(ctx, requestError(codeUnavailable, message))
	}
	return http.StatusUnauthorized, requestError(codeUnauthenticated, message)
}

func isUnavailable(err error) bool { return models.CodeOf(err) == models.CodeUnavailable }

// asGraphQL gives err as a GraphQL error whose chain still holds err.
func asGraphQL(err error) *gqlerror.Error {
	var known *gqlerror.Error
	if errors.As(err, &known) {
		return known
	}
	return gqlerror.Wrap(err)
}

// logPanic is the default of Options.Recover.
func logPanic(logger *slog.Logger) graphql.RecoverFunc {
	return func(ctx context.Context, value any) error {
		logger.ErrorContext(ctx, "panic in a GraphQL operation",
			"request", httpx.RequestID(ctx), "panic", value, "stack", string(debug.Stack()))
		return withRequestID(ctx, requestError(codeInternal, "internal error"))
	}
}
