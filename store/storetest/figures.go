package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/store"
)

var figureTests = map[string]func(*testing.T, *store.Store){
	"tasks are counted by status, up to a limit":            countedByStatus,
	"submissions and ends are counted by period":            throughput,
	"samples are the newest usage of each stretch of time":  samplesOfStretches,
	"samples end with the attempt, and begin anew":          samplesOfAttempts,
	"an attempt that nobody measured has no samples at all": samplesOfNothing,
}

// byStatus gives the counts that are not 0.
func byStatus(counts []models.StatusCount) map[models.Status]int {
	found := map[models.Status]int{}
	for _, c := range counts {
		if c.Count > 0 {
			found[c.Status] = c.Count
		}
	}
	return found
}

func countedByStatus(t *testing.T, s *store.Store) {
	for i := range 12 {
		task := Submit(t, s, func(task *models.Task, _ *models.TaskState) {
			task.Owner = []string{"ann", "bob"}[i%2]
			task.CreatedAt = Start.Add(time.Duration(i) * time.Minute)
			task.Labels = models.Labels{{Key: "n", Value: "x"}}
		})
		switch {
		case i < 5:
			Commit(t, s, End(task, models.Failed, Start))
		case i < 7:
			Commit(t, s, Claim(task, "w1"))
		}
	}
	six := Start.Add(6 * time.Minute)
	for name, test := range map[string]struct {
		filter models.Filter
		want   map[models.Status]int
	}{
		"all":             {models.Filter{}, map[models.Status]int{models.Waiting: 5, models.Running: 2, models.Failed: 5}},
		"owner":           {models.Filter{Owner: "bob"}, map[models.Status]int{models.Waiting: 3, models.Running: 1, models.Failed: 2}},
		"dates":           {models.Filter{CreatedAfter: &six}, map[models.Status]int{models.Waiting: 5}},
		"dates and owner": {models.Filter{Owner: "ann", CreatedBefore: &six}, map[models.Status]int{models.Failed: 3}},
		"labels and owner": {
			models.Filter{Owner: "ann", Labels: []models.Label{{Key: "n", Value: "x"}}},
			map[models.Status]int{models.Waiting: 2, models.Running: 1, models.Failed: 3},
		},
	} {
		counts, err := s.CountByStatus(t.Context(), test.filter, models.TaskStatuses, 5)
		require.NoError(t, err, name)
		require.Equal(t, test.want, byStatus(counts), name)
		require.Len(t, counts, len(models.TaskStatuses), name)
		for i, c := range counts {
			require.Equal(t, models.TaskStatuses[i], c.Status, name)
			require.True(t, c.Exact, name)
		}
	}
	counts, err := s.CountByStatus(t.Context(), models.Filter{}, []models.Status{models.Failed, models.Running}, 4)
	require.NoError(t, err)
	require.Equal(t, []models.StatusCount{{Status: models.Failed, Count: 4}, {Status: models.Running, Count: 2, Exact: true}}, counts)
	counts, err = s.CountByStatus(t.Context(), models.Filter{Statuses: []models.Status{models.Failed}}, []models.Status{models.Running}, 4)
	require.NoError(t, err)
	require.Empty(t, counts, "the filter lets none of them pass")
}

func throughput(t *testing.T, s *store.Store) {
	minute := func(n int) time.Time { return Start.Add(time.Duration(n) * time.Minute) }
	end := func(owner string, status models.Status, submitted, ended time.Time) {
		task := Submit(t, s, func(task *models.Task, _ *models.TaskState) { task.Owner, task.CreatedAt = owner, submitted })
		if status != "" {
			Commit(t, s, End(task, status, ended))
		}
	}
	end("ann", models.Succeeded, minute(0), minute(1).Add(-time.Millisecond))
	end("ann", models.Failed, minute(0), minute(1)) // a period's end belongs to the next
	end("bob", models.Failed, minute(0).Add(-time.Millisecond), minute(1).Add(time.Second))
	end("bob", models.Failed, minute(1), minute(2))
	end("bob", "", minute(1), time.Time{})
	retried := Submit(t, s, nil)
	retried = Commit(t, s, End(retried, models.Cancelled, minute(0)))
	Commit(t, s, Decide(retried, func(state *models.TaskState) { state.Status, state.FinishedAt = models.Waiting, nil }))

	periods := []models.Period{{From: minute(0), To: minute(1)}, {From: minute(1), To: minute(2)}}
	type figures struct {
		submitted int
		ended     map[models.Status]int
	}
	for owner, want := range map[string][]figures{
		"":       {{3, map[models.Status]int{models.Succeeded: 1}}, {2, map[models.Status]int{models.Failed: 2}}},
		"ann":    {{3, map[models.Status]int{models.Succeeded: 1}}, {0, map[models.Status]int{models.Failed: 1}}},
		"bob":    {{0, map[models.Status]int{}}, {2, map[models.Status]int{models.Failed: 1}}},
		"nobody": {{0, map[models.Status]int{}}, {0, map[models.Status]int{}}},
	} {
		got, err := s.Throughput(t.Context(), owner, periods, 3)
		require.NoError(t, err, owner)
		for i, bucket := range got {
			require.Equal(t, periods[i], bucket.Period, owner)
			require.Equal(t, want[i], figures{bucket.Submitted, byStatus(bucket.Ended)}, "%s, period %d", owner, i)
			require.True(t, bucket.SubmittedExact && bucket.Ended[0].Exact, owner)
			require.Len(t, bucket.Ended, 4, owner)
		}
	}
	got, err := s.Throughput(t.Context(), "", periods, 1)
	require.NoError(t, err)
	require.Equal(t, []int{1, 1}, []int{got[0].Submitted, got[1].Submitted})
	require.False(t, got[0].SubmittedExact || got[1].SubmittedExact)
	for i, exact := range []bool{true, false} {
		for _, count := range got[i].Ended {
			require.Equal(t, exact, count.Exact, "period %d", i)
		}
	}
}

// history records the usage of an attempt: thousands of events in its first minute, and a
// few each hour after it. Every tenth event has a new usage.
func history(t *testing.T, s *store.Store) (task *models.Task, recorded []models.Event) {
	task = Commit(t, s, Claim(Submit(t, s, nil), "w1"))
	at, events := task.UpdatedAt, []models.Event(nil)
	var usage *models.ResourceUsage
	for i := range 2400 {
		step := 30 * time.Millisecond
		if i >= 2000 {
			step = 9 * time.Minute
		}
		at = at.Add(step)
		e := models.Event{Kind: models.ContentChanged, Data: models.EventData{Content: &models.ContentChange{
			Ref:          models.ContentRef{Step: 1, Content: 1},
			ContentState: models.ContentState{Message: models.Plain("x"), Status: models.Running, Progress: float64(i) / 30},
		}}}
		if i%10 == 9 {
			usage = &models.ResourceUsage{At: at, CPUSeconds: float64(i), RSSBytes: int64(i), MaxRSSBytes: int64(i), Processes: 1}
		}
		if i%5 == 4 { // half of what tells the usage tells it once more
			state := task.TaskState
			state.Usage = usage
			e = models.Event{Kind: models.TaskUpdated, Data: models.EventData{Task: &state}}
		}
		e.At = at
		events = append(events, e)
	}
	times := make([]time.Time, len(events))
	for i, e := range events {
		times[i] = e.At
	}
	events = Numbered(task, at, events)
	for i := range events {
		events[i].At = times[i]
	}
	task = Commit(t, s, &store.Change{Before: task, After: models.Fold(task, events...), Events: events})
	recorded, err := s.Events(t.Context(), task.ID, 0, len(events)+10)
	require.NoError(t, err)
	return task, recorded
}

// expected is what ResourceSamples is to give, by looking at every event.
func expected(events []models.Event, points int) (samples []models.ResourceSample) {
	begin, end := events[0].At, events[len(events)-1].At
	next := 0
	for i := range points {
		until := begin.Add(end.Sub(begin) * time.Duration(i+1) / time.Duration(points))
		var newest *models.ResourceUsage
		for ; next < len(events) && !events[next].At.After(until); next++ {
			if state := events[next].Data.Task; state != nil {
				newest = state.Usage
			}
		}
		if n := len(samples); newest != nil && (n == 0 || newest.At.After(samples[n-1].At)) {
			samples = append(samples, models.ResourceSample{ResourceUsage: *newest})
		}
	}
	return samples
}

func samplesOfStretches(t *testing.T, s *store.Store) {
	task, events := history(t, s)
	for _, points := range []int{1, 2, 7, 120, 240} {
		got, err := s.ResourceSamples(t.Context(), task.ID, task.TimelineID, points)
		require.NoError(t, err)
		require.NotEmpty(t, got)
		require.Equal(t, expected(events, points), got, "%d points", points)
		require.Equal(t, task.Usage.At, got[len(got)-1].At, "the newest is among them")
	}
	none, err := s.ResourceSamples(t.Context(), task.ID, task.TimelineID, 0)
	require.NoError(t, err)
	require.Empty(t, none)
}

func samplesOfAttempts(t *testing.T, s *store.Store) {
	task, events := history(t, s)
	first := task.TimelineID
	ended := Commit(t, s, End(task, models.Failed, task.UpdatedAt))
	again := Commit(t, s, Decide(ended, func(state *models.TaskState) {
		state.Status, state.Attempt, state.TimelineID = models.Waiting, 2, models.TimelineID(task.ID, 2)
		state.Usage, state.FinishedAt = nil, nil
	}))
	samples := func(timeline int64) []models.ResourceSample {
		got, err := s.ResourceSamples(t.Context(), task.ID, timeline, 3)
		require.NoError(t, err)
		return got
	}
	require.Empty(t, samples(again.TimelineID))
	usage := models.ResourceUsage{At: again.UpdatedAt, CPUSeconds: 1, RSSBytes: 2, MaxRSSBytes: 3}
	again = Commit(t, s, Decide(again, func(state *models.TaskState) { state.Usage = &usage }))
	require.Equal(t, []models.ResourceSample{{ResourceUsage: usage}}, samples(again.TimelineID))
	require.Equal(t, expected(events, 3), samples(first), "the first attempt has what it had")
	require.Empty(t, samples(models.TimelineID(task.ID, 3)))
	require.Empty(t, samples(0), "no attempt is not all attempts")
}

func samplesOfNothing(t *testing.T, s *store.Store) {
	task := Commit(t, s, Claim(Submit(t, s, nil), "w1"))
	task = Commit(t, s, End(task, models.Succeeded, task.UpdatedAt))
	got, err := s.ResourceSamples(t.Context(), task.ID, task.TimelineID, 10)
	require.NoError(t, err)
	require.Empty(t, got)
}
