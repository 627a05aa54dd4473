package live

import (
	"context"
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// receive handles one text message, on the reader's goroutine. When the outbox is
// full it waits, and with it the client: who does not read answers is not heard.
func (s *socket) receive(data []byte) {
	m, err := parseInbound(data)
	if err != nil {
		s.end(closeBadMessage, err.Error())
		return
	}
	switch m.kind {
	case typeInit:
		s.initialise(m.init)
	case typePing:
		s.out.put(s.ctx, &s.own, pongMessage(m.payload))
	case typeSubscribe:
		s.subscribe(m)
	case typeComplete:
		s.operations.stop(s.out, m.id)
	}
}

// initialise answers connection_init.
func (s *socket) initialise(payload map[string]any) {
	if s.session != nil {
		s.end(closeInitTwice, "Too many initialisation requests")
		return
	}
	s.initTimer.Stop()
	ctx, session, err := s.transport.opts.Authenticate(s.ctx, s.request, payload)
	switch {
	case err != nil && isUnavailable(err):
		s.end(closeTryAgain, "Try again later")
	case err != nil:
		s.end(closeForbidden, "Forbidden")
	case !session.Expires.IsZero() && !time.Now().Before(session.Expires):
		s.end(closeForbidden, "Expired")
	case !s.transport.sockets.admit(s, session.Viewer):
		s.end(closeForbidden, "Too many connections")
	default:
		s.enterSession(ctx, session)
		s.out.put(s.ctx, &s.own, ackMessage)
	}
}

// enterSession arranges for the socket to end when the session does.
func (s *socket) enterSession(ctx context.Context, session Session) {
	s.session = ctx
	s.forget = append(s.forget, context.AfterFunc(ctx, func() {
		// A session's context also ends with the server's: then it is not refused.
		if s.request.Context().Err() == nil {
			s.end(closeForbidden, "Forbidden")
		}
	}))
	if !session.Expires.IsZero() {
		timer := time.AfterFunc(time.Until(session.Expires), func() { s.end(closeForbidden, "Expired") })
		s.forget = append(s.forget, timer.Stop)
	}
}

func (s *socket) leaveSession() {
	for _, stop := range s.forget {
		stop()
	}
}

// subscribe starts an operation.
func (s *socket) subscribe(m inbound) {
	if s.session == nil {
		s.end(closeUnauthorized, "Unauthorized")
		return
	}
	m.params.Headers = s.request.Header
	ctx, cancel := context.WithCancel(graphql.StartOperationTrace(s.session))
	op := &operation{
		socket: s, id: m.id, head: operationHead(m.id), ctx: ctx, cancel: cancel, params: m.params,
	}
	switch s.operations.start(op) {
	case started:
		go op.run()
	case duplicate:
		cancel()
		s.end(closeDuplicateID, fmt.Sprintf("Subscriber for %s already exists", m.id))
	case tooMany:
		cancel()
		err := limitError("operations of one connection", s.transport.opts.OperationsPerSocket)
		s.out.put(s.ctx, &s.own, message{op.head, errorTail(gqlerror.List{err})})
	}
}
