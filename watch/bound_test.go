package watch

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/bus/memory"
	"stepcast/internal/randomtest"
	"stepcast/models"
)

// polledHub is a hub in whose memory tasks are as if they had been polled. It has no store.
func polledHub(t *testing.T) *Hub {
	t.Helper()
	h, cancel := New(Options{Bus: memory.New(), Logger: slog.New(slog.DiscardHandler)})
	t.Cleanup(cancel)
	return h
}

func (h *Hub) polled(task *models.Task) {
	f := h.Follow(task.ID)
	defer f.Close()
	h.Committed([]Commit{{Task: task}})
	h.recall(task.ID, nil)
}

// wide is a task of one step with some contents.
func wide(id int64, contents int) *models.Task {
	step := &models.Step{Number: 1}
	for i := range contents {
		step.Contents = append(step.Contents, &models.Content{StepNumber: 1, Number: i + 1})
	}
	return &models.Task{ID: id, Version: 1, Steps: []*models.Step{step}}
}

func (h *Hub) remembers(id int64) bool { return h.topics[id] != nil }

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	h := polledHub(t)
	const contents = 998 // with the task and its step, a thousand parts
	const fit = maxWeight / (contents + 2)
	for id := range int64(fit) {
		h.polled(wide(id+1, contents))
	}
	require.Equal(t, maxWeight, h.weight)
	h.recall(1, nil)
	h.polled(wide(fit+1, contents))
	require.True(t, h.remembers(1), "it was polled just now")
	require.False(t, h.remembers(2), "it was polled longest ago")
	require.Len(t, h.topics, fit)

	grown := wide(fit+1, 3*contents)
	grown.Version = 2
	h.Committed([]Commit{{Task: grown}})
	require.LessOrEqual(t, h.weight, maxWeight)
	require.True(t, h.remembers(fit+1))

	h.polled(wide(fit+2, maxWeight))
	require.Len(t, h.topics, 1, "a task that is too large alone is alone")
	h.Forget(fit + 2)
	require.Zero(t, h.weight)
	require.Empty(t, h.topics)
	require.Zero(t, h.recent.Len())
}

func TestIdleTasksAreLetGo(t *testing.T) {
	t.Parallel()
	h := polledHub(t)
	h.polled(wide(1, 1))
	h.polled(wide(2, 1))
	followed := h.Follow(2)
	between := time.Now()
	h.recall(1, nil)
	h.dismissIdle(between)
	require.True(t, h.remembers(1))
	require.True(t, h.remembers(2), "somebody follows it")
	require.Equal(t, 1, h.recent.Len())
	followed.Close()
	require.False(t, h.remembers(2))
}

// TestTailsAreTheLog adds runs of lines of random lengths, some of which nobody tells of:
// whatever a tail gives is what the log has there.
func TestTailsAreTheLog(t *testing.T) {
	t.Parallel()
	random := randomtest.New(t)
	h := polledHub(t)
	task := wide(1, 1)
	h.polled(task)
	h.KeepTail(1, 0, nil)
	var log []models.LogLine
	hits := 0
	for range 500 {
		var lines []models.LogLine
		for range 1 + random.IntN(20) {
			number := int64(len(log) + 1)
			line := models.LogLine{Number: number, Text: fmt.Sprint(number, strings.Repeat("x", random.IntN(3000)))}
			log, lines = append(log, line), append(lines, line)
		}
		if random.IntN(10) > 0 {
			grown := *task
			grown.LogLines = int64(len(log))
			h.Committed([]Commit{{Task: &grown, Lines: lines}})
		}
		upTo := int64(len(log) - random.IntN(3)*random.IntN(len(log)))
		after := max(0, upTo-int64(random.IntN(30)))
		got, ok := h.Tail(1, after, upTo)
		if !ok {
			h.KeepTail(1, int64(len(log)), log[after:])
			continue
		}
		hits++
		require.Len(t, got, int(upTo-after))
		for i := range got {
			require.Equal(t, log[after+int64(i)], got[i])
		}
		require.LessOrEqual(t, h.topics[1].tail.bytes, tailBytes)
		require.Equal(t, h.topics[1].tail.bytes, h.tails)
	}
	require.Greater(t, hits, 100)
	h.Forget(1)
	require.Zero(t, h.tails)
	_, ok := h.Tail(1, 0, 0)
	require.False(t, ok)
	h.KeepTail(1, 0, nil)
	require.Zero(t, h.tails, "of tasks that nobody polls there is no tail")
}

// TestTailsHoldWhatTheyCount: an array of lines that were dropped is let go of, too.
func TestTailsHoldWhatTheyCount(t *testing.T) {
	t.Parallel()
	kept := tail[models.LogLine]{of: logLines}
	number := int64(0)
	add := func(bytes int) {
		number++
		kept.add([]models.LogLine{{Number: number, Text: strings.Repeat("x", bytes)}})
	}
	for range 520 {
		add(1)
	}
	held := func() (bytes int) {
		for _, line := range kept.items[:cap(kept.items)] {
			bytes += len(line.Text)
		}
		return bytes + kept.loose
	}
	for range 500 {
		add(60 << 10)
		require.LessOrEqual(t, held(), 3*tailBytes)
	}
}

func TestTailsAreBoundedTogether(t *testing.T) {
	t.Parallel()
	h := polledHub(t)
	lines := []models.LogLine{{Number: 1, Text: strings.Repeat("x", tailBytes-lineOverhead)}}
	for id := range int64(tailsBytes/tailBytes + 10) {
		h.polled(wide(id+1, 1))
		h.KeepTail(id+1, 1, lines)
	}
	require.Equal(t, tailsBytes, h.tails)
	_, ok := h.Tail(tailsBytes/tailBytes, 0, 1)
	require.True(t, ok)
	_, ok = h.Tail(tailsBytes/tailBytes+1, 0, 1)
	require.False(t, ok)
}
