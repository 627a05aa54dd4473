package store

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"gorm.io/gorm"

	"stepcast/models"
)

// secondsBuckets are in seconds: from a read that was in the cache to what waited for a
// lock until it gave up.
var secondsBuckets = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// instruments count what the database is asked and how it answers.
type instruments struct {
	statements operation
	// changes and snapshots are transactions; those of a change wait for their turn, and
	// are run again, within it.
	changes, snapshots operation
	retries            prometheus.Counter
}

// operation is one kind of what is asked of the database.
type operation struct {
	seconds prometheus.Observer
	errors  prometheus.Counter
}

func newInstruments(to prometheus.Registerer) *instruments {
	metrics := promauto.With(to)
	seconds := metrics.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "stepcast_store_transaction_duration_seconds",
		Help:    "Duration of transactions, by kind: change (waiting for its turn and running again included) or snapshot.",
		Buckets: secondsBuckets,
	}, []string{"kind"})
	failed := metrics.NewCounterVec(prometheus.CounterOpts{
		Name: "stepcast_store_errors_total",
		Help: "Statements and transactions that the database failed, by kind: statement, change or snapshot.",
	}, []string{"kind"})
	return &instruments{
		statements: operation{
			seconds: metrics.NewHistogram(prometheus.HistogramOpts{
				Name:    "stepcast_store_statement_duration_seconds",
				Help:    "Duration of SQL statements.",
				Buckets: secondsBuckets,
			}),
			errors: failed.WithLabelValues("statement"),
		},
		changes:   operation{seconds.WithLabelValues("change"), failed.WithLabelValues("change")},
		snapshots: operation{seconds.WithLabelValues("snapshot"), failed.WithLabelValues("snapshot")},
		retries: metrics.NewCounter(prometheus.CounterOpts{
			Name: "stepcast_store_transaction_retries_total",
			Help: "Transactions that were run again after a deadlock or a lock that did not come.",
		}),
	}
}

// ended counts an operation.
func (o operation) ended(began time.Time, err error) {
	o.seconds.Observe(time.Since(began).Seconds())
	if failed(err) {
		o.errors.Inc()
	}
}

// failed says whether err is the database's fault: not that something is not there, or is
// there already, nor that whoever asked has left.
func failed(err error) bool {
	if err == nil || models.AsFault(err) != nil {
		return false
	}
	for _, answer := range []error{gorm.ErrRecordNotFound, gorm.ErrDuplicatedKey, gorm.ErrForeignKeyViolated, context.Canceled} {
		if errors.Is(err, answer) {
			return false
		}
	}
	return true
}

var (
	connections = prometheus.NewDesc("stepcast_store_connections",
		"Open connections to the database, by pool (write or read; MySQL has one, shared) and state: in_use or idle.",
		[]string{"pool", "state"}, nil)
	connectionsLimit = prometheus.NewDesc("stepcast_store_connections_limit",
		"Connections that a pool may open.", []string{"pool"}, nil)
	connectionWaits = prometheus.NewDesc("stepcast_store_connection_waits_total",
		"Times that somebody waited for a connection, because all of the pool were in use.", []string{"pool"}, nil)
	connectionWaited = prometheus.NewDesc("stepcast_store_connection_wait_seconds_total",
		"Time for which somebody waited for a connection.", []string{"pool"}, nil)
)

// poolCollector reads what database/sql knows of its connections.
type poolCollector struct{ store *Store }

var _ prometheus.Collector = poolCollector{}

// Describe implements prometheus.Collector.
func (poolCollector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{connections, connectionsLimit, connectionWaits, connectionWaited} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (c poolCollector) Collect(to chan<- prometheus.Metric) {
	pools := c.store.pools()
	names := []string{"write", "read"}
	if len(pools) == 1 {
		names = []string{"shared"}
	}
	for i, pool := range pools {
		stats, name := pool.Stats(), names[i]
		gauge := func(d *prometheus.Desc, value float64, labels ...string) {
			to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
		}
		gauge(connections, float64(stats.InUse), name, "in_use")
		gauge(connections, float64(stats.Idle), name, "idle")
		gauge(connectionsLimit, float64(stats.MaxOpenConnections), name)
		to <- prometheus.MustNewConstMetric(connectionWaits, prometheus.CounterValue, float64(stats.WaitCount), name)
		to <- prometheus.MustNewConstMetric(connectionWaited, prometheus.CounterValue, stats.WaitDuration.Seconds(), name)
	}
}
