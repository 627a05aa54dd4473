package client

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// testPatience bounds each wait of a test for something that must happen.
const testPatience = time.Minute

// server is a server of which the test plays every part: it accepts websockets one by
// one, says what it wants over them, and answers requests by a function.
type server struct {
	t       *testing.T
	url     string
	http    *http.Client // reaches the server
	sockets chan *peer
	// handshakes refuse websockets, one answer each, before any is accepted.
	handshakes chan int
	// answer answers a POST; it may be called from several goroutines.
	answer func(request) any
	// requests are the POSTs that were answered by answer, with their headers.
	requests chan *http.Request
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := blankServer(t)
	hs := httptest.NewServer(s)
	t.Cleanup(hs.Close)
	s.url = hs.URL
	s.http = hs.Client()
	return s
}

// newPipeServer makes a server for a synctest bubble: its connections are net.Pipes,
// which hold nothing, so that a write waits until it is read.
func newPipeServer(t *testing.T) *server {
	t.Helper()
	s := blankServer(t)
	listener := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	hs := &http.Server{Handler: s}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = hs.Serve(listener)
	}()
	transport := &http.Transport{DialContext: listener.dial}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = hs.Close()
		<-served
	})
	s.url = "http://pipe.test"
	s.http = &http.Client{Transport: transport}
	return s
}

func blankServer(t *testing.T) *server {
	return &server{
		t: t, sockets: make(chan *peer, 64),
		handshakes: make(chan int, 64), requests: make(chan *http.Request, 64),
	}
}

// client makes a client of the server that comes back without waiting.
func (s *server) client(opts ...Option) *Client {
	s.t.Helper()
	base := []Option{WithHTTPClient(s.http), WithBackoff(atOnce)}
	c, err := New(s.url, append(base, opts...)...)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// atOnce tries for ever without waiting.
func atOnce(Failure) (time.Duration, bool) { return 0, true }

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/graphql" {
		http.NotFound(w, r)
		return
	}
	if websocket.IsWebSocketUpgrade(r) {
		s.upgrade(w, r)
		return
	}
	var req request
	if err := json.NewDecoder(r.Body).Decode(&req); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.requests <- r
	w.Header().Set("Content-Type", "application/graphql-response+json")
	_ = json.NewEncoder(w).Encode(s.answer(req))
}

func (s *server) upgrade(w http.ResponseWriter, r *http.Request) {
	select {
	case status := <-s.handshakes:
		http.Error(w, "no", status)
		return
	default:
	}
	upgrader := websocket.Upgrader{Subprotocols: []string{subprotocol}}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	s.sockets <- &peer{t: s.t, conn: conn, handshake: r}
}

// accept waits for the next websocket.
func (s *server) accept() *peer {
	s.t.Helper()
	select {
	case p := <-s.sockets:
		s.t.Cleanup(func() { p.conn.Close() })
		return p
	case <-time.After(testPatience):
		s.t.Fatal("no connection came")
		return nil
	}
}

// open waits for the next websocket and takes its subscription.
func (s *server) open() (*peer, map[string]any) {
	s.t.Helper()
	p := s.accept()
	p.acknowledge()
	return p, p.subscription().Variables
}

// pipeListener hands out the far ends of pipes.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.conns <- far:
		return near, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { close(l.closed); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }
