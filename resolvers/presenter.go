package resolvers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"stepcast/models"
)

// PresenterOptions are what the error presenter needs.
type PresenterOptions struct {
	// Logger gets what clients are not told; nil is slog.Default().
	Logger *slog.Logger
	// RequestID names the request in the log and in the error; nil, or an answer of
	// "", gives each error a random one.
	RequestID func(ctx context.Context) string
}

// NewPresenter makes the function that turns an error into what the client sees: a
// code of the contract, and the message of a Fault or of the executor. Anything else
// is "internal error" to the client, and whole in the log; the request id joins them.
func NewPresenter(o PresenterOptions) graphql.ErrorPresenterFunc {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return presenter{o}.present
}

type presenter struct{ PresenterOptions }

func (p presenter) present(ctx context.Context, err error) *gqlerror.Error {
	shown := &gqlerror.Error{}
	var known *gqlerror.Error
	if errors.As(err, &known) {
		shown.Path, shown.Locations = known.Path, known.Locations
	}
	fault := models.AsFault(err)
	var panicked *panicError
	switch {
	case fault != nil && topLevelCodes[fault.Code] != "":
		describe(shown, fault)
		if fault.Code == models.CodeUnavailable {
			p.number(ctx, shown)
			p.Logger.WarnContext(ctx, "graphql: unavailable", p.attributes(ctx, shown, err)...)
		}
	case known != nil && describeRefusal(shown, known):
	case ctx.Err() != nil && !errors.As(err, &panicked):
		// Whatever fails once the context has ended, fails because of that.
		shown.Message = "the operation was given up before its end"
		shown.Extensions = map[string]any{"code": codeUnavailable}
		p.number(ctx, shown)
		p.Logger.DebugContext(ctx, "graphql: operation given up", p.attributes(ctx, shown, err)...)
	default:
		p.mask(ctx, shown, err)
	}
	return shown
}

// mask hides err from the client and writes it to the log.
func (p presenter) mask(ctx context.Context, shown *gqlerror.Error, err error) {
	shown.Message = "internal error"
	shown.Extensions = map[string]any{"code": codeInternal}
	p.number(ctx, shown)
	attributes := p.attributes(ctx, shown, err)
	var panicked *panicError
	if errors.As(err, &panicked) {
		attributes = append(attributes, "stack", string(panicked.stack))
	}
	p.Logger.ErrorContext(ctx, "graphql: internal error", attributes...)
}

// number puts the id of the request into shown.
func (p presenter) number(ctx context.Context, shown *gqlerror.Error) {
	id := ""
	if p.RequestID != nil {
		id = p.RequestID(ctx)
	}
	if id == "" {
		id = rand.Text()
	}
	shown.Extensions["requestId"] = id
}

// attributes are what the log says of an error that was numbered.
func (presenter) attributes(ctx context.Context, shown *gqlerror.Error, err error) []any {
	attributes := []any{"request", shown.Extensions["requestId"], "path", shown.Path.String(), "error", err}
	if graphql.HasOperationContext(ctx) {
		attributes = append(attributes, "operation", operationName(graphql.GetOperationContext(ctx)))
	}
	return attributes
}

// operationName is the one that was asked for, else that of the only one there is.
func operationName(op *graphql.OperationContext) string {
	if op.OperationName == "" && op.Operation != nil {
		return op.Operation.Name
	}
	return op.OperationName
}

// describe shows a Fault.
func describe(shown *gqlerror.Error, fault *models.Fault) {
	shown.Message = fault.Message
	shown.Extensions = map[string]any{"code": topLevelCodes[fault.Code]}
	if len(fault.Field) > 0 {
		shown.Extensions["field"] = fault.Field
	}
	if fault.RetryAfter > 0 {
		shown.Extensions["retryAfterSeconds"] = fault.RetryAfter
	}
}

// describeRefusal shows a refusal of the executor or a transport, if known is one.
func describeRefusal(shown, known *gqlerror.Error) bool {
	code, _ := known.Extensions["code"].(string)
	code, ok := executorCodes[code]
	if known.Message == introspectionDisabled {
		code, ok = codeValidationFailed, true
	}
	if !ok {
		return false
	}
	shown.Message, shown.Extensions = known.Message, maps.Clone(known.Extensions)
	if shown.Extensions == nil {
		shown.Extensions = map[string]any{}
	}
	// A variable is refused before there is a response for a path to point into.
	if len(known.Path) > 0 && known.Path[0] == variableRoot {
		shown.Message = "variable $" + known.Path[1:].String() + ": " + known.Message
		shown.Path, code = nil, codeBadUserInput
	}
	shown.Extensions["code"] = code
	return true
}

// panicError is a panic on its way to the presenter.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// Recover turns a panic into an error; the presenter masks it and logs it with its stack.
func Recover(_ context.Context, value any) error {
	return &panicError{value: value, stack: debug.Stack()}
}
