package client

import (
	"context"
	"time"
)

// StatusCount is how many tasks stand in a status.
type StatusCount struct {
	Status Status `json:"status"`
	Count  int    `json:"count"`
	// Exact says whether Count is all there are; else there are at least so many.
	Exact bool `json:"exact"`
}

// TaskCounts counts the tasks that match and that the viewer may see, in each status that
// the filter lets pass. How far the server counts depends on the filter: see Exact.
func (c *Client) TaskCounts(ctx context.Context, filter TaskFilter) ([]StatusCount, error) {
	var data struct {
		TaskCounts []StatusCount `json:"taskCounts"`
	}
	err := c.Do(ctx, countsDocument, map[string]any{"filter": filter}, &data)
	return data.TaskCounts, err
}

// bucketsDefault is how many buckets Throughput asks for unless told otherwise.
const bucketsDefault = 60

// ThroughputQuery asks for the throughput of a time.
type ThroughputQuery struct {
	// From and To are the beginning and the end. Zero is an hour before To, and now.
	From, To time.Time
	// Buckets is how many buckets of the same length there are, 1 to 240; 0 is 60.
	Buckets int
	// Owner counts the tasks of one user; "" those of all that the viewer may see.
	Owner string
}

// ThroughputBucket is what tasks were submitted and ended in a stretch of time.
type ThroughputBucket struct {
	// From belongs to it; To belongs to the next.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Submitted counts the tasks that were accepted; SubmittedExact says whether that is all.
	Submitted      int  `json:"submitted"`
	SubmittedExact bool `json:"submittedExact"`
	// Ended counts, by each final status, the tasks that ended.
	Ended []StatusCount `json:"ended"`
}

// Throughput counts what tasks that the viewer may see were submitted and ended over time,
// the oldest bucket first. CodeBadUserInput when the time or the number of buckets is refused.
func (c *Client) Throughput(ctx context.Context, q ThroughputQuery) ([]ThroughputBucket, error) {
	vars := map[string]any{"buckets": bucketsDefault}
	setUnlessZero(vars, "buckets", q.Buckets)
	setUnlessZero(vars, "from", q.From)
	setUnlessZero(vars, "to", q.To)
	setUnlessZero(vars, "owner", q.Owner)
	var data struct {
		Throughput []ThroughputBucket `json:"throughput"`
	}
	err := c.Do(ctx, throughputDocument, vars, &data)
	return data.Throughput, err
}

// SampleQuery asks for a series of resource samples.
type SampleQuery struct {
	// TimelineID names the attempt; 0 is the current one.
	TimelineID int64
	// Points bounds the number of samples, 1 to 240; 0 leaves it to the server.
	Points int
}

// ResourceSample is what an attempt had used at an instant.
type ResourceSample struct {
	At         time.Time `json:"at"`
	CPUSeconds float64   `json:"cpuSeconds"`
	// CPUPercent is how much of one processor it used since the sample before, or its
	// start: 100 is one processor all the time.
	CPUPercent float64 `json:"cpuPercent"`
	// RSSBytes is the memory that its processes held; MaxRSSBytes the most so far.
	RSSBytes    int64 `json:"rssBytes"`
	MaxRSSBytes int64 `json:"maxRssBytes"`
	Processes   int   `json:"processes"`
	OutputBytes int64 `json:"outputBytes"`
}

// ResourceSamples reads what an attempt of a task used over time, the oldest first; empty
// where nobody measured. CodeNotFound when the task does not exist or may not be seen.
func (c *Client) ResourceSamples(ctx context.Context, id string, q SampleQuery) ([]ResourceSample, error) {
	vars := map[string]any{"id": id}
	setUnlessZero(vars, "timelineId", q.TimelineID)
	setUnlessZero(vars, "points", q.Points)
	var data struct {
		Task *struct {
			ResourceSamples []ResourceSample `json:"resourceSamples"`
		} `json:"task"`
	}
	if err := c.Do(ctx, samplesDocument, vars, &data); err != nil {
		return nil, err
	}
	if data.Task == nil {
		return nil, notFound(id)
	}
	return data.Task.ResourceSamples, nil
}
