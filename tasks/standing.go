package tasks

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"stepcast/models"
	"stepcast/store"
)

const (
	// standingFor is how long what was counted is shown, however many scrape.
	standingFor = time.Second
	// standingTimeout bounds the counting: a scrape has other things to tell.
	standingTimeout = 2 * time.Second
)

var (
	unfinishedTasks = prometheus.NewDesc("stepcast_tasks_unfinished",
		"Tasks in the database that are not finished, by status.", []string{"status"}, nil)
	queuedTasks = prometheus.NewDesc("stepcast_tasks_queued",
		"Tasks in the database, by queue: ready (for the built-in worker), external (for outside workers), deferred, or held by a worker.",
		[]string{"queue"}, nil)
)

// queueNames are the values of the label queue.
var queueNames = map[models.Queue]string{
	models.QueueReady: "ready", models.QueueExternal: "external", models.QueueDeferred: "deferred", models.QueueHeld: "held",
}

// standing counts the tasks of the database when it is scraped. While the database does
// not answer it has nothing to show: an old number would look like a new one.
type standing struct {
	store  *store.Store
	logger *slog.Logger

	// mu guards the rest, and lets one scrape count for all that wait.
	mu         sync.Mutex
	at         time.Time
	unfinished map[models.Status]int
	queued     map[models.Queue]int
}

var _ prometheus.Collector = (*standing)(nil)

// Describe implements prometheus.Collector.
func (*standing) Describe(to chan<- *prometheus.Desc) {
	to <- unfinishedTasks
	to <- queuedTasks
}

// Collect implements prometheus.Collector.
func (s *standing) Collect(to chan<- prometheus.Metric) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.at) >= standingFor {
		if err := s.count(); err != nil {
			s.logger.Warn("count tasks for the metrics", "error", err)
		}
		s.at = time.Now()
	}
	for status, n := range s.unfinished {
		to <- prometheus.MustNewConstMetric(unfinishedTasks, prometheus.GaugeValue, float64(n), string(status))
	}
	for queue, n := range s.queued {
		to <- prometheus.MustNewConstMetric(queuedTasks, prometheus.GaugeValue, float64(n), queueNames[queue])
	}
}

// count asks the database; mu is held.
func (s *standing) count() (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), standingTimeout)
	defer cancel()
	s.unfinished, s.queued = nil, nil
	if s.unfinished, err = s.store.Unfinished(ctx); err == nil {
		s.queued, err = s.store.QueueLengths(ctx)
	}
	return err
}
