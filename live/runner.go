package live

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

var errOperationTimeout = errors.New("the operation took too long")

// runner is what all transports do with a request once they have read it.
type runner struct{ opts *Options }

// prepare parses, validates and limits a request. A non-nil response refuses it: it
// has errors and no data. The returned context carries the operation context.
func (x runner) prepare(
	ctx context.Context, exec graphql.GraphExecutor, params *graphql.RawParams,
) (context.Context, *graphql.OperationContext, *graphql.Response) {
	oc, errs := exec.CreateOperationContext(ctx, params)
	ctx = graphql.WithOperationContext(ctx, oc)
	if len(errs) > 0 {
		return ctx, oc, exec.DispatchError(ctx, errs[:min(len(errs), maxRequestErrors)])
	}
	return ctx, oc, nil
}

// bounded gives the context that op runs under: queries and mutations have a
// deadline, subscriptions last as long as their socket.
func (x runner) bounded(ctx context.Context, op *ast.OperationDefinition) (context.Context, context.CancelFunc) {
	if op.Operation == ast.Subscription || x.opts.OperationTimeout < 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, x.opts.OperationTimeout, errOperationTimeout)
}

// once runs a query or mutation to its one response. It is nil when whoever asked
// is gone.
func (x runner) once(ctx context.Context, exec graphql.GraphExecutor, oc *graphql.OperationContext) *graphql.Response {
	ctx, cancel := x.bounded(ctx, oc.Operation)
	defer cancel()
	responses, ctx := exec.DispatchOperation(ctx, oc)
	if resp := responses(ctx); resp != nil {
		return resp
	}
	return x.timedOut(ctx)
}

// timedOut is the response of an operation that gave none before its deadline; nil
// when the deadline is not why.
func (x runner) timedOut(ctx context.Context) *graphql.Response {
	if context.Cause(ctx) != errOperationTimeout { //nolint:errorlint // set by bounded, never wrapped
		return nil
	}
	message := fmt.Sprintf("the operation took longer than %s", x.opts.OperationTimeout.Round(time.Millisecond))
	return &graphql.Response{Errors: gqlerror.List{requestError(codeUnavailable, message)}}
}

// panicked is the response to a panic outside of what gqlgen recovers.
func (x runner) panicked(ctx context.Context, exec graphql.GraphExecutor, value any) *graphql.Response {
	return exec.DispatchError(ctx, gqlerror.List{asGraphQL(x.opts.Recover(ctx, value))})
}
