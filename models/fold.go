package models

import (
	"sort"
	"time"
)

// Fold gives the snapshot after the event; snapshot stays as it is. Folding all
// events onto Origin gives the stored task.
func Fold(snapshot *Task, events ...Event) *Task {
	next := snapshot.Clone()
	for _, e := range events {
		next.Apply(e)
	}
	return next
}

// Origin is the task before its first event: what was submitted, with nothing declared yet.
func Origin(t *Task) *Task {
	origin := *t
	origin.TaskState = TaskState{}
	origin.Version = 0
	origin.UpdatedAt = t.CreatedAt
	origin.LogLines, origin.LogBytes, origin.LastOutputAt, origin.ReportSequence = 0, 0, nil, 0
	origin.Steps = nil
	return &origin
}

// Apply folds the event into t itself, which nobody else may hold yet.
func (t *Task) Apply(e Event) {
	switch e.Kind {
	case TaskStatusChanged, TaskUpdated:
		if e.Data.Task.Attempt > t.Attempt {
			t.openAttempt(e)
			return
		}
		t.TaskState = *e.Data.Task
	case ContentChanged:
		if c := t.Content(e.Data.Content.Ref); c != nil {
			c.ContentState = e.Data.Content.ContentState
		}
	case PlanChanged:
		if e.Data.Task != nil {
			t.TaskState = *e.Data.Task
		}
		t.applyPlan(e.Data.Plan)
	}
	t.derive()
	t.Version = e.Number
	t.UpdatedAt = e.At
}

// openAttempt lowers the floors of every progress, which hold within one attempt.
// Nothing is derived yet: the PlanChanged that puts the contents back comes next.
func (t *Task) openAttempt(e Event) {
	t.TaskState = *e.Data.Task
	for _, s := range t.Steps {
		s.Progress = 0
	}
	t.Version = e.Number
	t.UpdatedAt = e.At
}

func (t *Task) applyPlan(p *Plan) {
	for _, number := range p.DropSteps {
		t.Steps = without(t.Steps, func(s *Step) bool { return s.Number == number })
	}
	for _, ref := range p.DropContents {
		if s := t.Step(ref.Step); s != nil {
			s.Contents = without(s.Contents, func(c *Content) bool { return c.Number == ref.Content })
		}
	}
	for _, added := range p.Steps {
		step := added.clone()
		step.TaskID = t.ID
		if old := t.Step(added.Number); old != nil {
			step.Contents = old.Contents
			*old = *step
			continue
		}
		step.Contents = nil
		t.Steps = append(t.Steps, step)
	}
	for _, added := range p.Contents {
		content := *added
		content.TaskID = t.ID
		if old := t.Content(added.Ref()); old != nil {
			*old = content
			continue
		}
		if s := t.Step(added.StepNumber); s != nil {
			s.Contents = append(s.Contents, &content)
		}
	}
	t.Sort()
}

// Sort puts steps and contents in their places.
func (t *Task) Sort() {
	sort.SliceStable(t.Steps, func(i, j int) bool { return t.Steps[i].Place < t.Steps[j].Place })
	for _, s := range t.Steps {
		sort.SliceStable(s.Contents, func(i, j int) bool { return s.Contents[i].Place < s.Contents[j].Place })
	}
}

func without[T any](list []T, drop func(T) bool) []T {
	kept := list[:0:0]
	for _, v := range list {
		if !drop(v) {
			kept = append(kept, v)
		}
	}
	return kept
}

// derive computes what follows from the contents: status, progress and times of
// the steps, and the progress of the task. What was shown before in the attempt is
// the floor of each progress; an event that opens an attempt lowers it.
func (t *Task) derive() {
	sum := 0.0
	for _, s := range t.Steps {
		s.derive()
		sum += s.Progress
	}
	if len(t.Steps) > 0 {
		t.Progress = shown(t.Progress, sum/float64(len(t.Steps)), t.Status)
	}
}

func (s *Step) derive() {
	s.Status = StepStatus(s.Contents)
	s.StartedAt, s.FinishedAt = nil, nil
	sum := 0.0
	for _, c := range s.Contents {
		s.StartedAt = pick(s.StartedAt, c.StartedAt, time.Time.Before)
		s.FinishedAt = pick(s.FinishedAt, c.FinishedAt, time.Time.After)
		sum += c.Progress
	}
	if !s.Status.Final() {
		s.FinishedAt = nil
	}
	if len(s.Contents) > 0 {
		s.Progress = shown(s.Progress, sum/float64(len(s.Contents)), s.Status)
	}
}

// shown is the progress to show: never below the floor, 100 only with success.
func shown(floor, mean float64, status Status) float64 {
	if status == Succeeded {
		return 100
	}
	return min(99.9, max(floor, mean))
}

func pick(current, other *time.Time, better func(time.Time, time.Time) bool) *time.Time {
	if current == nil || other != nil && better(*other, *current) {
		return other
	}
	return current
}

// Touched lists what the events changed of a task: what a store has to write.
func Touched(after *Task, events []Event) (steps []*Step, contents []*Content, drops bool) {
	seenSteps, seenContents := map[int]bool{}, map[ContentRef]bool{}
	touchStep := func(number int) {
		if s := after.Step(number); s != nil && !seenSteps[number] {
			seenSteps[number] = true
			steps = append(steps, s)
		}
	}
	touchContent := func(ref ContentRef) {
		if c := after.Content(ref); c != nil && !seenContents[ref] {
			seenContents[ref] = true
			contents = append(contents, c)
		}
		touchStep(ref.Step)
	}
	for _, e := range events {
		switch e.Kind {
		case ContentChanged:
			touchContent(e.Data.Content.Ref)
		case StepChanged:
			touchStep(e.Data.Step.Number)
		case PlanChanged:
			drops = drops || len(e.Data.Plan.DropSteps)+len(e.Data.Plan.DropContents) > 0
			for _, ref := range e.Data.Plan.DropContents {
				touchStep(ref.Step)
			}
			for _, s := range e.Data.Plan.Steps {
				touchStep(s.Number)
			}
			for _, c := range e.Data.Plan.Contents {
				touchContent(c.Ref())
			}
		}
	}
	return steps, contents, drops
}
