package live_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"stepcast/internal/metricstest"
	"stepcast/live"
)

// TestMetricsOfOperations: each operation is counted once, over HTTP and over a socket, and
// the events of a subscription are not operations.
func TestMetricsOfOperations(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewPedanticRegistry()
	b := setup(t, live.Options{Metrics: registry, OperationTimeout: 200 * time.Millisecond})
	b.post(t, "", `{"query":"{ hello }"}`)
	b.post(t, "", `{"query":"{ hello fails }"}`)
	b.post(t, "", `{"query":"{ blocks }"}`)
	b.post(t, "", `{"query":"{ nonsense }"}`)
	b.post(t, "", `{"query":"{ echo(number: \"x\") }"}`)
	b.post(t, "", `{"query":"mutation { bump }"}`)
	b.post(t, "", `not JSON`)
	c := b.connect(t)
	for id, query := range map[string]string{
		"1": "{ hello }", "2": "mutation { bump }", "3": "subscription { count(to: 5) }", "4": "subscription { refused }", "5": "{",
	} {
		c.subscribe(id, query)
		for done := false; !done; {
			message := c.receive()
			done = strings.Contains(message, `"complete"`) || strings.Contains(message, `"error"`)
		}
	}
	metricstest.Gather(t, registry).Require(t, metricstest.Values{
		`stepcast_graphql_operations_total{outcome="ok",type="query"}`: 2, `stepcast_graphql_operations_total{outcome="errors",type="query"}`: 1,
		`stepcast_graphql_operations_total{outcome="timeout",type="query"}`: 1, `stepcast_graphql_operations_total{outcome="gone",type="query"}`: 0,
		`stepcast_graphql_operations_total{outcome="ok",type="mutation"}`: 2, `stepcast_graphql_operations_total{outcome="failed",type="mutation"}`: 0,
		`stepcast_graphql_operations_total{outcome="failed",type="subscription"}`: 1, `stepcast_graphql_operations_total{outcome="failed",type="unknown"}`: 2,
		`stepcast_graphql_operations_total{outcome="failed",type="query"}`:   1,
		`stepcast_graphql_operation_duration_seconds_count{type="mutation"}`: 2, `stepcast_graphql_operation_duration_seconds_count{type="query"}`: 5,
	})
}

// TestMetricsOfThoseWhoLeave: an operation of which nobody awaits the end is counted as such.
func TestMetricsOfThoseWhoLeave(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewPedanticRegistry()
	b := setup(t, live.Options{Metrics: registry, OperationTimeout: time.Minute})
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.url, strings.NewReader(`{"query":"{ blocks }"}`))
		if err == nil {
			r.Header.Set("Content-Type", mediaJSON)
			_, err = b.server.Client().Do(r) //nolint:bodyclose // there is no answer
		}
		left <- err
	}()
	require.Eventually(t, func() bool { return b.Blocked.Load() == 1 }, patience, time.Millisecond)
	leave()
	require.ErrorIs(t, <-left, context.Canceled)
	require.Eventually(t, func() bool {
		return metricstest.Gather(t, registry).Get(t, `stepcast_graphql_operations_total{outcome="gone",type="query"}`) == 1
	}, patience, time.Millisecond)
}
