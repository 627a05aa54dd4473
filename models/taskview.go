package models

import "time"

// Clone copies t deeply enough that folding events onto the copy leaves t as it is.
func (t *Task) Clone() *Task {
	c := *t
	c.PastAttempts = append(Attempts(nil), t.PastAttempts...)
	c.Steps = make([]*Step, len(t.Steps))
	for i, s := range t.Steps {
		c.Steps[i] = s.clone()
	}
	return &c
}

func (s *Step) clone() *Step {
	c := *s
	c.Contents = make([]*Content, len(s.Contents))
	for i, content := range s.Contents {
		copied := *content
		c.Contents[i] = &copied
	}
	return &c
}

// Step finds a step by number; nil when there is none.
func (t *Task) Step(number int) *Step {
	for _, s := range t.Steps {
		if s.Number == number {
			return s
		}
	}
	return nil
}

// Content finds a content; nil when there is none.
func (t *Task) Content(ref ContentRef) *Content {
	s := t.Step(ref.Step)
	if s == nil {
		return nil
	}
	for _, c := range s.Contents {
		if c.Number == ref.Content {
			return c
		}
	}
	return nil
}

// CurrentStep is the first step that is not final; nil when all are.
func (t *Task) CurrentStep() *Step {
	for _, s := range t.Steps {
		if !s.Status.Final() {
			return s
		}
	}
	return nil
}

// AllAttempts gives the past attempts and the current one.
func (t *Task) AllAttempts() []Attempt {
	return append(append([]Attempt(nil), t.PastAttempts...), Attempt{
		Number: t.Attempt, TimelineID: t.TimelineID, Status: t.Status,
		StartedAt: t.StartedAt, FinishedAt: t.FinishedAt, Failure: t.Failure,
	})
}

// CostTime is the time in milliseconds from start to end, or to this version while
// running; 0 while waiting. Paused time counts.
func (t *Task) CostTime() int64 { return costTime(t.StartedAt, t.FinishedAt, t.UpdatedAt) }

// CostTime is the time in milliseconds from start to end, or to asOf (the task's UpdatedAt) while running.
func (s *Step) CostTime(asOf time.Time) int64 { return costTime(s.StartedAt, s.FinishedAt, asOf) }

// CostTime is the time in milliseconds from start to end, or to asOf (the task's UpdatedAt) while running.
func (c *Content) CostTime(asOf time.Time) int64 { return costTime(c.StartedAt, c.FinishedAt, asOf) }

func costTime(start, finish *time.Time, asOf time.Time) int64 {
	if start == nil {
		return 0
	}
	if finish != nil {
		asOf = *finish
	}
	return max(0, asOf.Sub(*start).Milliseconds())
}

// EtaSeconds estimates the seconds until the end from the pace of this attempt so
// far, as of the last change; nil while it is unknown.
func (t *Task) EtaSeconds() *float64 {
	if t.Status != Running || t.Progress < 1 || t.ClockSince == nil {
		return nil
	}
	ran := float64(t.RanMillis) + float64(t.UpdatedAt.Sub(*t.ClockSince).Milliseconds())
	eta := max(0, ran/1000*(100-t.Progress)/t.Progress)
	return &eta
}
