package engine_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"stepcast/bus/memory"
	"stepcast/engine"
	"stepcast/executor"
	"stepcast/internal/metricstest"
	"stepcast/models"
	"stepcast/store/storetest"
	"stepcast/tasks"
	"stepcast/watch"
)

// measure is setup with metrics.
func measure(t *testing.T) (*bundle, func() metricstest.Values) {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	b := setup(t, func(o *engine.Options) { o.Metrics = registry })
	return b, func() metricstest.Values { return metricstest.Gather(t, registry) }
}

func TestMetricsOfExecutions(t *testing.T) {
	t.Parallel()
	b, values := measure(t)
	for code, status := range map[string]models.Status{"ok": models.Succeeded, "fail": models.Failed, "break": models.Failed} {
		b.await(t, b.submit(t, code).ID, status)
	}
	blocked := b.submit(t, "block", "block")
	require.Eventually(t, func() bool { running, _ := b.executor.count(); return running == 2 }, 20*time.Second, 5*time.Millisecond)
	values().Require(t, metricstest.Values{"stepcast_engine_slots": 3, "stepcast_engine_slots_in_use": 1})
	_, err := b.Cancel(t.Context(), owner, tasks.ControlInput{ID: blocked.ID})
	require.NoError(t, err)
	b.await(t, blocked.ID, models.Cancelled)
	require.Eventually(t, func() bool { return values().Get(t, "stepcast_engine_slots_in_use") == 0 }, 20*time.Second, 5*time.Millisecond)
	after := values()
	after.Require(t, metricstest.Values{
		`stepcast_engine_executions_total{result="SUCCEEDED",run_type="shell"}`: 1, `stepcast_engine_executions_total{result="FAILED",run_type="shell"}`: 2,
		`stepcast_engine_executions_total{result="CANCELLED",run_type="shell"}`: 2, `stepcast_engine_executions_total{result="HANDED_BACK",run_type="shell"}`: 0,
		`stepcast_engine_executions_total{result="FAILED",run_type="other"}`: 0,
		`stepcast_engine_execution_duration_seconds_count{run_type="shell"}`: 5, "stepcast_engine_heartbeat_failures_total": 0,
	})
	require.Positive(t, after.Get(t, `stepcast_engine_execution_duration_seconds_sum{run_type="shell"}`))
}

func TestMetricsOfWorkHandedBack(t *testing.T) {
	t.Parallel()
	b, values := measure(t)
	b.await(t, b.submit(t, "block").ID, models.Running)
	require.Eventually(t, func() bool { running, _ := b.executor.count(); return running == 1 }, 20*time.Second, 5*time.Millisecond)
	now, cancel := context.WithCancel(t.Context())
	cancel()
	b.engine.Stop(now)
	values().Require(t, metricstest.Values{`stepcast_engine_executions_total{result="HANDED_BACK",run_type="shell"}`: 1, "stepcast_engine_slots_in_use": 0})
}

// TestMetricsOfHeartbeats takes the database away from an engine.
func TestMetricsOfHeartbeats(t *testing.T) {
	t.Parallel()
	quiet, registry := slog.New(slog.DiscardHandler), prometheus.NewPedanticRegistry()
	s, b := storetest.OpenSQLite(t), memory.New()
	hub, unsubscribe := watch.New(watch.Options{Store: s, Bus: b, Logger: quiet})
	defer unsubscribe()
	run := executor.NewRegistry(&scripted{})
	service := tasks.New(tasks.Options{Store: s, Bus: b, Hub: hub, Registry: run, Lease: time.Second, Logger: quiet})
	e := engine.New(engine.Options{Tasks: service, Registry: run, Bus: b, ID: "w", Logger: quiet, Metrics: registry})
	require.NoError(t, e.Start(t.Context()))
	defer e.Stop(t.Context())
	require.NoError(t, s.Close())
	require.Eventually(t, func() bool {
		return metricstest.Gather(t, registry).Get(t, "stepcast_engine_heartbeat_failures_total") > 0
	}, 20*time.Second, 10*time.Millisecond)
}
