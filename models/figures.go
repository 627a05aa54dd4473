package models

import "time"

// StatusCount is how many tasks stand in a status.
type StatusCount struct {
	Status Status
	Count  int
	// Exact says whether Count is all there are; else there are at least so many.
	Exact bool
}

// Period is a stretch of time: From belongs to it, To does not.
type Period struct{ From, To time.Time }

// Throughput is what became of tasks in a period.
type Throughput struct {
	Period
	// Submitted counts the tasks accepted in it; SubmittedExact says whether that is all.
	Submitted      int
	SubmittedExact bool
	// Ended counts, by final status, the tasks that ended in it.
	Ended []StatusCount
}

// NewThroughput is that of a period in which nothing happened.
func NewThroughput(p Period) Throughput {
	t := Throughput{Period: p, SubmittedExact: true}
	for _, status := range TaskStatuses {
		if status.Final() {
			t.Ended = append(t.Ended, StatusCount{Status: status, Exact: true})
		}
	}
	return t
}

// ResourceSample is what an attempt had used at an instant: At.
type ResourceSample struct {
	ResourceUsage
	// CPUPercent is how much of one processor it used since the sample before, or its
	// start: 100 is one processor all the time. It follows from the others.
	CPUPercent float64
}
