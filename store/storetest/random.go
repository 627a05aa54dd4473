package storetest

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"stepcast/models"
)

// Random draws events that may follow each other on a task. They need not make
// sense for a task that somebody runs; they reach every part of a snapshot.
type Random struct {
	rt *rapid.T
	// numbers counts the steps and contents that were ever declared, so that none is
	// declared twice.
	numbers int
}

// NewRandom draws from rt.
func NewRandom(rt *rapid.T) *Random { return &Random{rt: rt, numbers: 100} }

// Events draws up to most events on the snapshot, numbered, and at least one.
func (r *Random) Events(before *models.Task, most int) []models.Event {
	var all []models.Event
	for range rapid.IntRange(1, most).Draw(r.rt, "events") {
		event := Numbered(before, r.time("at"), []models.Event{r.event(before)})
		before = models.Fold(before, event...)
		all = append(all, event...)
	}
	return all
}

func (r *Random) event(t *models.Task) models.Event {
	kinds := []models.EventKind{models.TaskStatusChanged, models.TaskUpdated, models.PlanChanged}
	if refs := contents(t); len(refs) > 0 {
		kinds = append(kinds, models.ContentChanged, models.ContentChanged, models.ContentChanged, models.StepChanged)
	}
	kind := rapid.SampledFrom(kinds).Draw(r.rt, "kind")
	var data models.EventData
	switch kind {
	case models.TaskStatusChanged, models.TaskUpdated:
		data.Task = r.taskState(t)
		data.From, data.To = t.Status, data.Task.Status
	case models.ContentChanged:
		ref := rapid.SampledFrom(contents(t)).Draw(r.rt, "content")
		data.Content = &models.ContentChange{Ref: ref, ContentState: r.contentState()}
	case models.StepChanged:
		step := rapid.SampledFrom(t.Steps).Draw(r.rt, "step")
		data.Step = &models.StepChange{Number: step.Number, Status: step.Status, Progress: step.Progress}
	case models.PlanChanged:
		data.Plan = r.plan(t)
	}
	return models.Event{Kind: kind, Data: data}
}

func contents(t *models.Task) (refs []models.ContentRef) {
	for _, s := range t.Steps {
		for _, c := range s.Contents {
			refs = append(refs, c.Ref())
		}
	}
	return refs
}

func (r *Random) plan(t *models.Task) *models.Plan {
	p := &models.Plan{}
	for _, s := range t.Steps {
		switch rapid.SampledFrom([]string{"keep", "keep", "drop", "replace"}).Draw(r.rt, "step fate") {
		case "drop":
			p.DropSteps = append(p.DropSteps, s.Number)
			continue
		case "replace":
			p.Steps = append(p.Steps, r.step(s.Number))
		}
		for _, c := range s.Contents {
			switch rapid.SampledFrom([]string{"keep", "keep", "drop", "replace", "drop and put back"}).Draw(r.rt, "content fate") {
			case "drop":
				p.DropContents = append(p.DropContents, c.Ref())
			case "drop and put back":
				p.DropContents = append(p.DropContents, c.Ref())
				p.Contents = append(p.Contents, r.content(c.Ref()))
			case "replace":
				p.Contents = append(p.Contents, r.content(c.Ref()))
			}
		}
	}
	for range rapid.IntRange(0, 2).Draw(r.rt, "new steps") {
		step := r.step(r.next())
		p.Steps = append(p.Steps, step)
		for range rapid.IntRange(0, 2).Draw(r.rt, "new contents") {
			p.Contents = append(p.Contents, r.content(models.ContentRef{Step: step.Number, Content: r.next()}))
		}
	}
	return p
}

func (r *Random) next() int {
	r.numbers++
	return r.numbers
}

// step has a place that no other step has: which of two in one place comes first
// is not defined.
func (r *Random) step(number int) *models.Step {
	return &models.Step{Number: number, Place: r.next(), Key: r.text("key").Plain, Description: r.text("description"), NextContent: 9}
}

func (r *Random) content(ref models.ContentRef) *models.Content {
	return &models.Content{
		StepNumber: ref.Step, Number: ref.Content, Place: r.next(), RunType: "shell",
		Submitted: r.text("submitted"), ContentState: r.contentState(),
	}
}

func (r *Random) contentState() models.ContentState {
	state := models.ContentState{
		Message: r.text("message"), Status: r.status(), Progress: r.progress(),
		Measured: rapid.Bool().Draw(r.rt, "measured"), StartedAt: r.maybe("started"), FinishedAt: r.maybe("finished"),
	}
	if rapid.Bool().Draw(r.rt, "exited") {
		code := rapid.IntRange(-1, 255).Draw(r.rt, "exit code")
		state.ExitCode = &code
		state.Failure = &models.TaskError{Code: models.ErrExitCode, Message: r.text("failure")}
	}
	return state
}

func (r *Random) taskState(t *models.Task) *models.TaskState {
	state := t.TaskState
	state.Status, state.Progress = r.status(), r.progress()
	state.Attempt = rapid.IntRange(t.Attempt, t.Attempt+1).Draw(r.rt, "attempt")
	state.TimelineID = models.TimelineID(t.ID, state.Attempt)
	state.NotBefore, state.StartedAt, state.ClockSince = r.maybe("not before"), r.maybe("started"), r.maybe("clock")
	state.Worker = rapid.SampledFrom([]string{"", "w1", "W1"}).Draw(r.rt, "worker")
	state.Fencing++
	if rapid.Bool().Draw(r.rt, "past") {
		state.PastAttempts = append(models.Attempts{}, models.Attempt{Number: 1, Status: r.status(), StartedAt: r.maybe("past start")})
	}
	return &state
}

func (r *Random) status() models.Status {
	return rapid.SampledFrom(models.Statuses).Draw(r.rt, "status")
}

func (r *Random) progress() float64 { return rapid.Float64Range(0, 100).Draw(r.rt, "progress") }

func (r *Random) text(label string) models.Text {
	return models.Plain(fmt.Sprintf("%s %s", label, rapid.StringN(0, 8, 30).Draw(r.rt, label)))
}

func (r *Random) time(label string) time.Time {
	return Start.Add(time.Duration(rapid.Int64Range(0, 1e9).Draw(r.rt, label)) * time.Millisecond)
}

func (r *Random) maybe(label string) *time.Time {
	if rapid.Bool().Draw(r.rt, label+" set") {
		at := r.time(label)
		return &at
	}
	return nil
}
