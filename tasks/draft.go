package tasks

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"stepcast/models"
)

// draft is a change being decided: it folds each event onto its own copy of the
// snapshot as soon as it is recorded, so that a decision always sees what it has
// done so far. Nothing of it is stored before the recorder commits it.
type draft struct {
	base *models.Task
	// t is base with the events folded.
	t   *models.Task
	now time.Time
	// zone is that of the times within log lines.
	zone *time.Location
	// results is how many results the task has, where the decision may have to tell;
	// resultsUnknown when nobody has counted.
	results int
	events  []models.Event
	lines   []models.LogLine
	sources []models.ContentSource
	// reached is the progress alone that was reported: it waits for the tick.
	reached []reached
}

// reached is how far a worker says that a content is; percent is NaN when it does not.
type reached struct {
	lease   Lease
	ref     models.ContentRef
	percent float64
	message *models.Text
}

func newDraft(base *models.Task, now time.Time) *draft {
	return &draft{base: base, t: base.Clone(), now: now}
}

// mark remembers how far the draft is, so that rewind can undo one refused decision.
func (d *draft) mark() draftMark {
	return draftMark{len(d.events), len(d.lines), len(d.sources), len(d.reached), d.t.ReportSequence}
}

type draftMark struct {
	events, lines, sources, reached int
	sequence                        int64
}

func (d *draft) rewind(m draftMark) {
	if len(d.events) > m.events {
		d.t = models.Fold(d.base, d.events[:m.events]...)
	}
	d.t.ReportSequence = m.sequence
	d.events, d.lines = d.events[:m.events], d.lines[:m.lines]
	d.sources, d.reached = d.sources[:m.sources], d.reached[:m.reached]
}

func (d *draft) record(kind models.EventKind, data models.EventData) {
	e := models.Event{
		TaskID: d.t.ID, Number: d.t.Version + 1, At: d.now, Kind: kind, Data: data,
		Attempt: d.t.Attempt, TimelineID: d.t.TimelineID,
	}
	if data.Task != nil {
		e.Attempt, e.TimelineID = data.Task.Attempt, data.Task.TimelineID
	}
	var before map[int]models.Status // these two kinds alone change what status steps derive
	if kind == models.ContentChanged || kind == models.PlanChanged {
		before = stepStatuses(d.t)
	}
	d.t.Apply(e)
	d.events = append(d.events, e)
	d.recordSteps(before)
}

// recordSteps tells of the steps whose derived status just changed.
func (d *draft) recordSteps(before map[int]models.Status) {
	for _, s := range d.t.Steps {
		if was, ok := before[s.Number]; ok && was != s.Status {
			change := models.StepChange{Number: s.Number, Status: s.Status, Progress: s.Progress}
			d.record(models.StepChanged, models.EventData{From: was, To: s.Status, Step: &change})
		}
	}
}

func stepStatuses(t *models.Task) map[int]models.Status {
	statuses := make(map[int]models.Status, len(t.Steps))
	for _, s := range t.Steps {
		statuses[s.Number] = s.Status
	}
	return statuses
}

// setTask changes the state of the task itself; nothing is recorded when nothing changes.
func (d *draft) setTask(change func(*models.TaskState)) {
	state := d.t.TaskState
	state.PastAttempts = slices.Clone(state.PastAttempts)
	change(&state)
	switch {
	case state.Status != d.t.Status:
		d.record(models.TaskStatusChanged, models.EventData{From: d.t.Status, To: state.Status, Task: &state})
	case !reflect.DeepEqual(state, d.t.TaskState):
		d.record(models.TaskUpdated, models.EventData{Task: &state})
	}
}

// setContent changes the state of a content; nothing is recorded when nothing
// changes or there is no such content.
func (d *draft) setContent(ref models.ContentRef, change func(*models.ContentState)) {
	c := d.t.Content(ref)
	if c == nil {
		return
	}
	state := c.ContentState
	change(&state)
	if !reflect.DeepEqual(state, c.ContentState) {
		d.record(models.ContentChanged, models.EventData{Content: &models.ContentChange{Ref: ref, ContentState: state}})
	}
}

func (d *draft) plan(p models.Plan) {
	d.record(models.PlanChanged, models.EventData{Plan: &p})
}

// system appends a line of the server's own to the log.
func (d *draft) system(level models.LogLevel, text string) {
	for line := range strings.SplitSeq(text, "\n") {
		d.lines = append(d.lines, models.LogLine{
			Attempt: d.t.Attempt, At: d.now, Level: level, Stream: models.System, Text: line,
		})
	}
}

// eachContent visits the contents of the task, also while the visit changes them.
func (d *draft) eachContent(visit func(step *models.Step, c *models.Content)) {
	for _, s := range slices.Clone(d.t.Steps) {
		for _, c := range slices.Clone(s.Contents) {
			visit(s, c)
		}
	}
}

func ptr[T any](v T) *T { return &v }
