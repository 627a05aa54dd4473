package store_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"stepcast/internal/metricstest"
	"stepcast/models"
	"stepcast/store"
	"stepcast/store/storetest"
)

// measured opens a store on SQLite and the registry of its metrics.
func measured(t *testing.T) (*store.Store, *prometheus.Registry) {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	return storetest.Open(t, store.Options{URL: "sqlite://" + filepath.Join(t.TempDir(), "a.db"), Metrics: registry}), registry
}

func TestMetricsOfTransactions(t *testing.T) {
	t.Parallel()
	s, registry := measured(t)
	before := metricstest.Gather(t, registry)
	task := storetest.Submit(t, s, nil)
	after := metricstest.Gather(t, registry)
	const changes, statements = `stepcast_store_transaction_duration_seconds_count{kind="change"}`, "stepcast_store_statement_duration_seconds_count"
	require.EqualValues(t, 1, after.Get(t, changes)-before.Get(t, changes))
	require.Greater(t, after.Get(t, statements), before.Get(t, statements))
	require.Greater(t, after.Get(t, "stepcast_store_statement_duration_seconds_sum"), before.Get(t, "stepcast_store_statement_duration_seconds_sum"))

	_, err := s.Task(t.Context(), task.ID)
	require.NoError(t, err)
	const snapshots = `stepcast_store_transaction_duration_seconds_count{kind="snapshot"}`
	require.Greater(t, metricstest.Gather(t, registry).Get(t, snapshots), after.Get(t, snapshots))
	metricstest.Gather(t, registry).Require(t, metricstest.Values{
		`stepcast_store_errors_total{kind="statement"}`: 0, `stepcast_store_errors_total{kind="change"}`: 0,
		`stepcast_store_errors_total{kind="snapshot"}`: 0, "stepcast_store_transaction_retries_total": 0,
	})
}

// TestMetricsOfFailures: what is not there is an answer; a database that is gone is none.
func TestMetricsOfFailures(t *testing.T) {
	t.Parallel()
	s, registry := measured(t)
	_, err := s.Row(t.Context(), 404)
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	_, err = s.TakeSession(t.Context(), "none")
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	first := errors.New("deadlock")
	tries := 0
	require.NoError(t, store.Retry(t.Context(), s, func(err error) bool { return errors.Is(err, first) }, func() error {
		if tries++; tries < 3 {
			return first
		}
		return nil
	}))
	none := metricstest.Values{
		`stepcast_store_errors_total{kind="statement"}`: 0, `stepcast_store_errors_total{kind="change"}`: 0,
		`stepcast_store_errors_total{kind="snapshot"}`: 0, "stepcast_store_transaction_retries_total": 2,
	}
	metricstest.Gather(t, registry).Require(t, none)

	_, err = store.Pool(s).ExecContext(t.Context(), "DROP TABLE sessions")
	require.NoError(t, err)
	require.Error(t, s.DeleteSession(t.Context(), "none"))
	require.NoError(t, s.Close())
	_, err = s.Task(t.Context(), 1)
	require.Error(t, err)
	metricstest.Gather(t, registry).Require(t, metricstest.Values{
		`stepcast_store_errors_total{kind="statement"}`: 1, `stepcast_store_errors_total{kind="change"}`: 1,
		`stepcast_store_errors_total{kind="snapshot"}`: 1,
	})
}

// TestMetricsOfConnections holds the only connection that writes, and lets somebody wait for it.
func TestMetricsOfConnections(t *testing.T) {
	t.Parallel()
	s, registry := measured(t)
	pool := store.Pool(s)
	held, err := pool.Conn(t.Context())
	require.NoError(t, err)
	metricstest.Gather(t, registry).Require(t, metricstest.Values{
		`stepcast_store_connections{pool="write",state="in_use"}`: 1, `stepcast_store_connections{pool="write",state="idle"}`: 0,
		`stepcast_store_connections{pool="read",state="in_use"}`: 0, `stepcast_store_connections_limit{pool="write"}`: 1,
		`stepcast_store_connections_limit{pool="read"}`: 8, `stepcast_store_connection_waits_total{pool="write"}`: 0,
	})
	waited := make(chan error)
	go func() { waited <- s.DeleteSession(t.Context(), "none") }()
	require.Eventually(t, func() bool {
		return metricstest.Gather(t, registry).Get(t, `stepcast_store_connection_waits_total{pool="write"}`) == 1
	}, 30*time.Second, 10*time.Millisecond)
	require.NoError(t, held.Close())
	require.NoError(t, <-waited)
	values := metricstest.Gather(t, registry)
	require.Positive(t, values.Get(t, `stepcast_store_connection_wait_seconds_total{pool="write"}`))
	require.Zero(t, values.Get(t, `stepcast_store_connections{pool="write",state="in_use"}`))
}

// TestSharedPoolOfMySQL: one pool is counted once.
func TestSharedPoolOfMySQL(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewPedanticRegistry()
	storetest.Open(t, store.Options{URL: storetest.NewMySQL(t), Metrics: registry})
	metricstest.Gather(t, registry).Require(t, metricstest.Values{`stepcast_store_connections_limit{pool="shared"}`: 16})
}

func TestCountsOfUnfinishedTasks(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		unfinished, err := s.Unfinished(ctx)
		require.NoError(t, err)
		require.Equal(t, map[models.Status]int{models.Waiting: 0, models.Running: 0, models.Pausing: 0, models.Paused: 0, models.Cancelling: 0}, unfinished)
		for _, status := range []models.Status{models.Waiting, models.Waiting, models.Running, models.Succeeded, models.Failed} {
			storetest.Submit(t, s, func(task *models.Task, first *models.TaskState) {
				first.Status = status
				switch {
				case status == models.Running:
					first.Worker = "w"
				case status.Final():
					first.FinishedAt = &task.CreatedAt
				}
			})
		}
		unfinished, err = s.Unfinished(ctx)
		require.NoError(t, err)
		require.Equal(t, map[models.Status]int{models.Waiting: 2, models.Running: 1, models.Pausing: 0, models.Paused: 0, models.Cancelling: 0}, unfinished)
		queued, err := s.QueueLengths(ctx)
		require.NoError(t, err)
		require.Equal(t, map[models.Queue]int{models.QueueReady: 2, models.QueueExternal: 0, models.QueueDeferred: 0, models.QueueHeld: 1}, queued)
	})
}
