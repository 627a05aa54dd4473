package live

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"stepcast/internal/httpx"
)

var errOperationTimeout = errors.New("the operation took too long")

// runner is what all transports do with a request once they have read it.
type runner struct {
	opts   *Options
	exec   graphql.GraphExecutor
	meter  *meter
	groups *groups
}

// prepare parses, validates and limits a request. A non-nil response refuses it: it
// has errors and no data. The returned context carries the operation context.
func (x *runner) prepare(
	ctx context.Context, params *graphql.RawParams,
) (context.Context, *graphql.OperationContext, *graphql.Response) {
	oc, errs := x.exec.CreateOperationContext(ctx, params)
	ctx = graphql.WithOperationContext(ctx, oc)
	if len(errs) > 0 {
		return ctx, oc, x.exec.DispatchError(ctx, errs[:min(len(errs), maxRequestErrors)])
	}
	return ctx, oc, nil
}

// bounded gives the context that queries and mutations run under.
func (x *runner) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if x.opts.OperationTimeout < 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, x.opts.OperationTimeout, errOperationTimeout)
}

// once runs a query or mutation to its one response. It is nil when whoever asked
// is gone.
func (x *runner) once(ctx context.Context, oc *graphql.OperationContext) *graphql.Response {
	ctx, cancel := x.bounded(ctx)
	defer cancel()
	responses, ctx := x.exec.DispatchOperation(ctx, oc)
	if resp := responses(ctx); resp != nil {
		return resp
	}
	return x.timedOut(ctx)
}

// timedOut is the response of an operation that gave none before its deadline; nil
// when the deadline is not why.
func (x *runner) timedOut(ctx context.Context) *graphql.Response {
	if context.Cause(ctx) != errOperationTimeout { //nolint:errorlint // set by bounded, never wrapped
		return nil
	}
	message := fmt.Sprintf("the operation took longer than %s", x.opts.OperationTimeout.Round(time.Millisecond))
	x.opts.Logger.WarnContext(ctx, "a GraphQL operation took too long",
		"request", httpx.RequestID(ctx), "operation", graphql.GetOperationContext(ctx).OperationName)
	return &graphql.Response{Errors: gqlerror.List{withRequestID(ctx, requestError(codeUnavailable, message))}}
}

// panicked is the response to a panic outside of what gqlgen recovers.
func (x *runner) panicked(ctx context.Context, value any) *graphql.Response {
	return x.exec.DispatchError(ctx, gqlerror.List{asGraphQL(x.opts.Recover(ctx, value))})
}
