package live

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// operation is one query, mutation or subscription running on a socket.
type operation struct {
	socket *socket
	id     string
	head   []byte
	lane   lane
	params *graphql.RawParams
	ctx    context.Context // until the client completes it or its session ends
	cancel context.CancelFunc

	answered bool // something was sent
}

// run executes the operation and sends what it gives: any number of `next`, then
// `complete`; or `error`, when it could not begin or its source broke. Nothing is
// sent after the client has completed it, nor when it was cut short by the end of
// its session: then it is the socket that tells.
func (o *operation) run() {
	x := o.socket.transport.runner
	exec := o.socket.exec
	ctx := o.ctx
	defer o.socket.operations.done(o)
	defer func() {
		if value := recover(); value != nil {
			o.fail(x.panicked(ctx, exec, value))
		}
	}()
	ctx, oc, refused := x.prepare(ctx, exec, o.params)
	if refused != nil {
		o.fail(refused)
		return
	}
	bounded, cancel := x.bounded(ctx, oc.Operation)
	defer cancel()
	responses, streaming := exec.DispatchOperation(bounded, oc)
	if !o.stream(streaming, responses) || o.ctx.Err() != nil {
		return
	}
	if resp := o.broken(streaming, oc); resp != nil {
		o.fail(resp)
		return
	}
	o.last(completeTail)
}

// broken says what is wrong with a stream that has ended, nil when nothing is.
func (o *operation) broken(ctx context.Context, oc *graphql.OperationContext) *graphql.Response {
	x := o.socket.transport.runner
	if oc.Operation.Operation != ast.Subscription {
		if o.answered {
			return nil
		}
		return x.timedOut(ctx)
	}
	if err := x.opts.StreamError(ctx); err != nil {
		return o.socket.exec.DispatchError(ctx, gqlerror.List{asGraphQL(err)})
	}
	return nil
}

// stream sends each response. False: the operation has ended without `complete`.
func (o *operation) stream(ctx context.Context, responses graphql.ResponseHandler) bool {
	for resp := responses(ctx); resp != nil; resp = responses(ctx) {
		if resp.Data == nil {
			o.fail(resp) // it was refused, or its source stream could not be made
			return false
		}
		// The executor reuses the bytes of resp.Data for the next response.
		if !o.socket.out.put(o.ctx, &o.lane, message{o.head, nextTail(resp)}) {
			return false
		}
		o.answered = true
	}
	return true
}

func (o *operation) fail(resp *graphql.Response) {
	if o.ctx.Err() == nil {
		o.last(errorTail(resp.Errors))
	}
}

// last sends the message that ends the operation.
func (o *operation) last(tail []byte) {
	o.socket.operations.finish(o.socket.out, o, message{o.head, tail})
}
