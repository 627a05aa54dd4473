package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"stepcast/config"
	"stepcast/internal/metricstest"
)

// newApp makes a server that does not run.
func newApp(t *testing.T) *App {
	t.Helper()
	c := config.Default()
	c.Data = t.TempDir()
	a, err := New(t.Context(), c, io.Discard, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(a.Close)
	return a
}

func (a *App) ask(method, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	a.Handler().ServeHTTP(w, r)
	return w
}

const documentation = "../docs/metrics.md"

// TestMetricsAreDocumented compares the table of the documentation with what is registered.
func TestMetricsAreDocumented(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.ask(http.MethodGet, "/healthz") // what has a route as its label is there with the first request
	families, err := a.metrics.Gather()
	require.NoError(t, err)
	var rows, names []string
	for _, f := range families {
		if !strings.HasPrefix(f.GetName(), "stepcast_") {
			continue
		}
		var labels []string
		for _, l := range f.GetMetric()[0].GetLabel() {
			labels = append(labels, "`"+l.GetName()+"`")
		}
		slices.Sort(labels)
		names = append(names, f.GetName())
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s | %s |", f.GetName(), strings.ToLower(f.GetType().String()), strings.Join(labels, " "), f.GetHelp()))
	}
	require.ElementsMatch(t, registered(a.metrics), names, "each has a value to be seen")
	text, err := os.ReadFile(documentation)
	require.NoError(t, err)
	require.Equal(t, strings.Join(rows, "\n"), strings.Join(regexp.MustCompile("(?m)^\\| `stepcast_.*$").FindAllString(string(text), -1), "\n"))
	for _, word := range regexp.MustCompile(`stepcast_\w+`).FindAllString(string(text), -1) {
		require.Contains(t, names, strings.TrimSuffix(word, "_bucket"), "what is asked for is there")
	}
}

// registered lists the names of what is registered, also of what has no value yet.
func registered(registry *prometheus.Registry) (names []string) {
	all := make(chan *prometheus.Desc)
	go func() {
		defer close(all)
		registry.Describe(all)
	}()
	named := regexp.MustCompile(`fqName: "(stepcast_[^"]+)"`)
	for d := range all {
		if name := named.FindStringSubmatch(d.String()); name != nil && !slices.Contains(names, name[1]) {
			names = append(names, name[1])
		}
	}
	return names
}

func TestMetricsAreNamedWell(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.ask(http.MethodGet, "/healthz")
	problems, err := testutil.GatherAndLint(a.metrics)
	require.NoError(t, err)
	require.Empty(t, problems)
}

// TestMetricsOfRequests: requests are counted by what answered them, and nothing that a
// client makes up becomes a label.
func TestMetricsOfRequests(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	for _, request := range []string{
		"GET /healthz", "HEAD /healthz", "POST /healthz", "GET /nonsense/1", "BREW /healthz", "GET /tasks/17", "GET /graphiql/nonsense",
		"GET /results/17-r1", "POST /graphql", "GET /login", "GET /metrics",
		"GET /api/rest_j/v1/entrance/17/status", "GET /api/rest_j/v1/entrance/secret/status", "GET /api/rest_j/v1/nonsense",
		"GET /imanager/cloud/web/tasks/17.json", "GET /imanager/cloud/web/nonsense", "DELETE /imanager/security/tokens.json",
	} {
		method, path, _ := strings.Cut(request, " ")
		a.ask(method, path)
	}
	counted := map[string]float64{}
	for metric, value := range metricstest.Gather(t, a.metrics) {
		if labels, is := strings.CutPrefix(metric, "stepcast_http_requests_total"); is {
			counted[labels] = value
		}
	}
	require.Equal(t, map[string]float64{
		`{method="GET",route="/healthz",status="2xx"}`: 1, `{method="HEAD",route="/healthz",status="2xx"}`: 1,
		`{method="POST",route="other",status="4xx"}`: 1, `{method="GET",route="other",status="4xx"}`: 3, `{method="other",route="other",status="4xx"}`: 1,
		`{method="GET",route="/tasks/{id}",status="3xx"}`: 1, `{method="GET",route="/graphiql/",status="3xx"}`: 1,
		`{method="GET",route="/results/{id}",status="4xx"}`: 1, `{method="POST",route="/graphql",status="4xx"}`: 1,
		`{method="GET",route="/login",status="2xx"}`: 1, `{method="GET",route="/metrics",status="4xx"}`: 1,
		`{method="GET",route="/api/rest_j/v1/entrance/{id}/status",status="4xx"}`: 2,
		`{method="GET",route="/imanager/cloud/web/tasks/{id}",status="4xx"}`:      1,
		`{method="DELETE",route="/imanager/security/tokens",status="4xx"}`:        1,
	}, counted)
	metricstest.Gather(t, a.metrics).Require(t, metricstest.Values{`stepcast_http_request_duration_seconds_count{route="/healthz"}`: 2})
}

// TestMetricsOfAnswers: what is cut is no success, an answer without a status is one, and a
// stream has no duration.
func TestMetricsOfAnswers(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewPedanticRegistry()
	mux := http.NewServeMux()
	mux.HandleFunc("/cut", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	mux.HandleFunc("/silent", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/hints", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	mux.HandleFunc("/stream", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		if err := http.NewResponseController(w).Flush(); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	server := httptest.NewServer(newHTTPMetrics(registry).around(mux))
	defer server.Close()
	for _, path := range []string{"/cut", "/silent", "/hints", "/stream"} {
		if answer, err := server.Client().Get(server.URL + path); err == nil {
			require.NoError(t, answer.Body.Close())
		} else {
			require.Equal(t, "/cut", path)
		}
	}
	server.Close() // it waits for the handlers
	values := metricstest.Gather(t, registry)
	values.Require(t, metricstest.Values{
		`stepcast_http_requests_total{method="GET",route="/silent",status="2xx"}`: 1, `stepcast_http_requests_total{method="GET",route="/hints",status="5xx"}`: 1,
		`stepcast_http_requests_total{method="GET",route="/stream",status="2xx"}`: 1, `stepcast_http_request_duration_seconds_count{route="/silent"}`: 1,
	})
	require.Positive(t, values.Get(t, `stepcast_http_requests_total{method="GET",route="/cut",status="cut"}`), "the client may have tried again")
	require.NotContains(t, values, `stepcast_http_request_duration_seconds_count{route="/stream"}`)
}

// slowCollector keeps scrapes waiting.
type slowCollector struct{ began, end chan struct{} }

var slowness = prometheus.NewDesc("test_slowness", "Slow.", nil, nil)

func (slowCollector) Describe(to chan<- *prometheus.Desc) { to <- slowness }

func (s slowCollector) Collect(chan<- prometheus.Metric) {
	s.began <- struct{}{}
	<-s.end
}

// TestScrapesAreBounded: whoever comes while four scrape is told to come back.
func TestScrapesAreBounded(t *testing.T) {
	t.Parallel()
	registry, slow := prometheus.NewRegistry(), slowCollector{make(chan struct{}), make(chan struct{})}
	registry.MustRegister(slow)
	handler := scrapeHandler(registry, slog.New(slog.DiscardHandler))
	scrape := func() int {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		return w.Code
	}
	codes := make(chan int)
	for range scrapesMax {
		go func() { codes <- scrape() }()
		<-slow.began
	}
	require.Equal(t, http.StatusServiceUnavailable, scrape())
	close(slow.end)
	for range scrapesMax {
		require.Equal(t, http.StatusOK, <-codes)
	}
}

// TestMetricsDuringAnOutage: an address without a sign-in goes on telling what it can, one
// with it cannot say who asks.
func TestMetricsDuringAnOutage(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	require.NoError(t, a.Bootstrap(context.Background()))
	require.NoError(t, a.store.Close())
	w := httptest.NewRecorder()
	metricsOnly(a.scrapes).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	require.Equal(t, http.StatusOK, w.Code)
	require.Contains(t, w.Body.String(), "stepcast_build_info")
	require.NotContains(t, w.Body.String(), "stepcast_tasks_queued")
	refused := a.ask(http.MethodGet, "/metrics", "Authorization", "Bearer some-token-0123456789")
	require.Equal(t, http.StatusInternalServerError, refused.Code, refused.Body)
}
