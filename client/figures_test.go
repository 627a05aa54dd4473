package client

import (
	"reflect"
	"testing"
	"time"
)

func TestFigures(t *testing.T) {
	t.Parallel()
	at := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	sent := func(answer string, want map[string]any, call func(c *Client) (any, error)) {
		t.Helper()
		var got any
		vars, err := answered(t, answer, func(c *Client) (err error) { got, err = call(c); return err })
		if err != nil || reflect.ValueOf(got).Len() != 1 {
			t.Errorf("%s: %+v, %v", answer, got, err)
		}
		if !reflect.DeepEqual(vars, want) {
			t.Errorf("sent %v, want %v", vars, want)
		}
	}
	sent(`{"taskCounts":[{"status":"FAILED","count":3,"exact":true}]}`,
		map[string]any{"filter": map[string]any{"owner": "max"}},
		func(c *Client) (any, error) { return c.TaskCounts(within(t), TaskFilter{Owner: "max"}) })
	throughput := `{"throughput":[{"submitted":3,"ended":[{"status":"FAILED","count":3}]}]}`
	sent(throughput, map[string]any{"buckets": 60.0},
		func(c *Client) (any, error) { return c.Throughput(within(t), ThroughputQuery{}) })
	sent(throughput, map[string]any{"buckets": 7.0, "from": "2030-01-02T03:04:05Z", "to": "2030-01-02T04:04:05Z", "owner": "max"},
		func(c *Client) (any, error) {
			return c.Throughput(within(t), ThroughputQuery{From: at, To: at.Add(time.Hour), Buckets: 7, Owner: "max"})
		})
	samples := `{"task":{"resourceSamples":[{"at":"2030-01-02T03:04:05Z","cpuSeconds":1.5,"rssBytes":1}]}}`
	sent(samples, map[string]any{"id": "7"},
		func(c *Client) (any, error) { return c.ResourceSamples(within(t), "7", SampleQuery{}) })
	sent(samples, map[string]any{"id": "7", "timelineId": 7002.0, "points": 9.0},
		func(c *Client) (any, error) {
			return c.ResourceSamples(within(t), "7", SampleQuery{TimelineID: 7002, Points: 9})
		})
}
