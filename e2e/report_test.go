package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/client"
)

// TestFastReports lets an outside worker report as fast as it can, with the status in
// each report. What is stored of the content, after what begins it, changes once in each
// half second of the clock at most, and the last report always counts.
func TestFastReports(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		c := s.client()
		task, err := c.Submit(t.Context(), forOutside())
		require.NoError(t, err)
		lease, err := c.Lease(t.Context(), client.ClaimInput{ID: task.ID})
		require.NoError(t, err)
		defer lease.Close()
		for n := range 50 {
			progress := float64(n)
			_, err := lease.Report(t.Context(), client.Report{Contents: []client.ContentReport{
				{ContentID: task.ID + "-1-1", Status: client.StatusRunning, Progress: &progress},
			}})
			require.NoError(t, err)
		}
		await(t, c, task.ID, func(t *client.Task) bool { return t.Progress == 49 })
		page, err := c.Events(t.Context(), task.ID, client.EventQuery{First: 200})
		require.NoError(t, err)
		var stored []time.Time
		for _, e := range page.Events {
			if change, is := e.(client.ContentChanged); is {
				stored = append(stored, change.At)
			}
		}
		require.GreaterOrEqual(t, len(stored), 2, "what begins it, and then its progress")
		halves := map[time.Time]bool{}
		for _, at := range stored[1:] {
			half := at.Truncate(500 * time.Millisecond)
			require.False(t, halves[half], "two in one half second: %v", stored)
			halves[half] = true
		}
	})
}
