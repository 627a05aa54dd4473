package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gorilla/websocket"
)

func TestCloseCodesDecideWhetherToComeBack(t *testing.T) {
	t.Parallel()
	back := map[int]bool{
		1000: true, 1001: true, 1012: true, 1013: true, 1014: true, 4408: true, 3000: true, 4499: true,
		1002: false, 1003: false, 1007: false, 1009: false, 1011: false,
		4400: false, 4401: false, 4406: false, 4409: false, 4429: false, 4500: false,
	}
	for code, comesBack := range back {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			stream := s.client().WatchEvents(t.Context(), "690", "")
			p, _ := s.open()
			p.next("taskEvents", events(1))
			mustNext(t, stream)
			p.closeWith(code, "because")
			if comesBack {
				p, vars := s.open()
				if vars["after"] != "690:1" {
					t.Errorf("came back with %v", vars)
				}
				p.complete()
				return
			}
			err := mustEnd(t, stream)
			var closed *ClosedError
			if !errors.As(err, &closed) || closed.Code != code || closed.Reason != "because" {
				t.Errorf("end: %v", err)
			}
		})
	}
}

func TestLostConnections(t *testing.T) {
	t.Parallel()
	if passingClose(websocket.CloseNoStatusReceived) != true || passingClose(websocket.CloseAbnormalClosure) != true {
		t.Error("1005 and 1006 are not final")
	}
	err := lost(io.ErrUnexpectedEOF)
	if !passing(err) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("lost: %v", err)
	}
	if got := (&ClosedError{Code: 1001}).Error(); got != "closed by the server with 1001" {
		t.Errorf("says %q", got)
	}
}

// TestForbiddenReadsTheTokenAgainOnce: and may do so again once a token has proven good.
func TestForbiddenReadsTheTokenAgainOnce(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	var reads atomic.Int32
	c := s.client(WithTokenSource(func(context.Context) (string, error) {
		return fmt.Sprint("t", reads.Add(1)), nil
	}))
	stream := c.WatchEvents(t.Context(), "690", "")

	refuse := func(token string) {
		t.Helper()
		p := s.accept()
		if m := p.expect("connection_init"); string(m.Payload) != `{"Authorization":"Bearer `+token+`"}` {
			t.Errorf("payload %s, want %s", m.Payload, token)
		}
		p.closeWith(4403, "Expired")
	}
	refuse("t1")
	p, _ := s.open() // t2 is good …
	p.next("taskEvents", events(1))
	mustNext(t, stream)
	p.closeWith(4403, "Expired")
	refuse("t3") // … and the refusal of t2 was the first again, this one is the second
	err := mustEnd(t, stream)
	var closed *ClosedError
	if !errors.As(err, &closed) || closed.Code != 4403 || reads.Load() != 3 {
		t.Errorf("end after %d tokens: %v", reads.Load(), err)
	}
}

func TestRefusedHandshakes(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		answers []int
		back    bool
	}{
		"not found":             {[]int{404}, false},
		"too many, then good":   {[]int{429}, true},
		"away, then good":       {[]int{502, 503, 500}, true},
		"unauthorized once":     {[]int{401}, true},
		"unauthorized twice":    {[]int{401, 401}, false},
		"forbidden after a 401": {[]int{401, 403}, false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			for _, status := range tc.answers {
				s.handshakes <- status
			}
			stream := s.client().WatchEvents(t.Context(), "690", "")
			if tc.back {
				p, _ := s.open()
				p.complete()
				if err := mustEnd(t, stream); err != nil {
					t.Error(err)
				}
				return
			}
			err := mustEnd(t, stream)
			var status *HTTPError
			if !errors.As(err, &status) || status.Status != tc.answers[len(tc.answers)-1] || status.Body != "no" {
				t.Errorf("end: %v", err)
			}
		})
	}
}

func TestOperationErrors(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	stream := s.client().WatchEvents(t.Context(), "690", "")
	p, _ := s.open()
	p.fail(CodeUnavailable, "the database is away")
	p.expectClose(websocket.CloseNormalClosure)
	p, _ = s.open() // which may pass
	p.send(message{ID: operationID, Type: "next", Payload: asJSON(t, map[string]any{
		"data": nil, "errors": []any{map[string]any{"message": "bug", "extensions": map[string]any{"code": "INTERNAL"}}},
	})})
	p.expectLeave()
	if err := mustEnd(t, stream); CodeOf(err) != CodeInternal {
		t.Errorf("end: %v", err)
	}
}

// TestNonsenseEndsTheStream: what a server sends that makes no sense is not asked for again.
func TestNonsenseEndsTheStream(t *testing.T) {
	t.Parallel()
	text := func(s string) func(p *peer) {
		return func(p *peer) { _ = p.conn.WriteMessage(websocket.TextMessage, []byte(s)) }
	}
	cases := map[string]func(p *peer){
		"not JSON":            text("hello"),
		"unknown type":        text(`{"type":"data"}`),
		"second ack":          text(`{"type":"connection_ack"}`),
		"other operation":     text(`{"type":"next","id":"2","payload":{"data":{}}}`),
		"payload of a string": text(`{"type":"next","id":"1","payload":"x"}`),
		"no batch":            text(`{"type":"next","id":"1","payload":{"data":{}}}`),
		"batch of a number":   text(`{"type":"next","id":"1","payload":{"data":{"taskEvents":1}}}`),
		"event of a number":   text(`{"type":"next","id":"1","payload":{"data":{"taskEvents":{"events":[1]}}}}`),
		"event without id":    text(`{"type":"next","id":"1","payload":{"data":{"taskEvents":{"events":[{}]}}}}`),
		"empty error":         text(`{"type":"error","id":"1","payload":[]}`),
		"error of an object":  text(`{"type":"error","id":"1","payload":{}}`),
		"binary":              func(p *peer) { _ = p.conn.WriteMessage(websocket.BinaryMessage, []byte("{}")) },
		"hole":                func(p *peer) { p.next("taskEvents", events(1, 3)) },
	}
	for name, say := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			stream := s.client().WatchEvents(t.Context(), "690", "")
			p, _ := s.open()
			say(p)
			if !strings.Contains(name, "error") {
				p.expect("complete")
			}
			p.expectClose(closeBadResponse)
			if err := mustEnd(t, stream); !errors.Is(err, ErrProtocol) {
				t.Errorf("end: %v", err)
			}
		})
	}
}

func TestNonsenseOfOtherStreams(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := s.client()
	logs := c.WatchLog(t.Context(), "690", 7, "")
	p, _ := s.open()
	p.next("taskLog", lines(9))
	p.expect("complete")
	p.expectClose(closeBadResponse)
	if err := mustEnd(t, logs); !errors.Is(err, ErrProtocol) || !strings.Contains(err.Error(), "line 9 follows line 7") {
		t.Errorf("hole in the log: %v", err)
	}

	progress := c.WatchProgress(t.Context(), "690")
	p, _ = s.open()
	p.next("taskProgress", nil)
	p.expect("complete")
	p.expectClose(closeBadResponse)
	if err := mustEnd(t, progress); !errors.Is(err, ErrProtocol) {
		t.Errorf("no task: %v", err)
	}
}

func TestHandshakeNonsense(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	stream := s.client().WatchProgress(t.Context(), "690")
	p := s.accept()
	p.expect("connection_init")
	p.send(message{Type: "pong"})
	p.send(message{Type: "ping"})
	p.expect("pong")
	p.send(message{Type: "next", ID: operationID})
	p.expectClose(closeBadResponse)
	if err := mustEnd(t, stream); !errors.Is(err, ErrProtocol) {
		t.Errorf("instead of an ack: %v", err)
	}
}

func TestOtherSubprotocolIsRefused(t *testing.T) {
	t.Parallel()
	upgraded := make(chan *websocket.Conn, 1)
	hs := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		up := websocket.Upgrader{Subprotocols: []string{"graphql-ws"}}
		if conn, err := up.Upgrade(w, r, nil); err == nil {
			upgraded <- conn
		}
	}))
	t.Cleanup(hs.Close)
	c, err := New(hs.URL, WithDialer(&websocket.Dialer{Subprotocols: []string{"graphql-ws"}}))
	if err != nil {
		t.Fatal(err)
	}
	if err := mustEnd(t, c.WatchProgress(t.Context(), "690")); !errors.Is(err, ErrProtocol) {
		t.Errorf("end: %v", err)
	}
	(<-upgraded).Close()
}
