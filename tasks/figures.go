package tasks

import (
	"context"
	"math"
	"slices"
	"time"

	"stepcast/models"
)

// Bounds and defaults of figures.
const (
	// DefaultBuckets and MaxBuckets are how many buckets a Throughput has.
	DefaultBuckets = 60
	MaxBuckets     = 240
	// DefaultThroughput is how long a Throughput is whose beginning is not given.
	DefaultThroughput = time.Hour
	// MaxCounted bounds what is counted for a Throughput: as many submissions, and ends.
	MaxCounted = 200_000
	// MinBucket and MaxThroughput bound the length of one bucket and of all together.
	MinBucket     = time.Second
	MaxThroughput = 3660 * 24 * time.Hour
	// DefaultSamples and MaxSamples are how many samples a series of them has at most.
	DefaultSamples = 120
	MaxSamples     = 240
)

// CountByStatus counts the tasks that match and that v may see in each status that the
// filter lets pass, in the order of the statuses. Counts go up to MaxCount, or are of the
// newest tasks only: see store.CountByStatus.
func (s *Service) CountByStatus(ctx context.Context, v models.Viewer, f models.Filter) ([]models.StatusCount, error) {
	if err := checkFilter(f); err != nil {
		return nil, err
	}
	seen, ok := visible(v, f)
	if ok && (f.IDs == nil || len(f.IDs) > 0) {
		return s.Store.CountByStatus(ctx, seen, models.TaskStatuses, MaxCount)
	}
	var none []models.StatusCount
	for _, status := range models.TaskStatuses {
		if len(f.Statuses) == 0 || slices.Contains(f.Statuses, status) {
			none = append(none, models.StatusCount{Status: status, Exact: true})
		}
	}
	return none, nil
}

// ThroughputInput asks for a Throughput.
type ThroughputInput struct {
	// From is nil for DefaultThroughput before To; To is nil for now.
	From, To *time.Time
	// Buckets is 1 to MaxBuckets; each is MinBucket long or longer.
	Buckets int
	// Owner counts the tasks of one user; "" those of all that the viewer may see.
	Owner string
}

// Throughput counts what tasks that v may see were submitted and ended in each of some
// equal buckets of time: up to MaxCount each, and MaxCounted in all.
func (s *Service) Throughput(ctx context.Context, v models.Viewer, in ThroughputInput) ([]models.Throughput, error) {
	buckets, err := s.buckets(in)
	if err != nil {
		return nil, err
	}
	f, ok := visible(v, models.Filter{Owner: in.Owner})
	if ok {
		return s.Store.Throughput(ctx, f.Owner, buckets, min(MaxCount, MaxCounted/len(buckets)))
	}
	none := make([]models.Throughput, len(buckets))
	for i, bucket := range buckets {
		none[i] = models.NewThroughput(bucket)
	}
	return none, nil
}

// buckets divides the time that was asked for.
func (s *Service) buckets(in ThroughputInput) ([]models.Period, error) {
	if in.Buckets < 1 || in.Buckets > MaxBuckets {
		return nil, models.Invalid([]string{"buckets"}, "buckets is 1 to %d, not %d", MaxBuckets, in.Buckets)
	}
	to := s.Now()
	if in.To != nil {
		to = in.To.UTC().Truncate(time.Millisecond)
	}
	from := to.Add(-DefaultThroughput)
	if in.From != nil {
		from = in.From.UTC().Truncate(time.Millisecond)
	}
	length := to.Sub(from)
	switch {
	case length <= 0:
		return nil, models.Invalid([]string{"from"}, "from must be before to, which is %s", to.Format(time.RFC3339Nano))
	case length > MaxThroughput:
		return nil, models.Invalid([]string{"from"}, "from and to are at most %d days apart", int(MaxThroughput.Hours()/24))
	case length/time.Duration(in.Buckets) < MinBucket:
		return nil, models.Invalid([]string{"buckets"}, "%d buckets in %s would be shorter than %s each; ask for fewer, or more time", in.Buckets, length, MinBucket)
	}
	at := func(i int) time.Time {
		return from.Add(time.Duration(length.Milliseconds()*int64(i)/int64(in.Buckets)) * time.Millisecond)
	}
	buckets := make([]models.Period, in.Buckets)
	for i := range buckets {
		buckets[i] = models.Period{From: at(i), To: at(i + 1)}
	}
	return buckets, nil
}

// SampleQuery asks for a series of resource samples.
type SampleQuery struct {
	// TimelineID names the attempt; 0 is the current one.
	TimelineID int64
	// Points is 1 to MaxSamples.
	Points int
}

// ResourceSamples reads what an attempt of a task used over time, the oldest first; nothing
// where nobody measured. NOT_FOUND as Task.
func (s *Service) ResourceSamples(ctx context.Context, v models.Viewer, id int64, q SampleQuery) ([]models.ResourceSample, error) {
	row, err := s.Row(ctx, v, id)
	if err != nil {
		return nil, err
	}
	if q.Points < 1 || q.Points > MaxSamples {
		return nil, models.Invalid([]string{"points"}, "points is 1 to %d, not %d", MaxSamples, q.Points)
	}
	if q.TimelineID == 0 {
		q.TimelineID = row.TimelineID
	}
	attempts := row.AllAttempts()
	i := slices.IndexFunc(attempts, func(a models.Attempt) bool { return a.TimelineID == q.TimelineID })
	if i < 0 || attempts[i].StartedAt == nil {
		return nil, nil
	}
	samples, err := s.Store.ResourceSamples(ctx, id, q.TimelineID, q.Points)
	setPercents(samples, *attempts[i].StartedAt)
	return samples, err
}

// setPercents derives the CPUPercent of each sample of an attempt from those before.
func setPercents(samples []models.ResourceSample, started time.Time) {
	used, since := 0.0, started
	for i := range samples {
		one := &samples[i]
		if seconds := one.At.Sub(since).Seconds(); seconds > 0 {
			one.CPUPercent = math.Round(max(0, one.CPUSeconds-used)/seconds*1000) / 10
		}
		used, since = one.CPUSeconds, one.At
	}
}
