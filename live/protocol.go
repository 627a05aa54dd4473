package live

import (
	"context"
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// protocol is what differs between the WebSocket subprotocols.
type protocol interface {
	format() *format
	// parse reads one message; the kinds are those of graphql-transport-ws. An error's
	// text is shown to the client and never repeats the input.
	parse(data []byte) (inbound, error)
	// malformed handles a message that could not be read.
	malformed(s *socket, m inbound, err error)
	// acknowledge tells that the socket may be used.
	acknowledge(s *socket)
	// refused tells why it may not, before it is closed for that.
	refused(s *socket, reason string)
	// keepAlive is called once each ping interval.
	keepAlive(s *socket)
	// stopped handles an operation that its client has just completed.
	stopped(s *socket, id string)
	// duplicate handles an operation whose id another one has. True: the other one was
	// ended, and this one may start.
	duplicate(s *socket, id string) bool
}

func protocolNamed(name string) protocol {
	if name == protocolLegacyWS {
		return legacyProtocol{}
	}
	return transportProtocol{}
}

// transportProtocol is graphql-transport-ws.
// https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
type transportProtocol struct{}

func (transportProtocol) format() *format                    { return transportWS }
func (transportProtocol) parse(data []byte) (inbound, error) { return parseInbound(data) }
func (transportProtocol) acknowledge(s *socket)              { s.tell(ackMessage) }
func (transportProtocol) refused(*socket, string)            {}
func (transportProtocol) keepAlive(*socket)                  {}
func (transportProtocol) stopped(*socket, string)            {}

func (transportProtocol) malformed(s *socket, _ inbound, err error) {
	s.end(closeBadMessage, err.Error())
}

func (transportProtocol) duplicate(s *socket, id string) bool {
	s.end(closeDuplicateID, fmt.Sprintf("Subscriber for %s already exists", id))
	return false
}

// handle is receive on a goroutine of its own, for which the reader waits: the stack that
// a message needs, to be parsed or to sign in with, would stay with the reader.
func (s *socket) handle(data []byte) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if value := recover(); value != nil {
				_ = s.opts.Recover(s.ctx, value) // it is logged there
				s.end(closeInternal, "Internal server error")
			}
		}()
		s.receive(data)
	}()
	<-done
}

// receive handles one text message; the next one waits for it. When the outbox is
// full it waits, and with it the client: who does not read answers is not heard.
func (s *socket) receive(data []byte) {
	m, err := s.protocol.parse(data)
	if err != nil {
		s.protocol.malformed(s, m, err)
		return
	}
	switch m.kind {
	case typeInit:
		s.initialise(m.init)
	case typePing:
		s.tell(pongMessage(m.payload))
	case typeSubscribe:
		s.subscribe(m)
	case typeComplete:
		if s.operations.stop(s.out, m.id) {
			s.protocol.stopped(s, m.id)
		}
	case typeTerminate:
		s.end(closeNormal, "")
	}
}

// tell sends a message of no operation, waiting for room.
func (s *socket) tell(m message) { s.out.put(s.ctx, &s.own, m) }

// initialise answers connection_init.
func (s *socket) initialise(payload map[string]any) {
	if s.session != nil {
		s.end(closeInitTwice, "Too many initialisation requests")
		return
	}
	s.stopInitTimer()
	ctx, session, err := s.opts.Authenticate(s.ctx, s.request, payload)
	switch {
	case err != nil && isUnavailable(err):
		s.refuse(closeTryAgain, "Try again later")
	case err != nil:
		s.refuse(closeForbidden, "Forbidden")
	case !session.Expires.IsZero() && !time.Now().Before(session.Expires):
		s.refuse(closeForbidden, "Expired")
	case !s.connections.admit(s, session.Viewer):
		s.refuse(closeForbidden, "Too many connections")
	default:
		s.enterSession(ctx, session)
		s.protocol.acknowledge(s)
	}
}

func (s *socket) refuse(code int, reason string) {
	s.protocol.refused(s, reason)
	s.end(code, reason)
}

// enterSession arranges for the socket to end when the session does.
func (s *socket) enterSession(ctx context.Context, session Session) {
	s.session, s.viewer, s.request = ctx, session.Viewer, nil
	s.forget = append(s.forget, context.AfterFunc(ctx, func() { s.end(closeForbidden, "Forbidden") }))
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
		s.refuse(closeUnauthorized, "Unauthorized")
		return
	}
	ctx, cancel := context.WithCancel(graphql.StartOperationTrace(s.session))
	op := &operation{
		peer: &s.peer, id: m.id, head: s.out.format.head(m.id), ctx: ctx, cancel: cancel, params: m.params,
	}
	result := s.operations.start(op)
	if result == duplicate && s.protocol.duplicate(s, m.id) {
		result = s.operations.start(op)
	}
	switch result {
	case started:
		go op.run()
	case tooMany:
		err := limitError("operations of one connection", s.opts.OperationsPerSocket)
		s.tell(message{head: op.head, tail: s.out.format.failed(gqlerror.List{err})})
		cancel()
	case duplicate:
		cancel()
	}
}
