package live

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// httpStream answers operations by a response that goes on: subscriptions, and whatever
// else somebody rather has that way.
type httpStream struct {
	*runner
	connections *connections
}

// streamKind is how one kind of stream looks around the messages of its operation.
type streamKind struct {
	*format
	contentType string
	// opening comes first, at once.
	opening []byte
	// keepAlive is sent each ping interval.
	keepAlive []byte
	// whole says that queries, mutations and refused documents may be answered by it, too.
	whole bool
	// explains says that a stream which is cut short ends with an error that says why.
	explains bool
}

// retryLater is what who has too many streams is told to wait, in seconds.
const retryLater = 5

func (*httpStream) supports(r *http.Request) bool {
	kind, _ := acceptedStream(r)
	return kind != nil
}

// serve answers in one piece what need not be a stream and is rather wanted that way.
func (t *httpStream) serve(w http.ResponseWriter, r *http.Request) {
	kind, first := acceptedStream(r)
	resume := lastEvent(kind, r)
	if resume != nil && *resume == completedID {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	e := authenticate(t.runner, w, r, cmp.Or(negotiate(r.Header), mediaJSON))
	if e == nil {
		return
	}
	read := e.posted
	if r.Method == http.MethodGet {
		read = e.linked
	}
	params := read()
	if params == nil {
		return
	}
	oc, refused := e.look(params)
	switch {
	case oc != nil && r.Method == http.MethodGet && e.refuseMutation(oc.Operation):
	case oc != nil && oc.Operation.Operation == ast.Subscription, first && kind.whole:
		t.stream(e, kind, &operation{params: params, oc: oc, resume: resume}, refused)
	case refused != nil:
		e.respond(refused)
	default:
		e.answer(params, func(*ast.OperationDefinition) bool { return false })
	}
}

// lastEvent is the id of the last event of an earlier stream, nil when r names none.
func lastEvent(kind *streamKind, r *http.Request) *string {
	id := r.Header.Get("Last-Event-ID")
	if kind != eventStream || id == "" {
		return nil
	}
	return &id
}

// look gives what params ask for, or why it cannot be run.
func (e *exchange) look(params *graphql.RawParams) (oc *graphql.OperationContext, refused *graphql.Response) {
	ctx := e.r.Context()
	defer func() {
		if value := recover(); value != nil {
			oc, refused = nil, e.panicked(ctx, value)
		}
	}()
	if _, oc, refused = e.prepare(ctx, params); refused != nil {
		return nil, refused
	}
	return oc, nil
}

// stream serves op by a stream, unless there may not be one now. One that was refused has
// errors only.
func (t *httpStream) stream(e *exchange, kind *streamKind, op *operation, refused *graphql.Response) {
	if expires := e.session.Expires; !expires.IsZero() && !time.Now().Before(expires) {
		e.refuse(http.StatusUnauthorized, codeUnauthenticated, "the sign-in has expired")
		return
	}
	if !t.connections.enter() {
		refuseWhileClosing(e.w)
		return
	}
	defer t.connections.leave()
	s := newStream(e, kind)
	t.connections.add(s)
	defer t.connections.remove(s)
	defer s.release()
	if !t.connections.admit(s, e.session.Viewer) {
		e.w.Header().Set("Retry-After", strconv.Itoa(retryLater))
		e.refuse(http.StatusTooManyRequests, codeLimitExceeded,
			fmt.Sprintf("too many open streams and sockets: the limit is %d for each user", t.opts.SocketsPerViewer))
		return
	}
	s.serve(op, refused)
}
