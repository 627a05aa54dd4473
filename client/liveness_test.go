package client

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

// TestSlowReaderHoldsTheServerBack: the stream takes what it may hold and then leaves
// the rest in the socket; nothing is lost once its reader comes back.
func TestSlowReaderHoldsTheServerBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newPipeServer(t)
		stream := s.client().WatchEvents(t.Context(), "690", "")
		p, _ := s.open()
		const total = 50
		sent := 0
		flood := make(chan struct{})
		go func() {
			defer close(flood)
			for n := 1; n <= total; n++ {
				batch := asJSON(t, map[string]any{"data": map[string]any{"taskEvents": events(n)}})
				m := message{ID: operationID, Type: "next", Payload: batch}
				if p.conn.WriteJSON(m) != nil {
					return
				}
				sent++
			}
			_ = p.conn.WriteJSON(message{ID: operationID, Type: "complete"})
		}()
		synctest.Wait()
		// One is being handed over, and part of another is in the read buffer.
		if sent < streamBuffer || sent > streamBuffer+10 {
			t.Errorf("%d batches were taken without a reader", sent)
		}
		got := 0
		for got < total {
			got += len(mustNext(t, stream).Events)
		}
		<-flood
		p.expectClose(websocket.CloseNormalClosure)
		if err := mustEnd(t, stream); err != nil {
			t.Error(err)
		}
	})
}

// TestIdleReaderKeepsTheConnection: pings go out while nobody pulls, so that the
// server knows that somebody is there.
func TestIdleReaderKeepsTheConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newPipeServer(t)
		stream := s.client().WatchEvents(t.Context(), "690", "")
		p, _ := s.open()
		for range 10 {
			p.expect("ping")
			p.send(message{Type: "pong"})
			p.send(message{Type: "ping", Payload: json.RawMessage(`{"n":1}`)})
			if m := p.expect("pong"); string(m.Payload) != `{"n":1}` {
				t.Errorf("pong with %s", m.Payload)
			}
		}
		p.complete()
		if err := mustEnd(t, stream); err != nil {
			t.Error(err)
		}
	})
}

// TestSilenceIsALostConnection: a server that answers no ping is left after two of them.
func TestSilenceIsALostConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newPipeServer(t)
		began := time.Now()
		var failure Failure
		stream := s.client(WithKeepAlive(10*time.Second), WithBackoff(func(f Failure) (time.Duration, bool) {
			failure = f
			return 0, false
		})).WatchEvents(t.Context(), "690", "")
		p, _ := s.open()
		go func() { _, _ = io.Copy(io.Discard, p.conn.NetConn()) }()

		_, err := stream.Next(t.Context())
		var closed *ClosedError
		if !errors.As(err, &closed) || closed.Code != websocket.CloseAbnormalClosure || !failure.Reached || failure.Count != 1 {
			t.Errorf("ended by %v; failure %+v", err, failure)
		}
		if waited := time.Since(began); waited != 20*time.Second {
			t.Errorf("waited %v", waited)
		}
		if !strings.Contains(err.Error(), "watch events of task 690: gave up after try 1: connection lost") {
			t.Errorf("error says %q", err)
		}
	})
}
