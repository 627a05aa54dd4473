package e2e

import (
	"slices"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"stepcast/client"
)

const (
	// beyondWriteTimeout is longer than the server waits for a reader that takes no byte.
	beyondWriteTimeout = 11 * time.Second
	// mostQueued is what may wait for one reader that stalls, in bytes: a snapshot beside one
	// that is being sent, or the 64 KiB that one stream may fill, and the batch that fills it.
	mostQueued = 128 << 10
	// mostGrown is what the process may grow by while three times as much happens. The race
	// detector keeps several bytes for each.
	mostGrown, mostGrownRace = 64 << 20, 256 << 20
)

// requirePrompt checks that those who read have all that is stored of a job at rest,
// while those who stall have not.
//
// The promise is one second. A machine that is busy with other tests may take longer for
// what is no fault of the server, so that the test is patient and tells how long it was:
// what a server does not send by itself comes no sooner for that.
func (w *liveWorld) requirePrompt(j *outsideJob) {
	w.t.Helper()
	task := w.readAtRest(j)
	since := time.Now()
	for _, m := range []manner{fast, slow, frayed} {
		w.requireNewest(m, j.id, task)
	}
	// A version is the number of an event.
	count := map[stream]int{eventsOf(j.id): int(versionOf(task)), logOf(j.id, ""): j.rounds * jobLines}
	w.await("all that was written", these[*everyFeed](w, fast), func(r *liveReader) bool {
		f := r.feed.(*everyFeed)
		return len(f.elements) >= count[f.stream]
	})
	w.t.Logf("version %v came to everybody within %v", task["version"], time.Since(since).Round(time.Millisecond))
	for _, r := range these[*progressFeed](w, stalled) {
		r.look(func() { require.Less(w.t, r.feed.(*progressFeed).version, versionOf(task), "%s", r) })
	}
}

// readAtRest waits until all that was reported of a job is stored, and reads it.
func (w *liveWorld) readAtRest(j *outsideJob) (task object) {
	w.t.Helper()
	until(w.t, "the job to be stored", func() bool {
		task = w.read(j.id)
		return j.stored(task)
	})
	return task
}

// requireNewest waits until all with a manner who watch a task have it as it is.
func (w *liveWorld) requireNewest(m manner, id string, task object) {
	w.t.Helper()
	w.await("the newest snapshot", these[*progressFeed](w, m), func(r *liveReader) bool {
		f := r.feed.(*progressFeed)
		if f.id == id && f.version == versionOf(task) {
			require.Equal(w.t, task, f.last, "%s", r)
		}
		return f.id != id || f.version == versionOf(task)
	})
}

// requireBoundedMemory checks, while readers stall, what they take of memory, and that
// it does not grow with what they miss.
func (w *liveWorld) requireBoundedMemory(before float64) {
	w.t.Helper()
	now, _ := w.scrape()
	stalling := 0
	for _, r := range w.readers {
		if r.stalled {
			stalling++
		}
	}
	w.t.Logf("%v bytes are queued for %d readers; the process grew by %v bytes", now["stepcast_live_queue_bytes"], stalling,
		now["process_resident_memory_bytes"]-before)
	require.Positive(w.t, now.Get(w.t, "stepcast_live_queue_bytes"), "somebody stalls")
	require.Less(w.t, now["stepcast_live_queue_bytes"], float64(stalling*mostQueued))
	most := float64(mostGrown)
	if raceEnabled {
		most = mostGrownRace
	}
	require.Less(w.t, now.Get(w.t, "process_resident_memory_bytes")-before, most)
}

// leaveUnread ends a few of those who stall, for whom messages wait: they go as well.
func (w *liveWorld) leaveUnread() {
	w.t.Helper()
	left := append(these[*progressFeed](w, stalled)[:3], these[*everyFeed](w, stalled)[:3]...)
	for _, r := range left {
		r.cancel()
		until(w.t, r.String()+" to leave", r.isDone)
	}
	w.readers = slices.DeleteFunc(w.readers, func(r *liveReader) bool { return slices.Contains(left, r) })
}

// requireOut checks that a reader whose token was revoked is shown out.
func (w *liveWorld) requireOut(r *liveReader) {
	w.t.Helper()
	until(w.t, r.String()+" to be shown out", r.isDone)
	var closed *websocket.CloseError
	require.ErrorAs(w.t, r.err, &closed)
	require.Equal(w.t, 4403, closed.Code)
	w.readers = slices.DeleteFunc(w.readers, func(other *liveReader) bool { return other == r })
}

// requireKept waits until readers have stalled, since then, for longer than the server
// waits for a reader that takes nothing: they took little, so they are still there.
func (w *liveWorld) requireKept(since time.Time) {
	w.t.Helper()
	<-time.After(time.Until(since.Add(beyondWriteTimeout)))
	for _, r := range w.readers {
		r.look(func() { require.NoError(w.t, r.err) })
		require.False(w.t, r.stalled && r.isDone(), "%s", r)
	}
}

// requireCaughtUp opens the valves of those who stall, who then get the newest.
func (w *liveWorld) requireCaughtUp(j *outsideJob) {
	w.t.Helper()
	task := w.readAtRest(j)
	for _, r := range w.readers {
		if r.stalled {
			r.withValve((*valve).release)
		}
	}
	since := time.Now()
	w.requireNewest(stalled, j.id, task)
	w.t.Logf("the newest snapshot came to those who had stalled within %v", time.Since(since).Round(time.Millisecond))
	for _, r := range these[*progressFeed](w, stalled) {
		r.look(func() { require.Less(w.t, r.values, int(versionOf(task)/2), "%s: it is spared what is between", r) })
	}
}

// requireComplete waits until all streams have ended, and compares what came with what
// is stored.
func (w *liveWorld) requireComplete() {
	w.t.Helper()
	w.await("the end of the stream", w.readers, (*liveReader).isDone)
	tasks, lists := map[string]object{}, map[stream][]any{}
	for _, r := range w.readers {
		switch f := r.feed.(type) {
		case *progressFeed:
			if tasks[f.id] == nil {
				tasks[f.id] = w.read(f.id)
				require.Equal(w.t, string(client.StatusSucceeded), textAt(tasks[f.id], "status"))
			}
			require.Equal(w.t, tasks[f.id], f.last, "%s", r)
		case *everyFeed:
			if lists[f.stream] == nil {
				lists[f.stream] = w.readEvery(f.stream)
			}
			require.NotEmpty(w.t, lists[f.stream], "%s", r)
			requireSame(w.t, r.String(), lists[f.stream], f.elements)
		}
	}
	resumed := 0
	for _, r := range w.readers {
		if r.frayed {
			resumed += r.subscriptions - 1
		}
	}
	w.t.Logf("%d connections broke, %d subscriptions went on after that", w.fray.breaks(), resumed)
	require.Positive(w.t, resumed, "connections broke")
}
