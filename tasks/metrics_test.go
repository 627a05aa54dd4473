package tasks_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"stepcast/internal/metricstest"
	"stepcast/models"
	"stepcast/store"
	"stepcast/store/storetest"
	"stepcast/tasks"
)

// measured is a service on SQLite whose clock the test moves, and its metrics.
type measured struct {
	*bundle
	registry *prometheus.Registry
	file     string
	now      atomic.Int64
}

func measure(t *testing.T, change ...func(*tasks.Options)) *measured {
	t.Helper()
	t.Parallel()
	m := &measured{registry: prometheus.NewPedanticRegistry(), file: filepath.Join(t.TempDir(), "a.db")}
	m.now.Store(time.Now().UnixMilli())
	clock := func() time.Time { return time.UnixMilli(m.now.Load()) }
	s := storetest.Open(t, store.Options{URL: "sqlite://" + m.file, Now: clock})
	m.bundle = setup(t, s, append(change, func(o *tasks.Options) { o.Now, o.Metrics = clock, m.registry })...)
	return m
}

func (m *measured) pass(d time.Duration) { m.now.Add(d.Milliseconds()) }

func (m *measured) require(t *testing.T, want metricstest.Values) {
	t.Helper()
	metricstest.Gather(t, m.registry).Require(t, want)
}

func (m *measured) eventually(t *testing.T, metric string, holds func(float64) bool) {
	t.Helper()
	require.Eventually(t, func() bool { return holds(metricstest.Gather(t, m.registry).Get(t, metric)) }, 30*time.Second, 10*time.Millisecond, metric)
}

func TestMetricsOfAttempts(t *testing.T) {
	m := measure(t)
	in := oneStep()
	in.MaxAttempts, in.BackoffSeconds = 2, ptr(10)
	task := m.submit(t, member, in)
	m.pass(30 * time.Second)
	held := m.claim(t, "w")
	m.begin(t, held, first)
	m.require(t, metricstest.Values{
		"stepcast_tasks_queue_wait_seconds_count": 1, "stepcast_tasks_queue_wait_seconds_sum": 30,
		`stepcast_tasks_attempts_ended_total{status="FAILED"}`: 0,
	})

	m.pass(time.Minute)
	m.end(t, held, first, models.Failed)
	m.pass(25 * time.Second) // of which it had to wait for ten
	held = m.claim(t, "w")
	m.begin(t, held, first)
	m.pass(2 * time.Minute)
	m.end(t, held, first, models.Failed)
	m.require(t, metricstest.Values{
		"stepcast_tasks_queue_wait_seconds_count": 2, "stepcast_tasks_queue_wait_seconds_sum": 30 + 15,
		`stepcast_tasks_attempts_ended_total{status="FAILED"}`: 2, `stepcast_tasks_attempt_duration_seconds_sum{status="FAILED"}`: 60 + 120,
	})

	m.pass(time.Hour)
	_, err := m.Retry(m.ctx, member, tasks.ControlInput{ID: task.ID})
	require.NoError(t, err)
	held = m.claim(t, "w")
	m.begin(t, held, first)
	m.pass(5 * time.Second)
	m.end(t, held, first, models.Succeeded)
	m.require(t, metricstest.Values{
		"stepcast_tasks_queue_wait_seconds_count": 3, "stepcast_tasks_queue_wait_seconds_sum": 30 + 15,
		`stepcast_tasks_attempts_ended_total{status="FAILED"}`: 2, `stepcast_tasks_attempts_ended_total{status="SUCCEEDED"}`: 1,
		`stepcast_tasks_attempt_duration_seconds_sum{status="SUCCEEDED"}`: 5,
	})
}

// TestMetricsOfWaits: a task that is paused could not have started, and one that is
// cancelled before its start has no duration.
func TestMetricsOfWaits(t *testing.T) {
	m := measure(t)
	task := m.submit(t, member, oneStep())
	control := tasks.ControlInput{ID: task.ID}
	_, err := m.Pause(m.ctx, member, control)
	require.NoError(t, err)
	m.pass(time.Hour)
	_, err = m.Resume(m.ctx, member, control)
	require.NoError(t, err)
	m.pass(7 * time.Second)
	m.claim(t, "w")
	_, err = m.Cancel(m.ctx, member, tasks.ControlInput{ID: m.submit(t, member, oneStep()).ID})
	require.NoError(t, err)
	m.require(t, metricstest.Values{
		"stepcast_tasks_queue_wait_seconds_count": 1, "stepcast_tasks_queue_wait_seconds_sum": 7,
		`stepcast_tasks_attempts_ended_total{status="CANCELLED"}`: 1, `stepcast_tasks_attempt_duration_seconds_count{status="CANCELLED"}`: 0,
	})
}

func TestMetricsOfSubmissions(t *testing.T) {
	m := measure(t, func(o *tasks.Options) { o.OwnerLimit, o.QueueLimit = 2, 3 })
	m.submit(t, member, oneStep())
	_, err := m.Submit(m.ctx, observer, oneStep())
	requireFault(t, err, models.CodeForbidden)
	_, err = m.Submit(m.ctx, member, tasks.SubmitInput{})
	requireFault(t, err, models.CodeInvalid)
	m.submit(t, member, oneStep())
	_, err = m.Submit(m.ctx, member, oneStep())
	requireFault(t, err, models.CodeLimit)
	m.submit(t, other, oneStep())
	_, err = m.Submit(m.ctx, other, oneStep())
	requireFault(t, err, models.CodeQueueFull)
	m.require(t, metricstest.Values{
		`stepcast_tasks_submissions_total{code="OK"}`: 3, `stepcast_tasks_submissions_total{code="FORBIDDEN"}`: 1,
		`stepcast_tasks_submissions_total{code="INVALID"}`: 1, `stepcast_tasks_submissions_total{code="LIMIT"}`: 1,
		`stepcast_tasks_submissions_total{code="QUEUE_FULL"}`: 1, `stepcast_tasks_submissions_total{code="INTERNAL"}`: 0,
	})
}

// TestMetricsOfStanding: what is in the database is counted when it is asked for, and
// nothing is told of it while that does not answer.
func TestMetricsOfStanding(t *testing.T) {
	m := measure(t)
	for range 3 {
		m.submit(t, member, oneStep())
	}
	m.submit(t, member, tasks.SubmitInput{Description: models.Plain("x"), Steps: []tasks.StepInput{step("x", models.RunExternal)}})
	later := oneStep()
	later.StartAfter = ptr(time.Now().Add(time.Hour))
	m.submit(t, member, later)
	m.claim(t, "w")
	m.require(t, metricstest.Values{
		`stepcast_tasks_unfinished{status="WAITING"}`: 4, `stepcast_tasks_unfinished{status="RUNNING"}`: 1,
		`stepcast_tasks_unfinished{status="PAUSED"}`: 0, `stepcast_tasks_unfinished{status="PAUSING"}`: 0, `stepcast_tasks_unfinished{status="CANCELLING"}`: 0,
		`stepcast_tasks_queued{queue="ready"}`: 2, `stepcast_tasks_queued{queue="external"}`: 1,
		`stepcast_tasks_queued{queue="deferred"}`: 1, `stepcast_tasks_queued{queue="held"}`: 1,
	})
	m.submit(t, member, oneStep())
	m.eventually(t, `stepcast_tasks_queued{queue="ready"}`, func(n float64) bool { return n == 3 })

	require.NoError(t, m.store.Close())
	require.Eventually(t, func() bool {
		for metric := range metricstest.Gather(t, m.registry) {
			if strings.HasPrefix(metric, "stepcast_tasks_queued") || strings.HasPrefix(metric, "stepcast_tasks_unfinished") {
				return false
			}
		}
		return true
	}, 30*time.Second, 10*time.Millisecond)
}

func TestMetricsOfLostLeases(t *testing.T) {
	m := measure(t, func(o *tasks.Options) { o.Lease = time.Second })
	m.submit(t, member, oneStep())
	m.claim(t, "w")
	m.pass(time.Hour) // the database's own clock decides about leases, ours only how long it was healthy
	m.eventually(t, "stepcast_tasks_leases_lost_total", func(n float64) bool { m.pass(time.Second); return n == 1 })
	m.require(t, metricstest.Values{`stepcast_tasks_attempts_ended_total{status="FAILED"}`: 1})
}

func TestMetricsOfCommits(t *testing.T) {
	m := measure(t)
	task := m.submit(t, member, oneStep())
	m.require(t, metricstest.Values{
		`stepcast_recorder_commits_total{result="stored"}`: 1, `stepcast_recorder_commits_total{result="failed"}`: 0,
		"stepcast_recorder_commit_tasks_sum": 1, "stepcast_recorder_commit_duration_seconds_count": 1,
		`stepcast_recorder_decisions_total{outcome="made"}`: 1, "stepcast_recorder_stale_changes_total": 0,
	})
	_, err := m.Resume(m.ctx, member, tasks.ControlInput{ID: task.ID, IfVersion: ptr(int64(99))})
	requireFault(t, err, models.CodeConflict)
	m.require(t, metricstest.Values{
		`stepcast_recorder_decisions_total{outcome="refused"}`: 1, `stepcast_recorder_decisions_total{outcome="unavailable"}`: 0,
		`stepcast_recorder_commits_total{result="stored"}`: 1,
	})

	elsewhere := setup(t, m.store)
	_, err = elsewhere.Pause(m.ctx, member, tasks.ControlInput{ID: task.ID})
	require.NoError(t, err)
	_, err = m.Cancel(m.ctx, member, tasks.ControlInput{ID: task.ID})
	require.NoError(t, err)
	m.require(t, metricstest.Values{"stepcast_recorder_stale_changes_total": 1})

	task = m.submit(t, member, oneStep())
	require.NoError(t, m.store.Close())
	_, err = m.Pause(m.ctx, member, tasks.ControlInput{ID: task.ID})
	requireFault(t, err, models.CodeUnavailable)
	m.require(t, metricstest.Values{
		`stepcast_recorder_decisions_total{outcome="unavailable"}`: 1, `stepcast_recorder_commits_total{result="failed"}`: 1,
	})
}

// TestMetricsOfWhatWaits keeps SQLite from writing, so that a worker's lines wait.
func TestMetricsOfWhatWaits(t *testing.T) {
	m := measure(t)
	m.submit(t, member, oneStep())
	held := m.claim(t, "w")
	m.begin(t, held, first)
	ctx, cancel := context.WithCancel(m.ctx)
	defer cancel()
	blocker, err := sql.Open("sqlite", m.file)
	require.NoError(t, err)
	defer blocker.Close()
	conn, err := blocker.Conn(ctx)
	require.NoError(t, err)
	defer conn.Close()
	_, err = conn.ExecContext(ctx, "PRAGMA busy_timeout=10000; BEGIN IMMEDIATE")
	require.NoError(t, err)

	many := make([]models.LogLine, 20)
	for i := range many {
		many[i] = models.LogLine{Attempt: 1, At: m.Now(), Level: models.Info, Stream: models.Stdout, Text: strings.Repeat("x", 64<<10)}
	}
	lease, appended := tasks.LeaseOf(held), make(chan error)
	go func() {
		for range 3 { // the first is on its way, the second waits for its commit
			if err := m.AppendLog(ctx, lease, many); err != nil {
				appended <- err
				return
			}
		}
		appended <- nil
	}()
	m.eventually(t, "stepcast_recorder_pending_bytes", func(n float64) bool { return n >= float64(len(many)*64<<10) })
	m.eventually(t, "stepcast_recorder_held_back_total", func(n float64) bool { return n >= 1 })
	m.require(t, metricstest.Values{"stepcast_recorder_pending_tasks": 1})
	_, err = conn.ExecContext(ctx, "ROLLBACK")
	require.NoError(t, err)
	require.NoError(t, <-appended)
	m.eventually(t, "stepcast_recorder_pending_bytes", func(n float64) bool { return n == 0 })
}

func TestMetricsOfReportsThatCameTooLate(t *testing.T) {
	m := measure(t)
	in := oneStep()
	in.MaxAttempts, in.BackoffSeconds = 2, new(int)
	m.submit(t, member, in)
	before := m.claim(t, "w1")
	m.begin(t, before, first)
	_, err := m.HandBack(m.ctx, tasks.LeaseOf(before))
	require.NoError(t, err)
	now := m.claim(t, "w2")
	m.begin(t, now, first)
	m.Progress(tasks.LeaseOf(now), first, 10, "")
	m.require(t, metricstest.Values{"stepcast_recorder_refused_reports_total": 0})
	m.Progress(tasks.LeaseOf(before), first, 90, "")
	m.require(t, metricstest.Values{"stepcast_recorder_refused_reports_total": 1})
}
