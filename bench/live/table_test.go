package main

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestNumbersShowThreeDigits(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]float64{
		"0": 0, "0.07": 0.0667, "1.5": 1.5, "1.31": 1.314, "15": 15, "14.2": 14.24, "123": 123.4, "1230": 1234, none: math.NaN(),
	} {
		require.Equal(t, want, number(v))
	}
	require.Equal(t, "1/15", times(1.0/15))
	require.Equal(t, "1.5 ×", times(1.5))
	require.Equal(t, "10,000", thousands(10_000))
	require.Equal(t, "999", thousands(999))
}

func TestGoalsAreMetUpToTheirBound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		found float64
		met   string
	}{{1.5, "yes"}, {1.51, "no"}, {math.NaN(), none}} {
		r := atMost("CPU", c.found, 1.5, times, "")
		require.Equal(t, c.met, r.met, "found %v", c.found)
		require.Equal(t, "≤ 1.5 ×", r.goal)
	}
}

func TestTableIsMarkdown(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, writeTable(&out, []row{information("CPU", "2", "stepcast 2 (1)")}))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 3)
	for _, line := range lines {
		require.Equal(t, strings.Count(lines[0], "|"), strings.Count(line, "|"), line)
	}
}

// TestRowsSayWhatIsMissing: the table can be made of any part of the measurements.
func TestRowsSayWhatIsMissing(t *testing.T) {
	t.Parallel()
	one := samples{{events: 1, deliveries: 10, cpu: 10 * time.Microsecond, wall: time.Second, latencies: []int32{1000}}}
	for _, g := range groups(quickSizes()) {
		for measured := range len(g.sides) + 1 {
			found := make([]samples, len(g.sides))
			for i := range measured {
				found[i] = one
			}
			for _, r := range g.rows(found) {
				require.NotContains(t, r.found+r.figures, "NaN", r.what)
				require.NotContains(t, r.found+r.figures, "Inf", r.what)
				if measured == 0 {
					require.Equal(t, none, r.found, r.what)
					require.Equal(t, none, r.met, r.what)
				}
			}
		}
	}
}

func TestFiguresAreMediansOfTheRounds(t *testing.T) {
	t.Parallel()
	cost := func(micros ...int) (all samples) {
		for _, m := range micros {
			all = append(all, sample{cpu: time.Duration(m) * time.Microsecond, deliveries: 1})
		}
		return all
	}
	ours, other := cost(2, 40, 6), cost(1, 10, 2)
	require.InDelta(t, 6, ours.median(sample.cpuCost), 1e-9)
	require.InDelta(t, 2, ours.least(sample.cpuCost), 1e-9)
	require.InDelta(t, 3, ours.of(other, sample.cpuCost), 1e-9, "the ratios are 2, 4 and 3")

	require.False(t, samples{{deliveries: 100, skipped: 1}}.saturated())
	require.True(t, samples{{deliveries: 100, skipped: 2}}.saturated())

	var s sample
	for i := range 200 {
		s.latencies = append(s.latencies, int32(1000*(i+1)))
	}
	require.InDelta(t, 100, s.p50(), 1e-9)
	require.InDelta(t, 198, s.p99(), 1e-9)
}
