package models

import "time"

// Filter narrows a list of tasks; the zero value lets all pass.
type Filter struct {
	// IDs is nil for any; empty for none.
	IDs      []int64
	Statuses []Status
	Owner    string
	// Text is looked for in the description, without regard to case.
	Text          string
	Labels        []Label
	CreatedAfter  *time.Time
	CreatedBefore *time.Time
	// Creator, Engine and Instance are those of the Linkis id; Worker holds the lease.
	Creator, Engine, Instance, Worker string
	// Stages lets pass what is in any of them; nil is any.
	Stages []Stage
}

// Stage tells apart tasks of one status that other systems have more words for.
type Stage struct {
	Status Status
	// Started says whether the attempt has begun; nil is either.
	Started *bool
	// StartsAfter and StartsBy say that the task's StartAfter lies beyond the instant, or
	// does not; nil is either.
	StartsAfter, StartsBy *time.Time
}

// Holds says whether t is in the stage.
func (s Stage) Holds(t *Task) bool {
	beyond := func(at time.Time) bool { return t.StartAfter != nil && t.StartAfter.After(at) }
	return t.Status == s.Status &&
		(s.Started == nil || *s.Started == (t.StartedAt != nil)) &&
		(s.StartsAfter == nil || beyond(*s.StartsAfter)) &&
		(s.StartsBy == nil || !beyond(*s.StartsBy))
}

// Order is how a list of tasks is sorted. The values are those of the GraphQL enum.
type Order string

const (
	Newest          Order = "NEWEST"
	Oldest          Order = "OLDEST"
	RecentlyChanged Order = "RECENTLY_CHANGED"
	// Submitted is by the time of submission, the newest first. GraphQL has no such
	// order, and there are no positions in it: only ListQuery.Offset.
	Submitted Order = "SUBMITTED"
)

// Position is a place in a list: the sort key and id of a row.
type Position struct {
	// At is the UpdatedAt of the row, with RECENTLY_CHANGED only.
	At time.Time
	ID int64
}

// ListQuery asks for a run of tasks. Rows come in the order asked for, also when
// Backwards takes the Limit rows just before a position.
type ListQuery struct {
	Filter Filter
	Order  Order
	After  *Position
	Before *Position
	Limit  int
	// Offset leaves out rows at the beginning, in the order Submitted only.
	Offset int
	// Backwards takes the last Limit rows instead of the first.
	Backwards bool
}

// Worker is a holder of leases: a process of ours, or one claim of an outside
// worker. The row of workers. A lease that has ended may be taken over.
type Worker struct {
	ID   string `gorm:"primaryKey"`
	Name string
}

// Queue says who may take a task next; it follows from the task's state.
type Queue int

const (
	// QueueNone: nobody; it is final, or paused before anybody held it.
	QueueNone Queue = iota
	// QueueReady: the engine, now.
	QueueReady
	// QueueExternal: an outside worker, now.
	QueueExternal
	// QueueDeferred: nobody before its NotBefore.
	QueueDeferred
	// QueueHeld: a worker holds it.
	QueueHeld
)

// Queue derives who may take t next, at the given instant. Its steps must be loaded.
func (t *Task) Queue(now time.Time) Queue {
	switch {
	case t.Status.Final():
		return QueueNone
	case t.Worker != "":
		return QueueHeld
	case t.Status != Waiting:
		return QueueNone
	case t.NotBefore != nil && t.NotBefore.After(now):
		return QueueDeferred
	}
	if s := t.CurrentStep(); s != nil && s.External() {
		return QueueExternal
	}
	return QueueReady
}

// Deadline is when the attempt reaches its time limit; nil without one, or while the clock stands.
func (t *Task) Deadline() *time.Time {
	if t.TimeoutSeconds == 0 || t.ClockSince == nil {
		return nil
	}
	at := t.ClockSince.Add(time.Duration(t.TimeoutSeconds)*time.Second - time.Duration(t.RanMillis)*time.Millisecond)
	return &at
}
