package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/client"
	"stepcast/models"
)

// counted adds up what stands in any status.
func counted(counts []client.StatusCount) (n int) {
	for _, c := range counts {
		n += c.Count
	}
	return n
}

// submitShell submits a script of one step.
func submitShell(t *testing.T, c *client.Client, code string, attempts int) string {
	t.Helper()
	content := client.ContentInput{Message: "x", RunType: "shell", Code: code}
	task, err := c.Submit(t.Context(), client.SubmitInput{
		Description: "x", MaxAttempts: attempts, BackoffSeconds: new(int),
		Steps: []client.StepInput{{Description: "x", Contents: []client.ContentInput{content}}},
	})
	require.NoError(t, err)
	return task.ID
}

// TestFiguresAreOfWhoAsks counts as an admin and as members.
func TestFiguresAreOfWhoAsks(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	each(t, func(t *testing.T, s *server) {
		o := s.office(t)
		as := func(role models.Role, name string) *client.Client {
			return s.client(client.WithToken(o.user(name, role)))
		}
		max, mia, vera, admin := as(models.Member, "max"), as(models.Member, "mia"), as(models.Observer, "vera"), s.client()
		awaitEnd(t, max, submitShell(t, max, "exit 0", 1))
		awaitEnd(t, max, submitShell(t, max, "exit 3", 1))
		awaitEnd(t, mia, submitShell(t, mia, "exit 0", 1))
		for name, test := range map[string]struct {
			client      *client.Client
			owner       string
			all, failed int
		}{
			"a member":                       {max, "", 2, 1},
			"a member of itself":             {max, "max", 2, 1},
			"a member of someone else":       {max, "mia", 0, 0},
			"another member":                 {mia, "", 1, 0},
			"who may see everything":         {vera, "", 3, 1},
			"who may see everything, of one": {admin, "mia", 1, 0},
		} {
			counts, err := test.client.TaskCounts(t.Context(), client.TaskFilter{Owner: test.owner})
			require.NoError(t, err, name)
			require.Equal(t, test.all, counted(counts), name)
			counts, err = test.client.TaskCounts(t.Context(), client.TaskFilter{Owner: test.owner, Statuses: []client.Status{client.StatusFailed}})
			require.NoError(t, err, name)
			require.Equal(t, []client.StatusCount{{Status: client.StatusFailed, Count: test.failed, Exact: true}}, counts, name)

			buckets, err := test.client.Throughput(t.Context(), client.ThroughputQuery{To: time.Now().Add(time.Minute), Owner: test.owner})
			require.NoError(t, err, name)
			require.Len(t, buckets, 60, name)
			submitted, ended := 0, 0
			for _, bucket := range buckets {
				submitted += bucket.Submitted
				ended += counted(bucket.Ended)
			}
			require.Equal(t, []int{test.all, test.all}, []int{submitted, ended}, name)
		}
		_, err := max.Throughput(t.Context(), client.ThroughputQuery{Buckets: 241})
		require.Equal(t, client.CodeBadUserInput, client.CodeOf(err))
	})
}

// busy keeps a processor busy for about six seconds, holding 64 MiB in the second half.
const busy = `head -c 5000000 /dev/zero > /dev/null
spin() { end=$(( $(date +%s) + 3 )); while [ $(date +%s) -lt $end ]; do :; done; }
spin
held=$(head -c 67108864 /dev/zero | tr '\0' 'x')
spin
echo ${#held}`

// TestResourceSamples reads what a busy script used, while it runs, after it, and after
// the server was killed and the script began again.
func TestResourceSamples(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	each(t, func(t *testing.T, s *server) {
		c := s.client()
		id := submitShell(t, c, busy, 2)
		read := func(q client.SampleQuery) []client.ResourceSample {
			samples, err := c.ResourceSamples(t.Context(), id, q)
			require.NoError(t, err)
			return samples
		}
		var first []client.ResourceSample
		until(t, "samples of the running script", func() bool {
			first = read(client.SampleQuery{})
			return len(first) > 0 && first[len(first)-1].RSSBytes > 0
		})
		before, err := c.Task(t.Context(), id)
		require.NoError(t, err)
		s.kill9()
		s.run()
		c = s.client()
		task := awaitEnd(t, c, id)
		require.Equal(t, []any{client.StatusSucceeded, 2}, []any{task.Status, task.Attempt})
		kept := read(client.SampleQuery{TimelineID: before.TimelineID})
		require.Equal(t, first, kept[:len(first)], "what was recorded before the server died")

		samples := read(client.SampleQuery{})
		last, peak := samples[len(samples)-1], 0.0
		for i, sample := range samples {
			require.True(t, sample.At.After(kept[len(kept)-1].At), "of the second attempt only")
			if i > 0 {
				require.True(t, sample.At.After(samples[i-1].At))
				require.GreaterOrEqual(t, sample.CPUSeconds, samples[i-1].CPUSeconds)
				require.GreaterOrEqual(t, sample.MaxRSSBytes, samples[i-1].MaxRSSBytes)
			}
			require.LessOrEqual(t, sample.RSSBytes, sample.MaxRSSBytes)
			peak = max(peak, sample.CPUPercent)
		}
		require.Greater(t, peak, 10.0, "it was busy")
		require.Greater(t, last.MaxRSSBytes, int64(64<<20))
		require.Equal(t, []any{int64(0), 0}, []any{last.RSSBytes, last.Processes}, "at the end nothing is held")
		require.Equal(t, *task.Resources, client.ResourceUsage{
			CPUSeconds: last.CPUSeconds, RSSBytes: last.RSSBytes, MaxRSSBytes: last.MaxRSSBytes,
			Processes: last.Processes, OutputBytes: last.OutputBytes, Containment: task.Resources.Containment,
		})
		require.Equal(t, samples[len(samples)-1].At, read(client.SampleQuery{Points: 1})[0].At)
	})
}
