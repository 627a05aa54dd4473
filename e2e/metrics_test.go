package e2e

import (
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/stretchr/testify/require"

	"stepcast/auth"
	"stepcast/client"
	"stepcast/internal/certtest"
	"stepcast/internal/metricstest"
	"stepcast/models"
)

// scrape reads the metrics as Prometheus does.
func (s *server) scrape() (metricstest.Values, map[string]*dto.MetricFamily) {
	s.t.Helper()
	status, body, header := s.get("/metrics", bearer(token)...)
	require.Equal(s.t, http.StatusOK, status, body)
	require.Equal(s.t, "no-store", header.Get("Cache-Control"))
	require.True(s.t, strings.HasPrefix(header.Get("Content-Type"), "text/plain; version=0.0.4"), header.Get("Content-Type"))
	return metricstest.Parse(s.t, strings.NewReader(body))
}

// TestMetricsRights: metrics are for administrators, by a token that may read or a session.
func TestMetricsRights(t *testing.T) {
	t.Parallel()
	s := start(t, "--no-worker")
	o := s.office(t)
	for _, role := range models.Roles {
		name := "the-" + strings.ToLower(string(role))
		full := o.user(name, role)
		narrow := map[models.Scope]string{}
		for _, scope := range models.Scopes {
			narrow[scope], _ = o.token(name, auth.CreateTokenInput{Scopes: []models.Scope{scope}})
		}
		want := http.StatusForbidden
		if role == models.Admin {
			want = http.StatusOK
		}
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			s.requireMetrics(t, want, method, bearer(full)...)
			s.requireMetrics(t, want, method, s.signIn(name).web...)
			for scope, text := range narrow {
				if scope == models.ScopeRead {
					s.requireMetrics(t, want, method, bearer(text)...)
				} else {
					s.requireMetrics(t, http.StatusForbidden, method, bearer(text)...)
				}
			}
			for _, legacy := range [][]string{s.signIn(name).linkis, s.signIn(name).imanager, {"Token-Code", full, "Token-User", name}, {"X-Auth-Token", full}} {
				s.requireMetrics(t, http.StatusUnauthorized, method, legacy...)
			}
		}
	}
	s.requireMetrics(t, http.StatusUnauthorized, http.MethodGet)
	s.requireMetrics(t, http.StatusMethodNotAllowed, http.MethodPost, bearer(token)...)
}

// requireMetrics checks who is let in, and that nobody else is told anything.
func (s *server) requireMetrics(t *testing.T, want int, method string, headers ...string) {
	t.Helper()
	status, body, _ := s.do(method, "/metrics", "", headers...)
	require.Equal(t, want, status, "%s %s: %s", method, headers, body)
	require.Equal(t, want == http.StatusOK && method == http.MethodGet, strings.Contains(body, "stepcast_"), "%s: %s", method, body)
}

var metricsAt = regexp.MustCompile(`(?m)^Metrics, for whoever asks, are at (http://\S+)/metrics$`)

// TestMetricsAddress serves the metrics, and nothing else, to whoever asks.
func TestMetricsAddress(t *testing.T) {
	t.Parallel()
	s := startIn(t, []string{"STEPCAST_METRICS_ADDR=127.0.0.1:0"}, "--no-worker")
	until(t, "the address of the metrics", func() bool { return metricsAt.MatchString(s.log.String()) })
	require.Len(t, s.addresses(), 1, "it is none for clients")
	apart := metricsAt.FindStringSubmatch(s.log.String())[1]
	require.NotEqual(t, s.url, apart)
	status, body, header := plainly(t, http.MethodGet, apart+"/metrics")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "nosniff", header.Get("X-Content-Type-Options"))
	_, families := metricstest.Parse(t, strings.NewReader(body))
	require.Contains(t, families, "stepcast_build_info")
	for _, path := range []string{"/", "/graphql", "/healthz", "/login", "/metrics/", "/openapi.json", "/imanager/cloud/web/tasks/1", "/api/rest_j/v1/user/publicKey"} {
		status, _, _ = plainly(t, http.MethodGet, apart+path)
		require.Equal(t, http.StatusNotFound, status, path)
	}
	status, _, _ = plainly(t, http.MethodPost, apart+"/metrics")
	require.Equal(t, http.StatusMethodNotAllowed, status)
	s.requireMetrics(t, http.StatusUnauthorized, http.MethodGet)

	require.Zero(t, s.stop())
	_, err := net.Dial("tcp", strings.TrimPrefix(apart, "http://"))
	require.Error(t, err, "it ends with the others")
}

// plainly asks without a sign-in, and without the description of what is asked for.
func plainly(t *testing.T, method, url string) (status int, body string, header http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, http.NoBody)
	require.NoError(t, err)
	answered, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	defer answered.Body.Close()
	text, err := io.ReadAll(answered.Body)
	require.NoError(t, err)
	return answered.StatusCode, string(text), answered.Header
}

// labelValues are those that each label may have, whatever clients send.
var labelValues = map[string]string{
	"version": `.*`, "goversion": `go.*`, "pool": `write|read|shared`, "state": `in_use|idle`, "kind": `statement|change|snapshot`,
	"result": `stored|failed|SUCCEEDED|FAILED|CANCELLED|HANDED_BACK`, "outcome": `made|refused|unavailable|ok|errors|failed|timeout|gone`,
	"status": `[1-5]xx|cut|[A-Z_]+`, "code": `[A-Z_]+`, "queue": `ready|external|deferred|held`, "run_type": `shell|python|sql|http|external|other`,
	"type": `query|mutation|subscription|unknown`, "where": `topics|lists`, "source": `memory|store`,
	"protocol": `graphql-transport-ws|graphql-ws|sse|multipart`, "close_code": `1[0-9]{3}|4[0-9]{3}|other`,
	"method": `GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|other`, "route": `other|/[a-zA-Z_./{}$-]*|/api/rest_j/v1/[a-zA-Z/{}-]+`,
}

// TestMetrics runs tasks through every API, and sends what nobody expects; the metrics
// tell of it, are named as Prometheus wants them and have no label that clients choose.
func TestMetrics(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	each(t, func(t *testing.T, s *server) {
		c := s.client()
		const odd = "odd-odd-odd"
		for code, want := range map[string]client.Status{"echo " + odd: client.StatusSucceeded, "exit 3": client.StatusFailed} {
			task, err := c.Submit(t.Context(), sh(code))
			require.NoError(t, err)
			require.Equal(t, want, awaitEnd(t, c, task.ID).Status)
		}
		_, err := c.Submit(t.Context(), single(odd, odd, nil))
		require.Error(t, err)
		standing, err := c.Submit(t.Context(), single("external", "", nil))
		require.NoError(t, err)
		for _, path := range []string{"/" + odd, "/results/1-r" + odd, "/tasks/" + odd, "/api/rest_j/v1/" + odd, "/imanager/cloud/web/tasks/" + odd} {
			s.redirect(path, bearer(token)...)
		}
		status, said := s.callLinkis(http.MethodGet, "entrance/"+standing.ID+"/status", "", asAdminOfLinkis...)
		require.Equal(t, http.StatusOK, status, said)
		s.graphql("{ "+odd, nil, bearer(token)...)
		status, _, _ = plainly(t, odd, s.url+"/healthz")
		require.Equal(t, http.StatusMethodNotAllowed, status)

		var values metricstest.Values
		var families map[string]*dto.MetricFamily
		until(t, "the ends of both tasks", func() bool { // who reads the database may be ahead of who counts
			values, families = s.scrape()
			return values[`stepcast_tasks_attempts_ended_total{status="SUCCEEDED"}`] == 1 &&
				values[`stepcast_tasks_attempts_ended_total{status="FAILED"}`] == 1 && values["stepcast_engine_slots_in_use"] == 0
		})
		values.Require(t, metricstest.Values{
			`stepcast_tasks_submissions_total{code="OK"}`: 3, `stepcast_tasks_submissions_total{code="INVALID"}`: 1,
			`stepcast_tasks_attempts_ended_total{status="CANCELLED"}`: 0, `stepcast_tasks_attempts_ended_total{status="TIMED_OUT"}`: 0,
			`stepcast_engine_executions_total{result="SUCCEEDED",run_type="shell"}`: 1, `stepcast_engine_executions_total{result="FAILED",run_type="shell"}`: 1,
			`stepcast_tasks_unfinished{status="WAITING"}`: 1, `stepcast_tasks_queued{queue="external"}`: 1, `stepcast_tasks_queued{queue="ready"}`: 0,
			`stepcast_tasks_queue_wait_seconds_count`: 2, `stepcast_tasks_leases_lost_total`: 0,
			`stepcast_http_requests_total{method="GET",route="/api/rest_j/v1/entrance/{id}/status",status="2xx"}`: 1,
			`stepcast_http_requests_total{method="GET",route="/imanager/cloud/web/tasks/{id}",status="4xx"}`:      1,
			`stepcast_graphql_operations_total{outcome="failed",type="unknown"}`:                                  1,
		})
		for _, moved := range []string{
			`stepcast_recorder_commits_total{result="stored"}`, `stepcast_store_transaction_duration_seconds_count{kind="change"}`, "stepcast_store_statement_duration_seconds_count",
			`stepcast_graphql_operations_total{outcome="ok",type="mutation"}`, `stepcast_http_requests_total{method="other",route="other",status="4xx"}`,
			"process_resident_memory_bytes", "go_goroutines",
		} {
			require.Positive(t, values.Get(t, moved), moved)
		}
		requireBounded(t, families, odd, standing.ID)
	})
}

// requireBounded checks names and labels, and that each metric is documented.
func requireBounded(t *testing.T, families map[string]*dto.MetricFamily, odd, id string) {
	t.Helper()
	documented, err := os.ReadFile("../docs/metrics.md")
	require.NoError(t, err)
	var ours []*dto.MetricFamily
	for name, family := range families {
		if !strings.HasPrefix(name, "stepcast_") {
			continue
		}
		ours = append(ours, family)
		require.Contains(t, string(documented), "| `"+name+"` | "+strings.ToLower(family.GetType().String())+" |")
		require.Less(t, len(family.GetMetric()), 100, name)
		for _, m := range family.GetMetric() {
			for _, label := range m.GetLabel() {
				require.Regexp(t, "^("+labelValues[label.GetName()]+")$", label.GetValue(), "%s of %s", label.GetName(), name)
				require.NotContains(t, []string{odd, id, "admin", "e2e"}, label.GetValue(), "%s of %s", label.GetName(), name)
			}
		}
	}
	require.Greater(t, len(ours), 30)
	problems, err := promlint.NewWithMetricFamilies(ours).Lint()
	require.NoError(t, err)
	require.Empty(t, problems)
}

// TestMetricsOverTLS: the metrics' own address is plain where the others are HTTPS.
func TestMetricsOverTLS(t *testing.T) {
	t.Parallel()
	s := startTLS(t, certtest.New(t), nil, "--no-worker", "--metrics-addr", "127.0.0.1:0")
	until(t, "the address of the metrics", func() bool { return metricsAt.MatchString(s.log.String()) })
	status, body, _ := plainly(t, http.MethodGet, metricsAt.FindStringSubmatch(s.log.String())[1]+"/metrics")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "stepcast_build_info")
}
