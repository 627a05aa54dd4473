package http_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/executor"
	"stepcast/executor/executortest"
	"stepcast/models"
)

// slow is a server whose response has a first half at once and the second when told.
// Gone is closed when the handler learns that nobody reads any more.
type slow struct {
	*httptest.Server
	arrived, finish, gone chan struct{}
}

func newSlow(t testing.TB) *slow {
	s := &slow{arrived: make(chan struct{}), finish: make(chan struct{}), gone: make(chan struct{})}
	s.Server = serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "first ")
		w.(http.Flusher).Flush()
		close(s.arrived)
		select {
		case <-s.finish:
			_, _ = io.WriteString(w, "second")
		case <-r.Context().Done():
			close(s.gone)
		}
	})
	return s
}

func (s *slow) content() content { return content{params: object{"url": s.URL}} }

func TestCancelEndsTheRequest(t *testing.T) {
	t.Parallel()
	s := newSlow(t)
	r := s.content().begin(t, nil)
	wait(t, "the request", s.arrived)
	r.Cancel(executor.ErrCancel)
	r.End(t)
	wait(t, "that the server learns of it", s.gone)
	r.requireFailure(t, models.ErrReported, "Ended before the response was complete")
	for _, file := range r.Results() {
		require.False(t, file.Closed)
	}
}

func TestCancelBeforeTheResponse(t *testing.T) {
	t.Parallel()
	arrived, gone := make(chan struct{}), make(chan struct{})
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
		close(gone)
	})
	r := content{params: object{"url": server.URL}}.begin(t, nil)
	wait(t, "the request", arrived)
	r.Cancel(executor.ErrTimeout)
	r.End(t)
	wait(t, "that the server learns of it", gone)
	r.requireFailure(t, models.ErrReported, "Ended before the response was complete")
}

func TestCancelledBefore(t *testing.T) {
	t.Parallel()
	server := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("nothing may arrive") })
	r := content{params: object{"url": server.URL}}.begin(t, func(r *running) {
		r.Pause <- true
		r.Cancel(executor.ErrCancel)
	})
	r.End(t)
	r.requireFailure(t, models.ErrStartFailed, "Ended before the response was complete")
	require.Empty(t, r.Lines(models.System))
}

func TestPausedBeforeTheRequest(t *testing.T) {
	t.Parallel()
	server := serve(t, func(http.ResponseWriter, *http.Request) {})
	r := content{params: object{"url": server.URL}}.begin(t, func(r *running) { r.Pause <- true })
	r.Wait(t, "confirmation", func() bool { return len(r.Calls("Paused")) == 1 })
	require.Equal(t, []executortest.Event{{Call: "Paused", Paused: true}}, r.Events(), "the first thing that is told")
	r.Pause <- false
	r.End(t)
	r.requireSuccess(t)
	require.Equal(t, executortest.Event{Call: "Paused"}, r.Events()[1], "before it begins")
}

func TestCancelWhilePaused(t *testing.T) {
	t.Parallel()
	server := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("nothing may arrive") })
	r := content{params: object{"url": server.URL}}.begin(t, func(r *running) { r.Pause <- true })
	r.Wait(t, "confirmation", func() bool { return len(r.Calls("Paused")) == 1 })
	r.Cancel(executor.ErrCancel)
	r.End(t)
	r.requireFailure(t, models.ErrStartFailed, "Ended before")
}

func TestPauseDuringTheRequest(t *testing.T) {
	t.Parallel()
	s := newSlow(t)
	r := s.content().begin(t, nil)
	wait(t, "the request", s.arrived)
	r.Pause <- true
	r.Pause <- false // taken only after the first was
	r.Wait(t, "confirmation", func() bool { return len(r.Calls("Paused")) == 1 })
	require.False(t, r.Calls("Paused")[0].Paused, "it never stood still")
	r.Pause <- true
	close(s.finish)
	r.End(t)
	r.requireSuccess(t)
	require.Len(t, r.Calls("Paused"), 1, "what has ended confirms nothing")
	require.Equal(t, "first second", r.requireFile(t, "response.txt"))
}

func TestNoLeaseNoRequest(t *testing.T) {
	t.Parallel()
	server := serve(t, func(http.ResponseWriter, *http.Request) {})
	for name, later := range map[string]time.Time{"renewed": time.Now().Add(time.Hour), "without limit": {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := content{params: object{"url": server.URL}}.begin(t, func(r *running) { r.Lease <- time.Now().Add(-time.Second) })
			r.Pause <- true // both hold it
			r.Wait(t, "confirmation", func() bool { return len(r.Calls("Paused")) == 1 })
			r.Pause <- false
			r.Wait(t, "confirmation", func() bool { return len(r.Calls("Paused")) == 2 })
			require.Empty(t, r.Calls("Log"), "nothing began")
			r.Lease <- later
			r.End(t)
			r.requireSuccess(t)
		})
	}
}

func TestRunningRequestOutlivesItsLease(t *testing.T) {
	t.Parallel()
	s := newSlow(t)
	r := s.content().begin(t, func(r *running) { r.Lease <- time.Now().Add(time.Hour) })
	wait(t, "the request", s.arrived)
	r.Lease <- time.Now().Add(-time.Second)
	r.Lease <- time.Now().Add(-time.Second) // taken only after the first was
	close(s.finish)
	r.End(t)
	r.requireSuccess(t)
}
