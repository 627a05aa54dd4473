package watch_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"stepcast/bus"
	"stepcast/internal/metricstest"
	"stepcast/models"
	"stepcast/store/storetest"
	"stepcast/watch"
)

// measure is setup with metrics.
func measure(t *testing.T) (*bundle, func() metricstest.Values) {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	b := setupOn(t, storetest.OpenSQLite(t), func(o *watch.Options) { o.Metrics = registry })
	return b, func() metricstest.Values { return metricstest.Gather(t, registry) }
}

func TestMetricsOfWatchers(t *testing.T) {
	t.Parallel()
	b, values := measure(t)
	task := b.create(t)
	one, two, all := b.Follow(task.ID), b.Follow(task.ID), b.FollowTasks(watch.Interest{})
	values().Require(t, metricstest.Values{"stepcast_watch_topics": 1, "stepcast_watch_followers": 2, "stepcast_watch_lists": 1})
	one.Close()
	one.Close()
	two.Close()
	all.Close()
	values().Require(t, metricstest.Values{"stepcast_watch_topics": 0, "stepcast_watch_followers": 0, "stepcast_watch_lists": 0})
}

func TestMetricsOfPolls(t *testing.T) {
	t.Parallel()
	b, values := measure(t)
	task := b.create(t)
	for range 3 {
		_, err := b.Poll(t.Context(), task.ID, true)
		require.NoError(t, err)
	}
	_, err := b.Poll(t.Context(), 404, true)
	require.Error(t, err)
	line := models.LogLine{Number: 1, Text: strings.Repeat("x", 1000)}
	b.KeepTail(task.ID, 1, []models.LogLine{line})
	values().Require(t, metricstest.Values{
		`stepcast_watch_polls_total{source="store"}`: 1, `stepcast_watch_polls_total{source="memory"}`: 2,
		"stepcast_watch_kept_tasks": 1, "stepcast_watch_kept_parts": 3, "stepcast_watch_tail_bytes": 1128,
	})
	b.Forget(task.ID)
	values().Require(t, metricstest.Values{"stepcast_watch_kept_tasks": 0, "stepcast_watch_kept_parts": 0, "stepcast_watch_tail_bytes": 0, "stepcast_watch_topics": 0})
}

// TestMetricsOfPolling: what is told by the bus, or read for the first time, was not found
// by polling; what nobody told was.
func TestMetricsOfPolling(t *testing.T) {
	t.Parallel()
	b, values := measure(t)
	task := b.create(t)
	f := b.Follow(task.ID)
	defer f.Close()
	_, err := f.Snapshot(t.Context())
	require.NoError(t, err)
	told, change := b.progress(t, task, 10)
	b.bus.Publish(t.Context(), []bus.Change{change})
	rounds := values().Get(t, "stepcast_watch_poll_rounds_total")
	await(t, func() bool { return values().Get(t, "stepcast_watch_poll_rounds_total") >= rounds+2 })
	values().Require(t, metricstest.Values{`stepcast_watch_poll_found_total{where="topics"}`: 0})

	b.progress(t, told, 20)
	await(t, func() bool { return values().Get(t, `stepcast_watch_poll_found_total{where="topics"}`) == 1 })

	list := b.FollowTasks(watch.Interest{})
	defer list.Close()
	other := b.create(t)
	await(t, func() bool { return values().Get(t, `stepcast_watch_poll_found_total{where="lists"}`) >= 1 })
	changed, _ := list.Take()
	require.True(t, slices.ContainsFunc(changed, func(c watch.Changed) bool { return c.ID == other.ID }))
}

func await(t *testing.T, holds func() bool) {
	t.Helper()
	require.Eventually(t, holds, 30*time.Second, 10*time.Millisecond)
}
