package tasks

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"stepcast/models"
)

var (
	// commitBuckets are in seconds, and taskBuckets count tasks.
	commitBuckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	taskBuckets   = prometheus.ExponentialBuckets(1, 2, 11)
	// longBuckets are in seconds, from what starts at once to what takes a day.
	longBuckets = []float64{.1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 4 * 3600, 24 * 3600}
)

// codes are those that a submission may be answered with; "" is that there is a task.
var codes = []models.ErrorCode{
	"", models.CodeConflict, models.CodeForbidden, models.CodeInvalid, models.CodeLimit, models.CodeNotFound,
	models.CodeQueueFull, models.CodeUnauthenticated, models.CodeUnavailable, models.CodeInternal,
}

// instruments count what becomes of tasks. Who asks for what is not told apart: that has no bound.
type instruments struct {
	submissions map[models.ErrorCode]prometheus.Counter
	attempts    map[models.Status]attempts
	queueWait   prometheus.Observer
	leasesLost  prometheus.Counter
}

// attempts are those that ended with one status.
type attempts struct {
	ended   prometheus.Counter
	seconds prometheus.Observer
}

func newInstruments(to prometheus.Registerer) *instruments {
	metrics := promauto.With(to)
	m := &instruments{
		submissions: map[models.ErrorCode]prometheus.Counter{},
		attempts:    map[models.Status]attempts{},
		queueWait: metrics.NewHistogram(prometheus.HistogramOpts{
			Name:    "stepcast_tasks_queue_wait_seconds",
			Help:    "Time from when an attempt could have started to its start; time paused before it is left out.",
			Buckets: longBuckets,
		}),
		leasesLost: metrics.NewCounter(prometheus.CounterOpts{
			Name: "stepcast_tasks_leases_lost_total",
			Help: "Leases that this process found to have ended without their worker's word.",
		}),
	}
	submissions := metrics.NewCounterVec(prometheus.CounterOpts{
		Name: "stepcast_tasks_submissions_total",
		Help: "Submissions, by code: OK, or why there is no task, as GraphQL names it.",
	}, []string{"code"})
	for _, code := range codes {
		m.submissions[code] = submissions.WithLabelValues(codeLabel(code))
	}
	ended := metrics.NewCounterVec(prometheus.CounterOpts{
		Name: "stepcast_tasks_attempts_ended_total",
		Help: "Attempts that ended, by their status.",
	}, []string{"status"})
	seconds := metrics.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "stepcast_tasks_attempt_duration_seconds",
		Help:    "Time from the start of an attempt to its end, by the status it ended with; paused time counts.",
		Buckets: longBuckets,
	}, []string{"status"})
	for _, status := range []models.Status{models.Succeeded, models.Failed, models.TimedOut, models.Cancelled} {
		m.attempts[status] = attempts{ended.WithLabelValues(string(status)), seconds.WithLabelValues(string(status))}
	}
	return m
}

func codeLabel(code models.ErrorCode) string {
	if code == "" {
		return "OK"
	}
	return string(code)
}

// submitted counts a submission.
func (m *instruments) submitted(err error) {
	counter, known := m.submissions[models.CodeOf(err)]
	if !known {
		counter = m.submissions[models.CodeInternal]
	}
	counter.Inc()
}

// changed counts the attempts that the events of one change, which was committed, started
// and ended.
func (m *instruments) changed(before *models.Task, events []models.Event) {
	state, since := &before.TaskState, before.UpdatedAt
	for i := range events {
		e := &events[i]
		if next := e.Data.Task; next != nil {
			m.ended(state, next)
			m.started(state, next, since)
			state = next
		}
		since = e.At
	}
}

// started observes the wait for an attempt's first start. Nothing changes a task that
// waits, so it waits since its last change, or since it may be claimed.
func (m *instruments) started(before, after *models.TaskState, since time.Time) {
	if after.StartedAt == nil || before.StartedAt != nil && before.Attempt == after.Attempt {
		return
	}
	if before.NotBefore != nil && before.NotBefore.After(since) {
		since = *before.NotBefore
	}
	m.queueWait.Observe(max(0, after.StartedAt.Sub(since).Seconds()))
}

func (m *instruments) ended(before, after *models.TaskState) {
	if before.Status.Final() {
		return // it had ended already: this is the retry
	}
	status, startedAt, finishedAt := after.Status, after.StartedAt, after.FinishedAt
	if past := after.PastAttempts; after.Attempt > before.Attempt && len(past) > 0 {
		last := past[len(past)-1]
		status, startedAt, finishedAt = last.Status, last.StartedAt, last.FinishedAt
	}
	of, final := m.attempts[status]
	if !final {
		return
	}
	of.ended.Inc()
	if startedAt != nil && finishedAt != nil {
		of.seconds.Observe(finishedAt.Sub(*startedAt).Seconds())
	}
}

// recorderInstruments count what the recorder commits, and what it cannot take.
type recorderInstruments struct {
	commitSeconds, commitTasks    prometheus.Observer
	stored, failed                prometheus.Counter
	stale                         prometheus.Counter
	decided, refused, unavailable prometheus.Counter
	heldBack, tooLate             prometheus.Counter
}

func newRecorderInstruments(to prometheus.Registerer, r *recorder) *recorderInstruments {
	metrics := promauto.With(to)
	commits := metrics.NewCounterVec(prometheus.CounterOpts{
		Name: "stepcast_recorder_commits_total",
		Help: "Commits, by result: stored, or failed with the database.",
	}, []string{"result"})
	decisions := metrics.NewCounterVec(prometheus.CounterOpts{
		Name: "stepcast_recorder_decisions_total",
		Help: "Decisions about tasks that were answered, by outcome: made, refused, or unavailable for want of the database.",
	}, []string{"outcome"})
	counter := func(name, help string) prometheus.Counter {
		return metrics.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	gauge := func(name, help string, read func() int) {
		metrics.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			r.mu.Lock()
			defer r.mu.Unlock()
			return float64(read())
		})
	}
	gauge("stepcast_recorder_pending_tasks", "Tasks whose progress, log or usage is kept in memory between commits.",
		func() int { return len(r.soft) })
	gauge("stepcast_recorder_pending_bytes", "Bytes of log lines that wait for their commit.", func() int { return r.softBytes })
	return &recorderInstruments{
		commitSeconds: metrics.NewHistogram(prometheus.HistogramOpts{
			Name: "stepcast_recorder_commit_duration_seconds", Help: "Duration of commits, failed ones included.", Buckets: commitBuckets,
		}),
		commitTasks: metrics.NewHistogram(prometheus.HistogramOpts{
			Name: "stepcast_recorder_commit_tasks", Help: "Tasks that one commit creates or changes.", Buckets: taskBuckets,
		}),
		stored: commits.WithLabelValues("stored"), failed: commits.WithLabelValues("failed"),
		stale: counter("stepcast_recorder_stale_changes_total",
			"Changes that lost against somebody else's change of the same task, and were decided again."),
		decided: decisions.WithLabelValues("made"), refused: decisions.WithLabelValues("refused"),
		unavailable: decisions.WithLabelValues("unavailable"),
		heldBack: counter("stepcast_recorder_held_back_total",
			"Times that a worker had to wait with log lines, because too many were not stored yet."),
		tooLate: counter("stepcast_recorder_refused_reports_total",
			"Log lines, progress and usage that came under a lease that a newer one had replaced."),
	}
}

// answered counts the answer to a decision.
func (m *recorderInstruments) answered(err error) {
	switch models.CodeOf(err) {
	case "":
		m.decided.Inc()
	case models.CodeUnavailable:
		m.unavailable.Inc()
	default:
		m.refused.Inc()
	}
}

// committed counts a commit of so many tasks.
func (m *recorderInstruments) committed(began time.Time, tasks int, err error) {
	m.commitSeconds.Observe(time.Since(began).Seconds())
	m.commitTasks.Observe(float64(tasks))
	if err != nil {
		m.failed.Inc()
		return
	}
	m.stored.Inc()
}
