package cli

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"stepcast/client"
	"stepcast/internal/terminal"
)

// plain tells in lines, one for each event that matters, for pipes and logs:
//
//	2026-01-02T15:04:05Z task 7 RUNNING 45% Copy map tiles
//	2026-01-02T15:04:05Z step 7-1 RUNNING 45% Copy
//	2026-01-02T15:04:05Z content 7-1-1 RUNNING 45% Copying tile 9 of 20
//	2026-01-02T15:04:05Z log 7:12 INFO tile 9
//	2026-01-02T15:04:05Z error 7-1-1 EXIT_CODE it ended with exit code 3
//
// These are the time in UTC, what changed, its id, its status, its progress, and a text
// which takes the rest of the line.
type plain struct {
	out io.Writer
	env *env
	// tasks is what is known of each task.
	tasks map[string]*plainTask
}

// plainTask is what the events of a task leave out, and what was told of it.
type plainTask struct {
	description string
	progress    float64
	stalled     bool
	steps       map[string]string
	contents    map[string]toldContent
}

// toldContent is the last line of a content.
type toldContent struct {
	status  client.Status
	message string
	// tenth is the progress in tenths.
	tenth int
}

func newPlain(e *env, out io.Writer) *plain {
	return &plain{out: out, env: e, tasks: map[string]*plainTask{}}
}

func (*plain) events() bool { return true }

func (p *plain) lost(err error) { p.env.noteLink(err) }

func (p *plain) task(task *client.Task) error {
	known := p.of(task.ID)
	known.description, known.progress = task.Description, task.Progress
	known.learn(task.Steps)
	lines := []string{taskLine(task)}
	if task.Status.Final() {
		if e := task.Error; e != nil {
			lines = append(lines, plainLine(task.UpdatedAt, "error", cmp.Or(e.ContentID, e.StepID, task.ID), string(e.Code), e.Message))
		}
	}
	return p.write(lines...)
}

// taskLine is the line of a task.
func taskLine(task *client.Task) string {
	return plainLine(task.UpdatedAt, "task", task.ID, string(task.Status), percent(task.Progress), task.Description)
}

func (p *plain) of(id string) *plainTask {
	known := p.tasks[id]
	if known == nil {
		known = &plainTask{steps: map[string]string{}, contents: map[string]toldContent{}}
		p.tasks[id] = known
	}
	return known
}

// learn takes over the names of the steps, and counts their contents as told.
func (t *plainTask) learn(steps []*client.Step) {
	for _, step := range steps {
		t.steps[step.ID] = step.Description
		for _, content := range step.Contents {
			t.contents[content.ID] = toldContent{content.Status, content.Message, tenth(content.Progress)}
		}
	}
}

func tenth(progress float64) int { return int(progress) / 10 }

func (p *plain) event(event client.Event) error {
	head := event.Head()
	known := p.of(head.TaskID)
	switch event := event.(type) {
	case client.TaskStatusChanged:
		if event.To.Final() {
			return nil // told with the end of the task, with its error
		}
		return p.write(plainLine(head.At, "task", head.TaskID, string(event.To), percent(known.progress), known.description))
	case client.TaskUpdated:
		return p.updated(head, known, event)
	case client.StepChanged:
		return p.write(plainLine(head.At, "step", event.StepID, string(event.Status), percent(event.Progress), known.steps[event.StepID]))
	case client.ContentChanged:
		now := toldContent{event.Status, event.Message, tenth(event.Progress)}
		if known.contents[event.ContentID] == now {
			return nil
		}
		known.contents[event.ContentID] = now
		return p.write(plainLine(head.At, "content", event.ContentID, string(event.Status), percent(event.Progress), event.Message))
	case client.PlanChanged:
		return p.planned(head, known, event)
	}
	return nil
}

// updated tells when a task falls silent, and when it moves again.
func (p *plain) updated(head client.EventHead, known *plainTask, event client.TaskUpdated) error {
	known.progress = event.Progress
	if stalled := event.StalledSince != nil; stalled == known.stalled {
		return nil
	}
	known.stalled = !known.stalled
	text := "moves again"
	if known.stalled {
		text = "nothing has come from it since " + instant(*event.StalledSince)
	}
	return p.write(plainLine(head.At, "stalled", head.TaskID, "RUNNING", percent(event.Progress), text))
}

// planned tells of the steps that are new.
func (p *plain) planned(head client.EventHead, known *plainTask, event client.PlanChanged) error {
	lines := []string{}
	for _, step := range event.Steps {
		if _, old := known.steps[step.ID]; !old {
			lines = append(lines, plainLine(head.At, "step", step.ID, string(step.Status), percent(step.Progress), step.Description))
		}
	}
	known.learn(event.Steps)
	return p.write(lines...)
}

func (p *plain) lines(id string, lines []client.LogLine) error {
	texts := make([]string, len(lines))
	for i, line := range lines {
		texts[i] = fmt.Sprintf("%s log %s:%d %s %s", instant(line.At), terminal.Escape(id), line.Number, terminal.Escape(string(line.Level)), p.env.logText(line.Text))
	}
	return p.write(texts...)
}

func (p *plain) gap(id string, gap *client.Gap) error {
	if gap.Task != nil {
		known := p.of(id)
		known.description, known.progress = gap.Task.Description, gap.Task.Progress
		known.learn(gap.Task.Steps)
	}
	return p.write(plainLine(time.Now(), "gap", id, string(gap.Reason), gapText(gap)))
}

func (p *plain) write(lines ...string) error {
	if len(lines) == 0 {
		return nil
	}
	_, err := io.WriteString(p.out, strings.Join(lines, "\n")+"\n")
	return err
}

// plainLine joins the fields of a line, each escaped.
func plainLine(at time.Time, fields ...string) string {
	for i, field := range fields {
		fields[i] = terminal.Escape(field)
	}
	return instant(at) + " " + strings.TrimRight(strings.Join(fields, " "), " ")
}
