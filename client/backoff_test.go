package client

import (
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

func TestBackoffDefault(t *testing.T) {
	t.Parallel()
	most := []time.Duration{500, 1000, 2000, 4000, 8000, 16000, 30000, 30000}
	for i, most := range most {
		most *= time.Millisecond
		for range 50 {
			wait, again := BackoffDefault(Failure{Count: i + 1, Err: io.EOF, Reached: true})
			if !again || wait < most/2 || wait > most {
				t.Fatalf("failure %d: wait %v, again %v", i+1, wait, again)
			}
		}
	}
	if wait, again := BackoffDefault(Failure{Count: 1 << 40, Reached: true}); !again || wait > backoffMost {
		t.Errorf("after many failures: %v, %v", wait, again)
	}
	if wait, _ := BackoffDefault(Failure{Count: 1, Err: &Error{RetryAfter: time.Minute}}); wait != time.Minute {
		t.Errorf("the server asked for a minute, got %v", wait)
	}
}

func TestServerThatWasNeverReachedIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newPipeServer(t)
		for range backoffUnreached {
			s.handshakes <- 502
		}
		stream := s.client(WithBackoff(BackoffDefault)).WatchProgress(t.Context(), "690")
		err := mustEnd(t, stream)
		var status *HTTPError
		if !errors.As(err, &status) || status.Status != 502 || len(s.handshakes) != 0 {
			t.Errorf("end with %d tries left: %v", len(s.handshakes), err)
		}
	})
}

// TestFailuresAreCountedUntilAConnectionProvesItself: an acknowledgement is no proof,
// a value is, and so is time.
func TestFailuresAreCountedUntilAConnectionProvesItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newPipeServer(t)
		counts := make(chan int, 10)
		stream := s.client(WithBackoff(func(f Failure) (time.Duration, bool) {
			counts <- f.Count
			return time.Second, true
		})).WatchEvents(t.Context(), "690", "")

		for want := 1; want <= 3; want++ {
			p, _ := s.open()
			p.closeWith(websocket.CloseTryAgainLater, "")
			if got := <-counts; got != want {
				t.Errorf("failure %d counts %d", want, got)
			}
		}
		p, _ := s.open()
		p.next("taskEvents", events(1))
		p.drop()
		if got := <-counts; got != 1 {
			t.Errorf("after a value: %d", got)
		}
		p, _ = s.open()
		for range 5 { // pings, a quarter of a minute each
			p.expect("ping")
			p.send(message{Type: "pong"})
		}
		p.drop()
		if got := <-counts; got != 1 {
			t.Errorf("after a minute: %d", got)
		}
		stream.Close()
	})
}
