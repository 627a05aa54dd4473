package watch

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// instruments count who watches what, and how they learn of news.
type instruments struct {
	fromMemory, fromStore    prometheus.Counter
	rounds                   prometheus.Counter
	foundTopics, foundByList prometheus.Counter
}

func newInstruments(to prometheus.Registerer, h *Hub) *instruments {
	metrics := promauto.With(to)
	gauge := func(name, help string, read func() int) {
		metrics.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			h.mu.Lock()
			defer h.mu.Unlock()
			return float64(read())
		})
	}
	gauge("stepcast_watch_topics", "Tasks that are followed, or were polled lately.", func() int { return len(h.topics) })
	gauge("stepcast_watch_followers", "Readers that follow a task.", func() int { return h.followers })
	gauge("stepcast_watch_lists", "Readers that follow the changes of many tasks.", func() int { return len(h.lists.all) })
	gauge("stepcast_watch_kept_tasks", "Tasks whose snapshots are kept for those who poll.", func() int { return h.recent.Len() })
	gauge("stepcast_watch_kept_parts", "Tasks, steps and contents in the snapshots that are kept for those who poll.", func() int { return h.weight })
	gauge("stepcast_watch_tail_bytes", "Bytes of the ends of logs that are kept for those who poll.", func() int { return h.tails })
	polls := metrics.NewCounterVec(prometheus.CounterOpts{
		Name: "stepcast_watch_polls_total",
		Help: "Polls of tasks that were answered, by where the snapshot came from: memory or store.",
	}, []string{"source"})
	found := metrics.NewCounterVec(prometheus.CounterOpts{
		Name: "stepcast_watch_poll_found_total",
		Help: "Changes that a round of polling found and nobody had told, by where: topics (followed tasks) or lists (to which those of the last seconds before the first list count).",
	}, []string{"where"})
	return &instruments{
		fromMemory: polls.WithLabelValues("memory"), fromStore: polls.WithLabelValues("store"),
		rounds: metrics.NewCounter(prometheus.CounterOpts{
			Name: "stepcast_watch_poll_rounds_total", Help: "Rounds of asking the store what nobody told.",
		}),
		foundTopics: found.WithLabelValues("topics"), foundByList: found.WithLabelValues("lists"),
	}
}
