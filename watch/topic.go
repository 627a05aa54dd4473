package watch

import (
	"container/list"
	"time"

	"stepcast/bus"
	"stepcast/models"
)

// topic is a task that somebody follows, or that was lately polled or listed. Guarded by
// Hub.mu.
type topic struct {
	followers int
	// version and lines are the newest known; snapshot may be older, or nil.
	version, lines int64
	snapshot       *Snapshot
	gone           bool
	// changed is closed with the next change; nil while nobody waits for it.
	changed chan struct{}
	// told has the latest changes that became known while somebody followed it, the oldest first.
	told []telling

	// recent is its place among the tasks that were polled lately, nil when it is none of
	// them; polled is when it last was, weight what it counts there.
	recent *list.Element
	polled time.Time
	weight int
	// tail is nil unless the end of its log was read, events unless somebody follows those.
	tail   *tail[models.LogLine]
	events *tail[models.Event]
}

// current is the newest snapshot; nil when that has to be read.
func (t *topic) current() *Snapshot {
	s := t.snapshot
	if s == nil || s.Version < t.version {
		return nil
	}
	if s.LogLines < t.lines {
		grown := *s.Task
		grown.LogLines = t.lines
		t.snapshot = s.with(&grown)
	}
	return t.snapshot
}

// take applies what the bus brought.
func (t *topic) take(c *bus.Change) {
	if t.snapshot != nil && len(c.Events) > 0 && t.snapshot.Version == c.From {
		t.snapshot = newSnapshot(models.Fold(t.snapshot.Task, c.Events...))
	}
	t.advance(c.To, c.LogLines)
}

// keep stores a snapshot, unless a newer one is there.
func (t *topic) keep(task *models.Task) {
	s := newSnapshot(task)
	if old := t.snapshot; old != nil && old.Version == s.Version {
		s = old.with(task)
	}
	if s.newer(t.snapshot) {
		t.snapshot = s
	}
	t.advance(task.Version, task.LogLines)
}

// advance notes what is the newest, wakes the followers if that is news, and says so.
func (t *topic) advance(version, lines int64) (news bool) {
	if version <= t.version && lines <= t.lines {
		return false
	}
	t.version, t.lines = max(version, t.version), max(lines, t.lines)
	t.tell()
	t.wake()
	return true
}

func (t *topic) wake() {
	if t.changed != nil {
		close(t.changed)
		t.changed = nil
	}
}

// weigh counts the parts of the snapshot: the task, its steps and their contents.
func (t *topic) weigh() int {
	if t.snapshot == nil {
		return 0
	}
	weight := 1 + len(t.snapshot.Steps)
	for _, s := range t.snapshot.Steps {
		weight += len(s.Contents)
	}
	return weight
}
