package live

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// meter counts what happens on connections that stay open.
type meter struct {
	connections   map[string]prometheus.Gauge // by protocol
	subscriptions prometheus.Gauge
	groups        prometheus.Gauge
	queued        prometheus.Gauge
	conflated     prometheus.Counter
	catchUps      prometheus.Counter
	timeouts      prometheus.Counter
	closed        map[int]prometheus.Counter // by close code
	closedOther   prometheus.Counter
	latency       prometheus.Histogram
}

// countedCodes are the close codes that are told apart; a client may make up others.
var countedCodes = []int{
	closeNormal, closeGoingAway, closeProtocol, closeNoStatus, closeGone, closeNotUTF8, closeMessageTooBig,
	closeRestart, closeTryAgain, closeBadMessage, closeUnauthorized, closeForbidden, closeSubprotocol,
	closeInitTimeout, closeDuplicateID, closeInitTwice, closeInternal,
}

func newMeter(to prometheus.Registerer) *meter {
	metrics := promauto.With(to)
	gauge := func(name, help string) prometheus.Gauge {
		return metrics.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	}
	counter := func(name, help string) prometheus.Counter {
		return metrics.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	connections := metrics.NewGaugeVec(prometheus.GaugeOpts{
		Name: "stepcast_live_connections", Help: "Open connections of subscribers, by protocol.",
	}, []string{"protocol"})
	closed := metrics.NewCounterVec(prometheus.CounterOpts{
		Name: "stepcast_live_sockets_closed_total", Help: "Ended WebSockets, by close code; 1006 is a connection that was gone.",
	}, []string{"close_code"})
	m := &meter{
		connections:   map[string]prometheus.Gauge{},
		subscriptions: gauge("stepcast_live_subscriptions", "Running subscriptions."),
		groups:        gauge("stepcast_live_groups", "Executions that subscriptions share."),
		queued:        gauge("stepcast_live_queue_bytes", "Bytes that wait to be sent, on all connections."),
		conflated:     counter("stepcast_live_conflated_total", "Snapshots that a newer one replaced before they were sent."),
		catchUps:      counter("stepcast_live_catch_ups_total", "Executions for one subscription alone, because it was behind those it shares with."),
		timeouts:      counter("stepcast_live_write_timeouts_total", "Connections that were cut because their peer did not read."),
		closed:        map[int]prometheus.Counter{},
		closedOther:   closed.WithLabelValues("other"),
		latency: metrics.NewHistogram(prometheus.HistogramOpts{
			Name:    "stepcast_live_delivery_seconds",
			Help:    "Time from when this process learned of a committed change to when a subscriber's bytes were handed to the kernel.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 15), // 0.5 ms to 8 s
		}),
	}
	for _, f := range allFormats {
		m.connections[f.name] = connections.WithLabelValues(f.name)
	}
	for _, code := range countedCodes {
		m.closed[code] = closed.WithLabelValues(strconv.Itoa(code))
	}
	return m
}

// delivered notes that a connection has taken what was sent.
func (m *meter) delivered(sent message) {
	if !sent.told.IsZero() {
		m.latency.Observe(time.Since(sent.told).Seconds())
	}
}

// ended notes that a socket has ended.
func (m *meter) ended(code int) {
	if counter, ok := m.closed[code]; ok {
		counter.Inc()
		return
	}
	m.closedOther.Inc()
}
