// Package metricstest reads metrics for tests.
package metricstest

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"
)

// Values are what metrics stand at, by name and labels as Prometheus writes them:
// stepcast_tasks_queued{queue="ready"}. A histogram has a _count and a _sum.
type Values map[string]float64

// Gather reads a registry.
func Gather(t testing.TB, from prometheus.Gatherer) Values {
	t.Helper()
	families, err := from.Gather()
	require.NoError(t, err)
	return valuesOf(families)
}

// Parse reads what a scrape was answered with, and the metrics by name.
func Parse(t testing.TB, text io.Reader) (Values, map[string]*dto.MetricFamily) {
	t.Helper()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(text)
	require.NoError(t, err)
	return valuesOf(slices.Collect(maps.Values(families))), families
}

func valuesOf(families []*dto.MetricFamily) Values {
	values := Values{}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			name, labels := family.GetName(), labelsOf(m)
			switch family.GetType() {
			case dto.MetricType_HISTOGRAM:
				values[name+"_count"+labels] = float64(m.GetHistogram().GetSampleCount())
				values[name+"_sum"+labels] = m.GetHistogram().GetSampleSum()
			case dto.MetricType_COUNTER:
				values[name+labels] = m.GetCounter().GetValue()
			case dto.MetricType_GAUGE:
				values[name+labels] = m.GetGauge().GetValue()
			}
		}
	}
	return values
}

// labelsOf writes the labels in the order of their names; "" when there are none.
func labelsOf(m *dto.Metric) string {
	var pairs []string
	for _, l := range m.GetLabel() {
		pairs = append(pairs, fmt.Sprintf("%s=%q", l.GetName(), l.GetValue()))
	}
	if pairs == nil {
		return ""
	}
	slices.Sort(pairs)
	return "{" + strings.Join(pairs, ",") + "}"
}

// Get gives the value of a metric that must be there.
func (v Values) Get(t testing.TB, metric string) float64 {
	t.Helper()
	value, ok := v[metric]
	require.True(t, ok, "there is no %s", metric)
	return value
}

// Require checks that the metrics are there and stand at what is wanted.
func (v Values) Require(t testing.TB, want Values) {
	t.Helper()
	got := Values{}
	for metric := range want {
		got[metric] = v.Get(t, metric)
	}
	require.Equal(t, want, got)
}
