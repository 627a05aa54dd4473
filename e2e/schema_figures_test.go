package e2e

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/client"
)

// sum adds up a number of each element of a list.
func sum(list any, field string) (total float64) {
	for _, element := range list.([]any) {
		total += number(at(element, field))
	}
	return total
}

// figures counts tasks, and reads what they used.
func (w *world) figures(t *testing.T) {
	t.Helper()
	listed := func(filter object) float64 {
		return number(at(w.query("tasks", object{"filter": filter, "first": 0}), "totalCount"))
	}
	// Of workers that left, the tasks end with their leases: then they are as they stay.
	for _, name := range []string{"pausing", "cancelling"} {
		w.until(name, func(t *client.Task) bool { return t.Status.Final() })
	}
	require.Equal(t, listed(nil), sum(w.query("taskCounts", nil), "count"))
	for _, status := range []string{"SUCCEEDED", "FAILED"} {
		counts := w.query("taskCounts", object{"filter": object{"statuses": []any{status}}})
		require.Equal(t, []any{object{"status": status, "count": plain(int(listed(object{"statuses": []any{status}}))), "exact": true}}, counts)
	}
	team := object{"labels": []any{object{"key": "team", "value": "gis"}}}
	require.Equal(t, 1.0, sum(w.query("taskCounts", object{"filter": team}), "count"))

	now := time.Now().UTC()
	from, to := now.Add(-time.Hour).Format(time.RFC3339), now.Add(time.Hour).Format(time.RFC3339)
	buckets := w.query("throughput", object{"from": from, "to": to, "buckets": 3, "owner": "admin"}).([]any)
	require.Len(t, buckets, 3)
	require.Equal(t, listed(object{"owner": "admin"}), sum(buckets, "submitted"))
	final, ended := object{"statuses": []any{"CANCELLED", "FAILED", "SUCCEEDED", "TIMED_OUT"}}, 0.0
	for i, bucket := range buckets {
		ended += sum(at(bucket, "ended"), "count")
		require.Equal(t, true, at(bucket, "submittedExact"))
		require.True(t, i == 0 || at(bucket, "from") == at(buckets, i-1, "to"), "no time is left out")
	}
	require.Equal(t, listed(final), ended)
	require.Len(t, w.query("throughput", nil), 60)
	w.samples(t)
}

// samples reads what the attempts of tasks used.
func (w *world) samples(t *testing.T) {
	t.Helper()
	read := func(name string, args object) []any {
		c := call{kind: "query", field: "task", args: map[string]object{"Query.task": {"id": w.ids[name]}}}
		maps.Copy(c.args, few)
		c.args["Task.resourceSamples"] = args
		return at(w.ask(w.server, token, c), "resourceSamples").([]any)
	}
	used := w.read("retried")
	earlier := read("retried", object{"timelineId": at(used, "attempts", 0, "timelineId")})
	require.NotEmpty(t, earlier)
	require.True(t, when(at(earlier, -1, "at")).Before(when(at(used, "startedAt"))), "it is of the attempt before")
	require.Len(t, read("running", object{"points": 1}), 1)
	require.Empty(t, read("reported", nil), "nobody measures what works outside")
	last := read("succeeded", nil)
	for _, field := range []string{"cpuSeconds", "rssBytes", "maxRssBytes", "processes", "outputBytes"} {
		require.Equal(t, at(w.read("succeeded"), "resources", field), at(last, -1, field), field)
	}
}
