package engine

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"stepcast/executor"
	"stepcast/models"
)

// executionBuckets are in seconds, from a script that does next to nothing to a day.
var executionBuckets = []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 4 * 3600, 24 * 3600}

// Results of an execution besides the final statuses.
const (
	// resultHandedBack: it was ended because the lease was lost, or the server stops.
	resultHandedBack = "HANDED_BACK"
	// otherRunType is any that the registry does not have.
	otherRunType = "other"
)

var results = []string{string(models.Succeeded), string(models.Failed), string(models.Cancelled), resultHandedBack}

// instruments count what the engine runs.
type instruments struct {
	// executions are by run type; that of otherRunType is always there.
	executions        map[string]executions
	heartbeatFailures prometheus.Counter
}

// executions are those of one run type.
type executions struct {
	ended   map[string]prometheus.Counter
	seconds prometheus.Observer
}

func newInstruments(e *Engine) *instruments {
	metrics := promauto.With(e.Metrics)
	metrics.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "stepcast_engine_slots", Help: "Tasks that this process may run at a time.",
	}, func() float64 { return float64(e.Slots) })
	metrics.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "stepcast_engine_slots_in_use", Help: "Tasks that this process runs, or stands still with.",
	}, func() float64 {
		e.mu.Lock()
		defer e.mu.Unlock()
		return float64(len(e.runs))
	})
	ended := metrics.NewCounterVec(prometheus.CounterOpts{
		Name: "stepcast_engine_executions_total",
		Help: "Executions of contents that ended, by run type and result: a final status, or HANDED_BACK with the lease.",
	}, []string{"run_type", "result"})
	seconds := metrics.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "stepcast_engine_execution_duration_seconds",
		Help:    "Duration of executions, by run type; paused time counts.",
		Buckets: executionBuckets,
	}, []string{"run_type"})
	m := &instruments{
		executions: map[string]executions{},
		heartbeatFailures: metrics.NewCounter(prometheus.CounterOpts{
			Name: "stepcast_engine_heartbeat_failures_total", Help: "Times that the lease could not be renewed.",
		}),
	}
	for _, name := range runTypes(e.Registry) {
		of := executions{ended: map[string]prometheus.Counter{}, seconds: seconds.WithLabelValues(name)}
		for _, result := range results {
			of.ended[result] = ended.WithLabelValues(name, result)
		}
		m.executions[name] = of
	}
	return m
}

// runTypes are those that the label tells apart. An engine that is never started may have
// no registry.
func runTypes(registry *executor.Registry) []string {
	names := []string{otherRunType}
	if registry == nil {
		return names
	}
	for _, info := range registry.Infos() {
		names = append(names, info.Name)
	}
	return names
}

// executed counts an execution.
func (m *instruments) executed(runType, result string, began time.Time) {
	of, known := m.executions[runType]
	if !known {
		of = m.executions[otherRunType]
	}
	of.ended[result].Inc()
	of.seconds.Observe(time.Since(began).Seconds())
}
