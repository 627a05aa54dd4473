package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/auth"
	"stepcast/client"
	"stepcast/models"
)

// script progresses, and writes lines and warnings.
const script = `n=0
while [ $n -lt 10 ]; do
  n=$((n + 1)); line=0
  while [ $line -lt 50 ]; do line=$((line + 1)); echo "round $n line $line"; done
  echo "::warning round $n"
  echo "::progress $((n * 10)) round $n"
  sleep 0.4
done`

// TestLiveDelivery lets many watch a task that the test works on, and one that runs a
// script: at their own pace, over connections that break or hardly read, from the
// beginning or from where they were. Each is told what the server owes it, nobody waits
// for anybody, and afterwards nothing is left. It is not run beside the others: it takes
// the whole machine, and their leases are short.
func TestLiveDelivery(t *testing.T) {
	unixOnly(t)
	each(t, func(t *testing.T, s *server) {
		w := newLiveWorld(t, s)
		w.watchTasks()
		w.watchLists()
		now := w.awaitNothing()
		for _, grown := range []string{"stepcast_live_conflated_total", "stepcast_live_catch_ups_total", "stepcast_live_delivery_seconds_count"} {
			require.Greater(t, now.Get(t, grown), w.before.Get(t, grown), grown)
		}
		for _, never := range []string{"stepcast_live_write_timeouts_total", `stepcast_live_sockets_closed_total{close_code="1013"}`} {
			require.Zero(t, now.Get(t, never), never)
		}
		t.Logf("goroutines: %v before, %v after; descriptors: %v before, %v after", w.before["go_goroutines"], now["go_goroutines"],
			w.before["process_open_fds"], now["process_open_fds"])
	}, "--lease", longLease)
}

// watchTasks has a job and a script watched.
func (w *liveWorld) watchTasks() {
	w.t.Helper()
	o := w.office(w.t)
	o.user("anna", models.Observer)
	annas, revocable := o.token("anna", auth.CreateTokenInput{})
	scripted, err := w.client.Submit(w.ctx, sh(script))
	require.NoError(w.t, err)
	j := startJob(w.t, w.client, w.random)
	// The execution that all share is that of who comes first.
	anna := w.start(fast, "progress as anna", annas, &progressFeed{id: j.id})
	w.await("a first value", w.readers, func(r *liveReader) bool { return r.values > 0 })
	began := time.Now()
	w.startReaders(j.id, scripted.ID)
	w.awaitStanding()

	const few = 15
	w.work(j, few)
	w.requirePrompt(j)
	after, _ := w.scrape()
	w.work(j, 2*few)
	w.requirePrompt(j)
	w.requireBoundedMemory(after.Get(w.t, "process_resident_memory_bytes"))
	w.leaveUnread()

	require.NoError(w.t, o.RevokeToken(w.t.Context(), revocable))
	w.requireOut(anna)
	w.work(j, few)
	w.requirePrompt(j)
	w.requireKept(began)
	w.requireCaughtUp(j)
	j.finish()
	require.Equal(w.t, client.StatusSucceeded, awaitEnd(w.t, w.client, scripted.ID).Status)
	w.requireComplete()
}

// startReaders starts readers of every kind.
func (w *liveWorld) startReaders(job, scripted string) {
	for m, readers := range map[manner]int{fast: 2, slow: 2, frayed: 3} {
		for range readers {
			w.startEach(m, job)
		}
	}
	for range 20 {
		w.start(stalled, "progress", token, &progressFeed{id: job})
	}
	for range 3 {
		w.startEvery(stalled, job)
	}
	for _, m := range []manner{fast, frayed} {
		w.startEach(m, scripted)
	}
}

// startEach starts a reader of each stream of a task.
func (w *liveWorld) startEach(m manner, id string) {
	w.start(m, "progress", token, &progressFeed{id: id})
	w.startEvery(m, id)
}

func (w *liveWorld) startEvery(m manner, id string) {
	w.start(m, "events", token, &everyFeed{stream: eventsOf(id)})
	w.start(m, "log", token, &everyFeed{stream: logOf(id, "")})
	w.start(m, "log of warnings", token, &everyFeed{stream: logOf(id, client.LevelWarn)})
}

// streams is how many different ones startReaders asks for, of two tasks.
const streams = 8

// awaitStanding waits until all subscribe that do not come and go; who asks the same
// shares what answers it.
func (w *liveWorld) awaitStanding() {
	w.t.Helper()
	until(w.t, "all to subscribe", func() bool {
		standing := 0
		for _, r := range w.readers {
			if !r.frayed && !r.isDone() {
				standing++
			}
		}
		now, _ := w.scrape()
		require.LessOrEqual(w.t, now.Get(w.t, "stepcast_live_groups"), float64(streams))
		return now.Get(w.t, "stepcast_live_subscriptions") >= float64(standing)
	})
}

// work does rounds of a job, while more readers come.
func (w *liveWorld) work(j *outsideJob, rounds int) {
	w.t.Helper()
	for n := range rounds {
		if n%10 == 5 {
			w.startEach(fast, j.id)
		}
		j.round()
	}
}
