package tasks

import (
	"math"
	"time"

	"stepcast/models"
)

// taken is what a commit takes of a softState.
type taken struct {
	state    *softState
	lines    []models.LogLine
	progress map[models.ContentRef]softProgress
	usage    *models.ResourceUsage
	// base is the number of lines that the log had before.
	base int64
}

// takeSoft takes what is due of a task, or all of it before a decision that may end
// something. What an older lease left is thrown away.
func (r *recorder) takeSoft(base *models.Task, all bool) *taken {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.soft[base.ID]
	if s == nil {
		return nil
	}
	if !s.lease.holds(base) {
		r.discardLocked(s)
		return nil
	}
	now := r.now()
	t := &taken{state: s, lines: s.sure(base), progress: map[models.ContentRef]softProgress{}, base: base.LogLines}
	r.softBytes -= s.bytes
	s.lines, s.bytes = nil, 0
	close(s.room)
	s.room = make(chan struct{})
	for ref, p := range s.progress {
		if p.dirty && all || p.due(now) {
			t.progress[ref] = *p
			p.dirty, p.next, p.message = false, nextInstant(now), nil
		}
	}
	if s.usage != nil && (all || len(t.progress) > 0 || now.Sub(s.usageAt) >= usageEvery) {
		t.usage, s.usage, s.usageAt = s.usage, nil, now
	}
	return t
}

// sure gives the waiting lines, without those that turn out to be stored already.
func (s *softState) sure(base *models.Task) []models.LogLine {
	if !s.unsure {
		return s.lines
	}
	s.unsure = false
	stored := min(max(0, base.LogLines-s.unsureLines), int64(len(s.lines)))
	return s.lines[stored:]
}

// putBackSoft returns what a commit took but did not store. unsure says that it may
// have been stored all the same.
func (r *recorder) putBackSoft(c *taskChange, unsure bool) {
	if c.soft == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s := c.soft.state
	if r.soft[s.lease.Task] != s {
		return
	}
	size := 0
	for i := range c.soft.lines {
		c.soft.lines[i].Number = 0
		size += lineSize(&c.soft.lines[i])
	}
	s.lines = append(c.soft.lines[:len(c.soft.lines):len(c.soft.lines)], s.lines...)
	s.bytes += size
	r.softBytes += size
	s.unsure, s.unsureLines = unsure, c.soft.base
	for ref, old := range c.soft.progress {
		p := s.progress[ref]
		p.next = time.Time{}
		if p.message == nil {
			p.message = old.message
		}
		p.dirty = true
	}
	if s.usage == nil {
		s.usage, s.usageAt = c.soft.usage, time.Time{}
	}
}

// apply records what was taken.
func (t *taken) apply(d *draft) {
	d.lines = append(d.lines, t.lines...)
	for ref, p := range t.progress {
		d.setContent(ref, func(s *models.ContentState) { advance(s, p.percent, p.known, p.message) })
	}
	moved := len(t.lines) > 0 || len(t.progress) > 0
	d.setTask(func(s *models.TaskState) {
		if moved {
			s.StalledSince = nil
		}
		if t.usage != nil && !t.usage.Same(s.Usage) {
			s.Usage = t.usage
		}
	})
}

// advance raises the progress of a content that is not over; it never goes back,
// and says 100 only with success.
func advance(s *models.ContentState, percent float64, known bool, message *models.Text) {
	if !s.Status.Active() {
		return
	}
	if known {
		s.Measured = true
		s.Progress = max(s.Progress, min(99.9, math.Round(percent*1000)/1000))
	}
	if message != nil {
		s.Message = *message
	}
}
