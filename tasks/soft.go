package tasks

import (
	"context"
	"math"
	"time"

	"stepcast/models"
)

// usageEvery bounds how often a changed resource usage is stored on its own account.
const usageEvery = 5 * time.Second

// Lease is the right of a worker to write what becomes of a task. Each claim raises
// the fencing token; what is written under an older one is refused.
type Lease struct {
	Task    int64
	Worker  string
	Fencing int64
}

func (l Lease) holds(t *models.Task) bool {
	return t.Worker == l.Worker && t.Fencing == l.Fencing && !t.Status.Final()
}

// softState is what waits for the tick for one task, under one lease.
type softState struct {
	lease    Lease
	lines    []models.LogLine
	bytes    int
	progress map[models.ContentRef]*softProgress
	usage    *models.ResourceUsage
	usageAt  time.Time
	// room is closed, and replaced, when lines were taken.
	room chan struct{}
	// unsure is set when it is unknown whether lines that were put back had been
	// stored: the log had unsureLines before.
	unsure      bool
	unsureLines int64
}

// softProgress is the newest progress of one content.
type softProgress struct {
	percent float64
	// known is whether a percentage was reported, beside a message.
	known   bool
	message *models.Text
	dirty   bool
	// next is when it may be stored; zero is at the next tick.
	next time.Time
}

// nextInstant is when a content that is stored now may be stored again: at an instant
// that all contents share, half a second from now at the least, or a tick less for what
// is stored just after one. So those that report without a pause are stored together,
// and commits do not grow with running tasks.
func nextInstant(now time.Time) time.Time {
	instant := now.Truncate(progressEvery)
	if now.Sub(instant) > tick {
		instant = instant.Add(progressEvery)
	}
	return instant.Add(progressEvery)
}

// append adds log lines under a lease. It blocks while too much waits to be stored.
func (r *recorder) append(ctx context.Context, lease Lease, lines []models.LogLine) error {
	size, waited := 0, false
	for i := range lines {
		size += lineSize(&lines[i])
	}
	for {
		r.mu.Lock()
		s := r.softLocked(lease)
		if s == nil {
			r.mu.Unlock()
			return errStaleLease()
		}
		if s.bytes == 0 || s.bytes+size <= taskBytes && r.softBytes+size <= allBytes {
			s.lines = append(s.lines, lines...)
			s.bytes += size
			r.softBytes += size
			full := s.bytes >= flushBytes
			r.mu.Unlock()
			if full {
				r.flush()
			}
			return nil
		}
		room := s.room
		r.mu.Unlock()
		if !waited {
			r.metrics.heldBack.Inc()
			waited = true
		}
		r.flush()
		select {
		case <-room:
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-r.stopped:
			return errClosed
		}
	}
}

// lineSize estimates the bytes that a line occupies.
func lineSize(l *models.LogLine) int { return len(l.Text) + 64 }

// flush asks for a commit now.
func (r *recorder) flush() {
	select {
	case r.wake <- struct{}{}:
	default: // it is asked already
	}
}

// progress notes what a content reached; the newest waits for the tick. percent is
// NaN when only the message changed.
func (r *recorder) progress(lease Lease, ref models.ContentRef, percent float64, message *models.Text) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.softLocked(lease)
	if s == nil {
		return
	}
	p := s.progress[ref]
	if p == nil {
		p = &softProgress{}
		s.progress[ref] = p
	}
	if !math.IsNaN(percent) {
		p.percent, p.known = percent, true
	}
	if message != nil {
		p.message = message
	}
	p.dirty = true
}

// usage notes what the lease's work used so far.
func (r *recorder) usage(lease Lease, u models.ResourceUsage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.softLocked(lease); s != nil {
		u.At = r.now()
		s.usage = &u
	}
}

// softLocked gives the state of a lease, and nil for one that a newer lease has
// replaced; a newer lease throws away what an older one left.
func (r *recorder) softLocked(lease Lease) *softState {
	s := r.soft[lease.Task]
	if s != nil && s.lease.Fencing > lease.Fencing {
		r.metrics.tooLate.Inc()
		return nil
	}
	if s == nil || s.lease.Fencing < lease.Fencing {
		if s != nil {
			r.discardLocked(s)
		}
		s = &softState{lease: lease, progress: map[models.ContentRef]*softProgress{}, room: make(chan struct{})}
		r.soft[lease.Task] = s
	}
	return s
}

func (r *recorder) discardLocked(s *softState) {
	r.softBytes -= s.bytes
	s.bytes, s.lines = 0, nil
	close(s.room)
	s.room = make(chan struct{})
	delete(r.soft, s.lease.Task)
}

// dropEnded drops what a lease left that a commit has just ended.
func (r *recorder) dropEnded(t *models.Task) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.soft[t.ID]; s != nil && !s.lease.holds(t) {
		r.discardLocked(s)
	}
}

func (r *recorder) dropSoft(task int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.soft[task]; s != nil {
		r.discardLocked(s)
	}
}

// releaseAll makes every waiting change due, for the last commit.
func (r *recorder) releaseAll() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.soft {
		s.usageAt = time.Time{}
		for _, p := range s.progress {
			p.next = time.Time{}
		}
	}
}

// dueTasks lists the tasks that have something to commit at this tick.
func (r *recorder) dueTasks() (ids []int64) {
	now := r.now()
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, s := range r.soft {
		if s.due(now) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (p *softProgress) due(now time.Time) bool { return p.dirty && !now.Before(p.next) }

func (s *softState) due(now time.Time) bool {
	if len(s.lines) > 0 || s.usage != nil && now.Sub(s.usageAt) >= usageEvery {
		return true
	}
	for _, p := range s.progress {
		if p.due(now) {
			return true
		}
	}
	return false
}
