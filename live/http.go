package live

import (
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"stepcast/internal/httpx"
)

// exchange is one request over HTTP and its answer, whatever the method.
type exchange struct {
	*runner
	w       http.ResponseWriter
	r       *http.Request // with what Authenticate gave
	media   string
	session Session
	client  context.Context // until whoever asked is gone
}

// newExchange settles the media type and who asks. When either fails it has answered,
// and gives nil.
func newExchange(x *runner, w http.ResponseWriter, r *http.Request) *exchange {
	media := negotiate(r.Header)
	if media == "" {
		writeRefusal(w, r, mediaJSON, http.StatusNotAcceptable,
			requestError(codeBadUserInput, "answers are "+mediaResponse+", "+mediaJSON+" or "+mediaEvents))
		return nil
	}
	return authenticate(x, w, r, media)
}

// authenticate is newExchange for a media type that is settled.
func authenticate(x *runner, w http.ResponseWriter, r *http.Request, media string) *exchange {
	ctx, session, err := x.opts.Authenticate(r.Context(), r, nil)
	if err != nil {
		status, shown := refusal(r.Context(), err)
		writeRefusal(w, r, media, status, shown)
		return nil
	}
	ctx = graphql.StartOperationTrace(ctx)
	return &exchange{runner: x, w: w, r: r.WithContext(ctx), media: media, session: session, client: r.Context()}
}

// answer runs the request, unless its kind of operation does not belong here.
func (e *exchange) answer(params *graphql.RawParams, refuse func(*ast.OperationDefinition) bool) {
	ctx := e.r.Context()
	defer func() {
		if value := recover(); value != nil {
			resp := e.panicked(ctx, value)
			writeResponse(e.w, e.r, e.media, http.StatusInternalServerError, resp)
		}
	}()
	ctx, oc, refused := e.prepare(ctx, params)
	if refused != nil {
		e.respond(refused)
		return
	}
	if refuse(oc.Operation) {
		return
	}
	// When nobody waits for the answer any more there is none.
	if resp := e.once(ctx, oc); resp != nil {
		e.respond(resp)
	}
}

// respond writes resp with the status that its media type asks for: as
// application/json every well-formed request is answered with 200; as
// application/graphql-response+json one that was not executed is 400. One that names no
// document that there is, is not well-formed.
func (e *exchange) respond(resp *graphql.Response) {
	status := http.StatusOK
	switch {
	case hasCode(resp.Errors, codeUnauthenticated):
		status = http.StatusUnauthorized
	case resp.Data == nil && (e.media == mediaResponse || hasCode(resp.Errors, codeDocumentNotFound)):
		status = http.StatusBadRequest
	}
	writeResponse(e.w, e.r, e.media, status, resp)
}

// refuse answers a request that was never handed to the executor.
func (e *exchange) refuse(status int, code, message string) {
	writeRefusal(e.w, e.r, e.media, status, requestError(code, message))
}

// refuseSubscription answers subscriptions, and says whether op was one.
func (e *exchange) refuseSubscription(op *ast.OperationDefinition) bool {
	if op.Operation != ast.Subscription {
		return false
	}
	e.respond(&graphql.Response{Errors: gqlerror.List{requestError(codeBadUserInput,
		"a subscription has many answers: accept "+mediaEvents+" or, with POST, "+mediaMultipart+`;subscriptionSpec="1.0"`+
			", or connect to this path over WebSocket with the subprotocol "+protocolTransportWS)}})
	return true
}

func writeRefusal(w http.ResponseWriter, r *http.Request, media string, status int, err *gqlerror.Error) {
	writeResponse(w, r, media, status, &graphql.Response{Errors: gqlerror.List{err}})
}

// writeResponse is where every answer over HTTP leaves.
func writeResponse(w http.ResponseWriter, r *http.Request, media string, status int, resp *graphql.Response) {
	header := w.Header()
	// Answers depend on who asks, and a GET may pass caches on its way.
	header.Set("Cache-Control", "no-store")
	header.Set("Vary", "Accept")
	if status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", "Bearer")
	}
	httpx.Write(w, r, status, media+"; charset=utf-8", appendResponse(nil, resp))
}
