package live

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// stream is one operation that is answered by an HTTP response which goes on. The
// goroutine of the request is its sender, and nobody else writes.
type stream struct {
	peer
	kind    *streamKind
	session Session
	sink    *sink
	woken   chan struct{} // has a token when the sender is called

	client context.Context // until the client is gone, or the request served
	ctx    context.Context // until the stream or its session ends
	cancel context.CancelFunc

	ending sync.Once
	why    ending // set before the outbox is closed
}

// ending is why a stream ends.
type ending string

const (
	endComplete ending = "complete" // the operation is over
	endRefused  ending = "refused"  // the session has expired, or was revoked
	endRestart  ending = "restart"  // the server stops
	endGone     ending = "gone"     // the client has left, or does not read
)

// newStream takes over the response of e.
func newStream(e *exchange, kind *streamKind) *stream {
	s := &stream{
		kind: kind, session: e.session,
		sink:  newSink(e.w, e.r, e.opts.WriteTimeout),
		woken: make(chan struct{}, 1),
		// What Authenticate gave may end sooner; then the client is still there.
		client: e.client,
	}
	s.ctx, s.cancel = context.WithCancel(e.r.Context())
	s.peer = peer{runner: e.runner, operations: operations{limit: 1}}
	s.out = &outbox{limit: e.opts.QueueBytes, format: kind.format, meter: e.meter, wake: s.wake}
	return s
}

// wake never blocks: the outbox calls a sender only when it has let go the one before.
func (s *stream) wake() { s.woken <- struct{}{} }

// serve answers op until it has ended or the stream has.
func (s *stream) serve(op *operation, refused *graphql.Response) {
	open := s.meter.connections[s.kind.name]
	open.Inc()
	defer open.Dec()
	if expires := s.session.Expires; !expires.IsZero() {
		timer := time.AfterFunc(time.Until(expires), func() { s.end(endRefused) })
		defer timer.Stop()
	}
	if !s.begin() {
		return
	}
	op.peer = &s.peer
	op.ctx, op.cancel = context.WithCancel(s.ctx)
	s.operations.start(op) // the only one, so there is room
	defer context.AfterFunc(op.ctx, s.operationOver)()
	if refused != nil {
		op.fail(refused)
		s.operations.done(op)
	} else {
		go op.run()
	}
	s.send()
}

// release returns when the operation has ended and nobody touches the response any more.
func (s *stream) release() {
	s.end(endGone) // unless it has ended otherwise
	s.sink.close()
	s.operations.wait()
	s.opts.Logger.DebugContext(s.ctx, "stream closed",
		"viewer", s.session.Viewer, "protocol", s.kind.name, "reason", string(s.why))
}

// begin sends the head of the response.
func (s *stream) begin() bool {
	header := s.sink.w.Header()
	header.Set("Content-Type", s.kind.contentType)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	header.Set("Vary", "Accept")
	header.Set("X-Accel-Buffering", "no") // nginx would keep events back
	if s.sink.conn != nil {
		header.Set("Connection", "close") // it was made for this response
	}
	s.sink.open()
	s.sink.w.WriteHeader(http.StatusOK)
	_, err := s.sink.send(s.kind.opening)
	return err == nil
}

// send sends what there is to send, until the stream has ended and all is sent.
func (s *stream) send() {
	pings := time.NewTicker(s.opts.PingInterval)
	defer pings.Stop()
	for {
		var err error
		over := false
		select {
		case <-s.woken:
			over, err = s.flush()
		case <-pings.C:
			err = s.ping()
		}
		if err != nil {
			s.sendFailed()
			return
		}
		if over {
			s.farewell()
			return
		}
	}
}

// flush sends all that waits. over says that nothing more will come.
func (s *stream) flush() (over bool, err error) {
	for {
		if _, err := s.out.flush(s.sink.send); err != nil {
			return false, err
		}
		if over, idle := s.out.idle(func() {}); over || idle {
			return over, nil
		}
	}
}

// ping says that the server is still there, unless the client is not.
func (s *stream) ping() error {
	if !s.sink.heard() {
		return errUnheard
	}
	_, err := s.sink.send(s.kind.keepAlive)
	return err
}

// sendFailed ends the stream: there is nobody to tell.
func (s *stream) sendFailed() {
	if s.sink.stalled() {
		s.meter.timeouts.Inc()
	}
	s.end(endGone)
	s.out.close(true) // it may have ended before, to send all that waits
}

// farewell is the last that is sent of a stream that was cut short.
func (s *stream) farewell() {
	if !s.kind.explains {
		return
	}
	switch s.why {
	case endRefused:
		s.explain(codeUnauthenticated, "the right to this stream has ended: sign in again")
	case endRestart:
		s.explain(codeUnavailable, "the server is going away: subscribe again in a few seconds")
	}
}

func (s *stream) explain(code, message string) {
	// Who does not take it has left, or sees the end of the response.
	_, _ = s.sink.send(s.kind.failed(gqlerror.List{requestError(code, message)}))
}

// operationOver ends the stream when its operation has ended, whoever ended it.
func (s *stream) operationOver() {
	switch {
	case s.client.Err() != nil:
		s.end(endGone)
	case s.ctx.Err() != nil:
		s.end(endRefused)
	default:
		s.end(endComplete)
	}
}

// end ends the stream, once: later reasons are ignored. It may be called from any
// goroutine and never blocks. What waits is sent first, unless it may not be shown any
// more or nobody reads it; a stream that is complete has all the time for that.
func (s *stream) end(why ending) {
	if why != endComplete {
		s.sink.finish(s.opts.CloseTimeout)
	}
	s.ending.Do(func() {
		s.why = why
		s.out.close(why == endRefused || why == endGone)
		s.cancel()
	})
}

// The three ends of a connection.
func (s *stream) restart() { s.end(endRestart) }
func (s *stream) goAway()  { s.end(endRestart) }
func (s *stream) cut()     { s.sink.abort(); s.end(endGone) }
