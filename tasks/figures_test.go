package tasks_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/tasks"
)

// total adds up what stands in any status.
func total(counts []models.StatusCount) (n int) {
	for _, c := range counts {
		n += c.Count
	}
	return n
}

func TestCountByStatus(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		mine := b.submit(t, member, oneStep())
		b.submit(t, member, oneStep())
		b.submit(t, other, oneStep())
		_, err := b.Cancel(b.ctx, member, tasks.ControlInput{ID: mine.ID})
		require.NoError(t, err)
		submitter := admin
		submitter.Scopes = []models.Scope{models.ScopeSubmit}
		for name, test := range map[string]struct {
			viewer models.Viewer
			filter models.Filter
			want   int
		}{
			"a member counts its own":               {member, models.Filter{}, 2},
			"a member counts no one else's":         {member, models.Filter{Owner: theirOwner}, 0},
			"an admin counts all":                   {admin, models.Filter{}, 3},
			"an observer counts one's":              {observer, models.Filter{Owner: theirOwner}, 1},
			"a status":                              {member, models.Filter{Statuses: []models.Status{models.Cancelled}}, 1},
			"ids of others":                         {other, models.Filter{IDs: []int64{mine.ID}}, 0},
			"no ids":                                {admin, models.Filter{IDs: []int64{}}, 0},
			"a token that may not read counts none": {submitter, models.Filter{}, 0},
		} {
			counts, err := b.CountByStatus(b.ctx, test.viewer, test.filter)
			require.NoError(t, err, name)
			require.Equal(t, test.want, total(counts), name)
			statuses := len(models.TaskStatuses)
			if len(test.filter.Statuses) > 0 {
				statuses = len(test.filter.Statuses)
			}
			require.Len(t, counts, statuses, name)
			require.True(t, counts[0].Exact, name)
		}
		_, err = b.CountByStatus(b.ctx, member, models.Filter{Labels: make([]models.Label, tasks.MaxLabels+1)})
		requireFault(t, err, models.CodeInvalid, "filter", "labels")
	})
}

func TestThroughput(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		mine := b.submit(t, member, oneStep())
		b.submit(t, other, oneStep())
		_, err := b.Cancel(b.ctx, member, tasks.ControlInput{ID: mine.ID})
		require.NoError(t, err)
		later := time.Now().Add(time.Minute)
		ask := func(v models.Viewer, owner string) (submitted, ended int) {
			t.Helper()
			buckets, err := b.Throughput(b.ctx, v, tasks.ThroughputInput{To: &later, Buckets: 7, Owner: owner})
			require.NoError(t, err)
			require.Len(t, buckets, 7)
			require.Equal(t, time.Hour, buckets[6].To.Sub(buckets[0].From))
			for i, bucket := range buckets {
				submitted += bucket.Submitted
				ended += total(bucket.Ended)
				require.True(t, i == 0 || bucket.From.Equal(buckets[i-1].To), "no time is left out")
				require.InDelta(t, time.Hour/7, bucket.To.Sub(bucket.From), float64(time.Millisecond))
			}
			return submitted, ended
		}
		for _, test := range []struct {
			viewer           models.Viewer
			owner            string
			submitted, ended int
		}{
			{member, "", 1, 1},
			{member, theirOwner, 0, 0},
			{other, "", 1, 0},
			{admin, "", 2, 1},
			{observer, member.Name, 1, 1},
		} {
			submitted, ended := ask(test.viewer, test.owner)
			require.Equal(t, []int{test.submitted, test.ended}, []int{submitted, ended}, "%s of %q", test.viewer.Name, test.owner)
		}
		past := time.Now().Add(-20 * 366 * 24 * time.Hour)
		second := later.Add(-time.Second)
		for field, in := range map[string]tasks.ThroughputInput{
			"buckets": {}, "from": {Buckets: 1, From: &later},
		} {
			_, err := b.Throughput(b.ctx, member, in)
			requireFault(t, err, models.CodeInvalid, field)
		}
		for field, in := range map[string]tasks.ThroughputInput{
			"buckets": {Buckets: 2, From: &second, To: &later}, "from": {Buckets: 1, From: &past},
		} {
			_, err := b.Throughput(b.ctx, member, in)
			requireFault(t, err, models.CodeInvalid, field)
		}
		_, err = b.Throughput(b.ctx, member, tasks.ThroughputInput{Buckets: tasks.MaxBuckets + 1})
		requireFault(t, err, models.CodeInvalid, "buckets")
	})
}

// TestResourceSamples tells usages, as an executor does, through a retry and a restart.
func TestResourceSamples(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		in := oneStep()
		id := b.submit(t, member, in).ID
		held := b.claim(t, "w1")
		ref := models.ContentRef{Step: 1, Content: 1}
		b.begin(t, held, ref)
		samples := func(q tasks.SampleQuery) []models.ResourceSample {
			t.Helper()
			if q.Points == 0 {
				q.Points = tasks.MaxSamples
			}
			found, err := b.ResourceSamples(b.ctx, member, id, q)
			require.NoError(t, err)
			return found
		}
		require.Empty(t, samples(tasks.SampleQuery{}), "nobody has measured")
		b.Usage(tasks.LeaseOf(held), models.ResourceUsage{CPUSeconds: 1.5, RSSBytes: 4 << 20, MaxRSSBytes: 5 << 20, Processes: 2, OutputBytes: 7})
		now := b.await(t, id, func(now *models.Task) bool { return now.Usage != nil })
		first := samples(tasks.SampleQuery{})
		require.Len(t, first, 1)
		require.Equal(t, *now.Usage, first[0].ResourceUsage)
		require.WithinRange(t, first[0].At, *now.StartedAt, now.UpdatedAt)

		// The same once more is nothing new: no event, and no sample.
		b.Usage(tasks.LeaseOf(held), *now.Usage)
		ended := b.end(t, now, ref, models.Failed)
		require.Equal(t, first[0].At, ended.Usage.At)
		require.Equal(t, first, samples(tasks.SampleQuery{}))

		_, err := b.Retry(b.ctx, member, tasks.ControlInput{ID: id})
		require.NoError(t, err)
		require.Empty(t, samples(tasks.SampleQuery{}), "the attempt has not begun")
		again := setup(t, b.store) // as after a restart
		held = again.claim(t, "w2")
		again.begin(t, held, ref)
		again.Usage(tasks.LeaseOf(held), models.ResourceUsage{CPUSeconds: 9, RSSBytes: 1})
		again.await(t, id, func(now *models.Task) bool { return now.Usage != nil })
		require.Equal(t, 9.0, samples(tasks.SampleQuery{})[0].CPUSeconds)
		require.Equal(t, first, samples(tasks.SampleQuery{TimelineID: ended.TimelineID}), "what the first attempt used stays")
		require.Empty(t, samples(tasks.SampleQuery{TimelineID: 1}))

		for _, points := range []int{-1, tasks.MaxSamples + 1} {
			_, err = b.ResourceSamples(b.ctx, member, id, tasks.SampleQuery{Points: points})
			requireFault(t, err, models.CodeInvalid, "points")
		}
		_, err = b.ResourceSamples(b.ctx, other, id, tasks.SampleQuery{Points: 1})
		requireFault(t, err, models.CodeNotFound)
	})
}

func TestCPUPercent(t *testing.T) {
	t.Parallel()
	at := func(seconds float64, cpu float64) models.ResourceSample {
		return models.ResourceSample{ResourceUsage: models.ResourceUsage{At: start.Add(time.Duration(seconds * float64(time.Second))), CPUSeconds: cpu}}
	}
	samples := []models.ResourceSample{at(0, 0), at(2, 1), at(2, 1), at(4, 5), at(6, 5), at(9, 5.001)}
	tasks.SetPercents(samples, start)
	var got []float64
	for _, s := range samples {
		got = append(got, s.CPUPercent)
	}
	require.Equal(t, []float64{0, 50, 0, 200, 0, 0}, got)
}

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
