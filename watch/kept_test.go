package watch

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/bus"
	"stepcast/internal/randomtest"
	"stepcast/models"
)

// TestKeptEventsAreTheHistory tells of events by the recorder, by the bus, by both or by
// neither: whatever memory gives is what happened.
func TestKeptEventsAreTheHistory(t *testing.T) {
	t.Parallel()
	random := randomtest.New(t)
	h := polledHub(t)
	f := h.Follow(1)
	h.KeepEvents(1, 0)
	var history []models.Event
	hits := 0
	for range 500 {
		from := int64(len(history))
		for range 1 + random.IntN(5) {
			message := models.Plain(fmt.Sprint(len(history), strings.Repeat("x", random.IntN(3000))))
			history = append(history, models.Event{TaskID: 1, Number: int64(len(history) + 1), Data: models.EventData{
				Content: &models.ContentChange{ContentState: models.ContentState{Message: message}},
			}})
		}
		to, events := int64(len(history)), history[from:]
		if random.IntN(10) > 0 {
			h.Committed([]Commit{{Task: &models.Task{ID: 1, Version: to}, Events: events}})
		}
		if random.IntN(2) == 0 {
			h.take([]bus.Change{{Task: 1, From: from, To: to, Events: events}})
		}
		upTo := to - int64(random.IntN(3)*random.IntN(len(history)))
		after := max(0, upTo-int64(random.IntN(30)))
		got, ok := h.Events(1, after, upTo)
		if !ok {
			h.KeepEvents(1, to)
			continue
		}
		hits++
		require.Len(t, got, int(upTo-after))
		for i := range got {
			require.Equal(t, history[after+int64(i)], got[i])
		}
		require.LessOrEqual(t, h.topics[1].events.bytes, tailBytes)
		require.Equal(t, h.topics[1].events.bytes, h.tails)
	}
	require.Greater(t, hits, 100)
	f.Close()
	require.Zero(t, h.tails, "nobody follows it any more")
	h.KeepEvents(1, 500)
	_, ok := h.Events(1, 500, 500)
	require.False(t, ok)
}

// TestFollowersKeepTails: the end of a log stays as long as somebody follows or polls the
// task, and events only for who follows.
func TestFollowersKeepTails(t *testing.T) {
	t.Parallel()
	h := polledHub(t)
	f := h.Follow(1)
	h.polled(wide(1, 1))
	h.KeepTail(1, 1, []models.LogLine{{Number: 1, Text: "x"}})
	h.KeepEvents(1, 1)
	h.dismissIdle(time.Now().Add(time.Hour))
	_, ok := h.Tail(1, 0, 1)
	require.True(t, ok, "somebody follows it")
	h.KeepTail(1, 2, []models.LogLine{{Number: 2, Text: "y"}})
	_, ok = h.Tail(1, 1, 2)
	require.True(t, ok, "also when nobody polled it lately")
	h.recall(1, nil)
	f.Close()
	_, ok = h.Tail(1, 1, 2)
	require.True(t, ok, "it was polled lately")
	_, ok = h.Events(1, 1, 1)
	require.False(t, ok)
	h.dismissIdle(time.Now().Add(time.Hour))
	require.Zero(t, h.tails)
	require.Empty(t, h.topics)
}

// TestToldIsTheMomentOfTelling: of each version and line by itself, whatever came since.
func TestToldIsTheMomentOfTelling(t *testing.T) {
	t.Parallel()
	random := randomtest.New(t)
	h := polledHub(t)
	f := h.Follow(1)
	defer f.Close()
	type moment struct{ before, after time.Time }
	var versions, lines []moment
	version, line := int64(0), int64(0)
	for range maxTold {
		moreVersions, moreLines := random.Int64N(3), random.Int64N(3)
		at := moment{before: time.Now()}
		h.take([]bus.Change{{Task: 1, From: version, To: version + moreVersions, LogLines: line + moreLines}})
		at.after = time.Now()
		for range moreVersions {
			versions = append(versions, at)
		}
		for range moreLines {
			lines = append(lines, at)
		}
		version, line = version+moreVersions, line+moreLines
		for i, m := range versions {
			require.WithinRange(t, f.Told(int64(i+1), 0), m.before, m.after)
		}
		for i, m := range lines {
			require.WithinRange(t, f.Told(0, int64(i+1)), m.before, m.after)
		}
	}
	before := time.Now()
	for range 2 * maxTold {
		version++
		h.take([]bus.Change{{Task: 1, From: version - 1, To: version}})
	}
	require.Len(t, h.topics[1].told, maxTold)
	require.WithinRange(t, f.Told(1, 0), before, time.Now(), "a later moment once it is forgotten")
}

// TestInterestsAreLetGo: lists that are closed leave nothing behind.
func TestInterestsAreLetGo(t *testing.T) {
	t.Parallel()
	h := polledHub(t)
	var lists []*List
	for _, in := range []Interest{{}, {Owner: "ann"}, {IDs: []int64{1, 2, 2}}, {Owner: "ann", IDs: []int64{1}}, {IDs: []int64{}}} {
		lists = append(lists, h.FollowTasks(in))
	}
	for range 2 {
		for _, l := range lists {
			l.Close()
		}
	}
	require.Equal(t, newInterests(), h.lists)
}

// TestOldReadingsAreNotTheNewest: a change that is told while a task is read for lists is
// newer than what was read, which nobody is given as the newest then.
func TestOldReadingsAreNotTheNewest(t *testing.T) {
	t.Parallel()
	h := polledHub(t)
	read := []*models.Task{wide(1, 1)}
	for _, told := range []bool{false, true} {
		found, missing, epoch := h.beginListed(map[int64]int64{1: 1})
		require.Empty(t, found)
		require.Equal(t, []int64{1}, missing)
		if told {
			h.take([]bus.Change{{Task: 1, From: 1, To: 2}})
		}
		h.endListed(missing, read, epoch)
		require.Equal(t, told, h.recall(1, nil) == nil)
		require.Equal(t, !told, h.remembers(1))
		h.dismissIdle(time.Now().Add(time.Hour))
		require.Empty(t, h.topics)
	}
	_, missing, epoch := h.beginListed(map[int64]int64{1: 1})
	h.Forget(1)
	h.endListed(missing, read, epoch)
	require.Empty(t, h.topics, "what was read before it was forgotten is not kept")
}

// TestListedTasksAreBounded: what is kept for lists counts with what is kept for polls.
func TestListedTasksAreBounded(t *testing.T) {
	t.Parallel()
	h := polledHub(t)
	l := h.FollowTasks(Interest{Owner: "ann"})
	defer l.Close()
	const contents = 998
	for id := range int64(2 * maxWeight / (contents + 2)) {
		task := wide(id+1, contents)
		if task.Owner = "bob"; id%2 == 0 {
			task.Owner = "ann"
		}
		h.Committed([]Commit{{Task: task}})
		require.Equal(t, id%2 == 0, h.remembers(id+1), "only what somebody is interested in")
		require.LessOrEqual(t, h.weight, maxWeight)
	}
	h.dismissIdle(time.Now().Add(time.Hour))
	require.Empty(t, h.topics)
}
