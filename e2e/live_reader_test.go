package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// manner is how a reader reads.
type manner struct {
	name string
	// pace is the time that it takes for each message.
	pace time.Duration
	// frayed: its connections break at random, and it subscribes again.
	frayed bool
	// stalled: its connection has a valve, which is shut until the test opens it.
	stalled bool
}

var (
	fast    = manner{name: "fast"}
	slow    = manner{name: "slow", pace: 50 * time.Millisecond}
	frayed  = manner{name: "frayed", frayed: true}
	stalled = manner{name: "stalled", stalled: true}
)

// feed is what a reader subscribes to, and what it makes of what comes.
type feed interface {
	// request is what to ask for, from where the reader is.
	request() (query string, variables object)
	// accept takes a value; first says that it is the first one of a subscription.
	accept(data object, first bool) error
	// complete is told that the server has ended the stream.
	complete() error
}

// liveReader keeps one subscription on a socket of its own, until it is complete.
type liveReader struct {
	manner
	what  string
	host  string // of the server, or what passes connections on to it
	token string
	feed  feed

	cancel context.CancelFunc
	done   chan struct{} // closed when it has ended

	mu sync.Mutex // guards the rest, and what feed has
	// subscriptions and values count what was asked and answered.
	subscriptions, values int
	valve                 *valve // of the last connection
	err                   error  // why it ended before its time
}

func (r *liveReader) String() string { return r.name + " reader of " + r.what }

// run subscribes, again and again if need be, and reads to the end.
func (r *liveReader) run(ctx context.Context) {
	defer close(r.done)
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		err := r.attend(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		if !r.frayed || !broken(err) {
			r.look(func() { r.err = fmt.Errorf("%s: %w", r, err) })
			return
		}
		<-again.C
	}
}

// errStream is of what the server said, and not of the way that it came.
var errStream = errors.New("stream")

// broken says whether an error is a connection's that was cut on the way.
func broken(err error) bool {
	return !errors.Is(err, errStream) && (websocket.IsCloseError(err, websocket.CloseAbnormalClosure) || !errors.As(err, new(*websocket.CloseError)))
}

// attend reads over one connection. It gives nil when the stream is complete.
func (r *liveReader) attend(ctx context.Context) error {
	conn, err := r.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	leave := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer leave()
	if err := r.subscribe(conn); err != nil {
		return err
	}
	pace := time.NewTicker(max(r.pace, 1))
	defer pace.Stop()
	for first := true; ; first = false {
		over, err := r.read(conn, first)
		if over || err != nil {
			return err
		}
		if r.pace > 0 {
			<-pace.C
		}
	}
}

func (r *liveReader) dial(ctx context.Context) (*websocket.Conn, error) {
	dialer := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}, HandshakeTimeout: patience}
	if r.stalled {
		dialer.NetDialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			v, err := dialValve(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			r.look(func() { r.valve = v })
			return v, nil
		}
	}
	conn, _, err := dialer.DialContext(ctx, "ws://"+r.host+"/graphql", nil)
	return conn, err
}

// subscribe signs in, and asks for what comes next.
func (r *liveReader) subscribe(conn *websocket.Conn) error {
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if err := conn.WriteJSON(object{"type": "connection_init", "payload": object{"Authorization": "Bearer " + r.token}}); err != nil {
		return err
	}
	var ack frame
	if err := conn.ReadJSON(&ack); err != nil {
		return err
	}
	if ack.Type != "connection_ack" {
		return fmt.Errorf("%w: %s in place of an ack", errStream, ack.Type)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.subscriptions++
	query, variables := r.feed.request()
	return conn.WriteJSON(object{"id": "1", "type": "subscribe", "payload": object{"query": query, "variables": variables}})
}

// read takes one message.
func (r *liveReader) read(conn *websocket.Conn, first bool) (over bool, err error) {
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return false, err
	}
	var f frame
	// What breaks within a message must not look like a message that is broken.
	_, text, err := conn.ReadMessage()
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(text, &f); err != nil {
		return false, fmt.Errorf("%w: %w in %s", errStream, err, text)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch f.Type {
	case "next":
		return false, r.accept(f.Payload, first)
	case "complete":
		if err := r.feed.complete(); err != nil {
			return false, fmt.Errorf("%w: %w", errStream, err)
		}
		return true, nil
	}
	return false, fmt.Errorf("%w: unexpected %s %s", errStream, f.Type, f.Payload)
}

// accept takes a value; called with mu held.
func (r *liveReader) accept(payload json.RawMessage, first bool) error {
	var said answer
	if err := decode(string(payload), &said); err != nil {
		return fmt.Errorf("%w: %w", errStream, err)
	}
	if len(said.Errors) > 0 {
		return fmt.Errorf("%w: %s", errStream, payload)
	}
	r.values++
	if err := r.feed.accept(said.Data, first); err != nil {
		return fmt.Errorf("%w: %w", errStream, err)
	}
	return nil
}

// look lets the test see what the reader has.
func (r *liveReader) look(see func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	see()
}

// withValve does something with the valve of a reader that may stall; false while it has
// no connection.
func (r *liveReader) withValve(do func(*valve)) (connected bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.valve != nil {
		do(r.valve)
	}
	return r.valve != nil
}

// isDone says whether the reader has ended.
func (r *liveReader) isDone() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// hostOf is where a URL leads.
func hostOf(url string) string { return strings.TrimPrefix(url, "http://") }
