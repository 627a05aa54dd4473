package app

import (
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"stepcast/tasks"
)

// scrapesMax bounds the scrapes at a time; one more is answered with 503.
const scrapesMax = 4

// newMetrics makes the registry of a server, with what Go and the system know of the
// process. It is the server's own, so that several may run in one process.
func newMetrics() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	promauto.With(registry).NewGaugeVec(prometheus.GaugeOpts{
		Name: "stepcast_build_info", Help: "Always 1; the labels say which program this is.",
	}, []string{"version", "goversion"}).WithLabelValues(Version(), runtime.Version()).Set(1)
	return registry
}

// scrapeHandler answers with the metrics. What cannot be read at the moment is left out.
func scrapeHandler(metrics *prometheus.Registry, logger *slog.Logger) http.Handler {
	scrape := promhttp.HandlerFor(metrics, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelWarn), ErrorHandling: promhttp.ContinueOnError,
		MaxRequestsInFlight: scrapesMax,
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		scrape.ServeHTTP(w, r)
	})
}

// metricsOnly serves an address that has nothing but the metrics.
func metricsOnly(scrapes http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+metricsPath, scrapes)
	return shield(mux)
}

// forAdmins lets those in who may read metrics.
func (a *App) forAdmins(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		viewer, err := a.auth.FromRequest(r)
		if err == nil {
			err = tasks.AuthorizeMetrics(viewer)
		}
		if err != nil {
			a.auth.Refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// httpMetrics count requests by route: the pattern that the router found, never the path.
type httpMetrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newHTTPMetrics(to prometheus.Registerer) *httpMetrics {
	metrics := promauto.With(to)
	return &httpMetrics{
		requests: metrics.NewCounterVec(prometheus.CounterOpts{
			Name: "stepcast_http_requests_total",
			Help: "HTTP requests but WebSockets, by route (other for what no route matches), method, and status: 2xx to 5xx, or cut.",
		}, []string{"route", "method", "status"}),
		seconds: metrics.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "stepcast_http_request_duration_seconds",
			Help:    "Duration of HTTP requests, by route, streams left out; polls that ask to wait are held back on purpose.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"route"}),
	}
}

// around counts what next answers. Sockets are counted by live, which knows what goes over them.
func (m *httpMetrics) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == graphqlPath && websocket.IsWebSocketUpgrade(r) {
			next.ServeHTTP(w, r)
			return
		}
		began, answered := time.Now(), &answer{ResponseWriter: w}
		defer func() { m.count(r, answered, time.Since(began)) }()
		next.ServeHTTP(answered, r)
		answered.whole = true
	})
}

func (m *httpMetrics) count(r *http.Request, answered *answer, took time.Duration) {
	route := routeOf(r)
	m.requests.WithLabelValues(route, methodLabel(r.Method), answered.class()).Inc()
	if !answered.streams() {
		m.seconds.WithLabelValues(route).Observe(took.Seconds())
	}
}

// routeOf is the pattern under which the request was answered. Each router leaves it in
// the request, as http.ServeMux does.
func routeOf(r *http.Request) string {
	pattern := r.Pattern
	if _, path, hasMethod := strings.Cut(pattern, " "); hasMethod {
		pattern = path
	}
	if pattern == "" {
		return "other"
	}
	return pattern
}

var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
}

// methodLabel keeps out what clients make up.
func methodLabel(method string) string {
	if slices.Contains(methods, method) {
		return method
	}
	return "other"
}

// answer notes the status of an answer.
type answer struct {
	http.ResponseWriter
	status int
	// whole says that the handler came to its end; one that panics cuts its answer.
	whole bool
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if a.status < http.StatusOK { // what informs comes before the status that counts
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach what is beneath.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// class is the label status.
func (a *answer) class() string {
	switch {
	case !a.whole:
		return "cut"
	case a.status < http.StatusOK:
		return "2xx" // the handler wrote at once, or nothing
	}
	return strconv.Itoa(a.status/100) + "xx"
}

// streams says whether the answer went on for as long as its reader liked.
func (a *answer) streams() bool {
	kind, _, _ := strings.Cut(a.Header().Get("Content-Type"), ";")
	return kind == "text/event-stream" || kind == "multipart/mixed"
}
