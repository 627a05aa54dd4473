package live

import (
	"context"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"stepcast/internal/sharing"
)

// peer is what a connection is to the operations that run on it.
type peer struct {
	*runner
	out        *outbox
	operations operations
}

// operation is one query, mutation or subscription running on a connection.
type operation struct {
	peer   *peer
	id     string
	head   []byte
	lane   lane
	params *graphql.RawParams
	// oc is what was made of params; nil when that is still to be done.
	oc *graphql.OperationContext
	// resume is where an earlier stream of this reader ended; nil: the arguments say.
	resume *string
	ctx    context.Context // until the client completes it or its session ends
	cancel context.CancelFunc
	// streams says that it is a subscription.
	streams bool
	// member is its part in a group; nil while it has none.
	member atomic.Pointer[member]
}

// cutShort ends what nobody waits for any more. Its context must have ended.
func (o *operation) cutShort() {
	if m := o.member.Load(); m != nil && m.release() {
		m.abandon()
	}
}

// run executes the operation and sends what it gives: any number of `next`, then
// `complete`; or `error`, when it could not begin or its source broke. Nothing is
// sent after the client has completed it, nor when it was cut short by the end of
// its session: then it is the connection that tells.
func (o *operation) run() {
	if o.serve() {
		o.peer.operations.done(o)
	}
}

// serve gives false when the operation is not over and a group looks after it.
func (o *operation) serve() (over bool) {
	ctx := o.ctx
	defer func() {
		if value := recover(); value != nil {
			o.fail(o.peer.panicked(ctx, value))
			over = true
		}
	}()
	ctx, oc, refused := o.prepare()
	if refused != nil {
		o.fail(refused)
		return true
	}
	if oc.Operation.Operation != ast.Subscription {
		o.answer(ctx, oc)
		return true
	}
	o.streams = true
	o.peer.meter.subscriptions.Inc()
	// The same text is kept once for all who sent it.
	o.params.Query = oc.Operation.Position.Src.Input
	if plan, shared := o.peer.opts.Share(ctx, o.resume); shared {
		return newMember(o, oc, plan).follow()
	}
	o.stream(ctx, oc)
	return true
}

// prepare is that of the runner, unless it was done before.
func (o *operation) prepare() (context.Context, *graphql.OperationContext, *graphql.Response) {
	oc := o.oc
	if oc == nil {
		return o.peer.prepare(o.ctx, o.params)
	}
	o.oc = nil
	return graphql.WithOperationContext(o.ctx, oc), oc, nil
}

// answer sends the one response of a query or mutation.
func (o *operation) answer(ctx context.Context, oc *graphql.OperationContext) {
	resp := o.peer.once(ctx, oc)
	switch {
	case resp == nil: // nobody waits for it
	case resp.Data == nil:
		o.fail(resp)
	case o.put(newPacket(resp, sharing.Mark{})):
		o.complete()
	}
}

// stream runs a subscription for this operation alone.
func (o *operation) stream(ctx context.Context, oc *graphql.OperationContext) {
	source := o.peer.open(ctx, oc, &sharing.Execution{Cursor: o.resume})
	for {
		p, failed := source.next()
		switch {
		case failed != nil:
			o.fail(failed)
			return
		case p == nil:
			o.complete()
			return
		case !o.put(p):
			return
		}
	}
}

// put sends a response, waiting for room. False: the operation is over.
func (o *operation) put(p *packet) bool {
	return o.peer.out.put(o.ctx, &o.lane, p.message(o.peer.out.format, o.head))
}

func (o *operation) complete() { o.last(o.peer.out.format.completed) }

func (o *operation) fail(resp *graphql.Response) { o.last(o.peer.out.format.failed(resp.Errors)) }

// last sends the message that ends the operation, unless it has been cut short.
func (o *operation) last(tail []byte) {
	if o.ctx.Err() == nil {
		o.peer.operations.finish(o.peer.out, o, message{head: o.head, tail: tail})
	}
}
