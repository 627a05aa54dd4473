package models

import "slices"

// Status is where a task, a step or a step content stands. The values are those
// of the GraphQL enum Status.
type Status string

const (
	Waiting    Status = "WAITING"
	Running    Status = "RUNNING"
	Pausing    Status = "PAUSING"
	Paused     Status = "PAUSED"
	Cancelling Status = "CANCELLING"
	Cancelled  Status = "CANCELLED"
	Succeeded  Status = "SUCCEEDED"
	Failed     Status = "FAILED"
	TimedOut   Status = "TIMED_OUT"
	Skipped    Status = "SKIPPED"
)

// Statuses lists every status, in the order of the schema.
var Statuses = []Status{Waiting, Running, Pausing, Paused, Cancelling, Cancelled, Succeeded, Failed, TimedOut, Skipped}

// TaskStatuses lists every status that a task can have, in the same order.
var TaskStatuses = slices.DeleteFunc(slices.Clone(Statuses), func(s Status) bool { return s == Skipped })

// Valid says whether s is one of Statuses.
func (s Status) Valid() bool {
	for _, v := range Statuses {
		if s == v {
			return true
		}
	}
	return false
}

// Final says whether nothing but a retry can change s any more.
func (s Status) Final() bool {
	switch s {
	case Cancelled, Failed, Skipped, Succeeded, TimedOut:
		return true
	}
	return false
}

// Active says whether a worker holds what has this status.
func (s Status) Active() bool {
	switch s {
	case Running, Pausing, Paused, Cancelling:
		return true
	}
	return false
}

// stepOrder ranks the statuses of contents: the first that any has is the step's.
var stepOrder = []Status{Cancelling, Pausing, Running, Paused, Waiting, Failed, TimedOut, Cancelled, Skipped, Succeeded}

// StepStatus derives the status of a step from those of its contents.
func StepStatus(contents []*Content) Status {
	first := len(stepOrder)
	for _, c := range contents {
		if i := slices.Index(stepOrder[:first], c.Status); i >= 0 {
			first = i
		}
	}
	if first == len(stepOrder) {
		return Waiting
	}
	return stepOrder[first]
}
