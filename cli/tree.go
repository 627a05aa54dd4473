package cli

import (
	"fmt"
	"strings"
	"time"

	"stepcast/client"
	"stepcast/internal/terminal"
)

// view is what a tree of tasks is laid out for. Laying out is a pure function of it and of
// the tasks.
type view struct {
	glyphs
	columns, rows int
	now           time.Time
	// lost says that what is shown may be old.
	lost bool
}

// detail is how much of a task is shown.
type detail struct {
	// steps shows them, and contents that many of each step, those first that matter most.
	steps    bool
	contents int
	// current shows only steps that are at work or did not succeed.
	current bool
}

// details go from all there is to one line a task: the first that fits is taken.
var details = []detail{
	everything,
	{steps: true, contents: 8},
	{steps: true, contents: 4},
	{steps: true, contents: 4, current: true},
	{steps: true, contents: 1, current: true},
	{},
}

var everything = detail{steps: true, contents: 1 << 30}

// forest lays tasks out in as many lines as the terminal has room for.
func (v view) forest(tasks []*client.Task) []terminal.Line {
	room := max(1, v.rows-2) // the cursor's line, and one of what scrolls above
	var lost []terminal.Line
	if v.lost {
		lost = []terminal.Line{v.line(part{terminal.Truncate(lostText, v.columns-1), yellow})}
		room = max(1, room-1)
	}
	var lines []terminal.Line
	for _, d := range details {
		lines = nil
		for _, task := range tasks {
			lines = append(lines, v.tree(task, d)...)
		}
		if len(lines) <= room {
			return append(lines, lost...)
		}
	}
	more := fmt.Sprintf("%s %d more tasks", v.pick("…", "..."), len(lines)-(room-1))
	return append(append(lines[:room-1], v.line(part{terminal.Truncate(more, v.columns-1), ""})), lost...)
}

// tree lays one task out.
func (v view) tree(task *client.Task, d detail) []terminal.Line {
	lines := []terminal.Line{v.taskLine(task)}
	if !d.steps {
		return lines
	}
	steps := task.Steps
	if d.current {
		steps = currentSteps(task)
	}
	for i, step := range steps {
		lines = append(lines, v.stepLines(step, i == len(steps)-1 && len(steps) == lastOf(task, steps), d)...)
	}
	if left := len(task.Steps) - len(steps); left > 0 {
		lines = append(lines, v.cut(part{v.pick("└ ", "`-"), ""}, part{fmt.Sprintf("%s %s", v.pick("…", "..."), counts(left, "more step")), ""}))
	}
	if task.Error != nil && task.Status.Final() {
		lines = append(lines, v.cut(part{"  ", ""}, part{terminal.Escape(task.Error.Message), red}))
	}
	return lines
}

// lastOf is how many steps must be shown for the last one to end the tree.
func lastOf(task *client.Task, steps []*client.Step) int {
	if len(steps) == len(task.Steps) {
		return len(steps)
	}
	return -1
}

// currentSteps are those that are at work or did not succeed.
func currentSteps(task *client.Task) []*client.Step {
	var steps []*client.Step
	for _, step := range task.Steps {
		switch step.Status {
		case client.StatusWaiting, client.StatusSucceeded, client.StatusSkipped:
		default:
			steps = append(steps, step)
		}
	}
	return steps
}

// taskLine is the line of the whole task.
func (v view) taskLine(task *client.Task) terminal.Line {
	tail := []string{}
	if task.Attempt > 1 {
		tail = append(tail, fmt.Sprintf("attempt %d", task.Attempt))
	}
	if task.Status == client.StatusWaiting && task.WaitingFor != nil {
		tail = append(tail, "waits for "+terminal.Escape(waitText(task.WaitingFor)))
	}
	if task.StalledSince != nil {
		tail = append(tail, "silent for "+span(v.now.Sub(*task.StalledSince).Truncate(time.Second)))
	}
	text := terminal.Escape(task.ID + " " + task.Description)
	if len(tail) > 0 {
		text += " (" + strings.Join(tail, ", ") + ")"
	}
	return v.measured(measured{
		text: text, colour: bold, status: task.Status, progress: task.Progress, bar: !task.Status.Final() && task.StartedAt != nil,
		took: elapsed(task, v.now), eta: v.eta(task),
	})
}

// eta is how long a task is expected to go on, as of now; 0 while that is unknown.
func (v view) eta(task *client.Task) time.Duration {
	if task.ETASeconds == nil || task.Status != client.StatusRunning {
		return 0
	}
	at := time.Duration(*task.ETASeconds * float64(time.Second))
	return max(time.Second, at-max(0, v.now.Sub(task.UpdatedAt)))
}

func (v view) stepLines(step *client.Step, last bool, d detail) []terminal.Line {
	branch, below := v.pick("├ ", "|-"), v.pick("│ ", "| ")
	if last {
		branch, below = v.pick("└ ", "`-"), "  "
	}
	lines := []terminal.Line{v.measured(measured{
		before: branch, text: terminal.Escape(step.Description), status: step.Status, progress: step.Progress,
		bar: atWork(step.Status), took: v.ran(step.StartTime, step.FinishTime),
	})}
	if len(step.Contents) == 1 && step.Contents[0].Message == step.Description {
		return lines
	}
	shown, hidden := contentsToShow(step.Contents, d.contents)
	for i, content := range shown {
		before := v.pick("├ ", "|-")
		if i == len(shown)-1 && len(hidden) == 0 {
			before = v.pick("└ ", "`-")
		}
		lines = append(lines, v.contentLine(below+before, content))
	}
	if len(hidden) > 0 {
		text := v.pick("… ", "... ") + summary(hidden)
		lines = append(lines, v.cut(part{below + v.pick("└ ", "`-"), ""}, part{text, ""}))
	}
	return lines
}

func (v view) contentLine(before string, content *client.StepContent) terminal.Line {
	text := terminal.Escape(content.Message)
	if content.Error != nil {
		text += ": " + terminal.Escape(content.Error.Message)
	}
	return v.measured(measured{
		before: before, text: text, status: content.Status, progress: content.Progress,
		bar: atWork(content.Status) && content.IsProgressAvailable, took: v.ran(content.StartTime, content.FinishTime),
	})
}

// ran is how long something has gone on; 0 before it starts.
func (v view) ran(start, finish *time.Time) time.Duration {
	switch {
	case start == nil:
		return 0
	case finish != nil:
		return finish.Sub(*start)
	}
	return max(0, v.now.Sub(*start)).Truncate(time.Second)
}

// contentsToShow chooses contents: those at work, then those that did not succeed, then
// those to come. They stay in their order.
func contentsToShow(contents []*client.StepContent, most int) (shown, hidden []*client.StepContent) {
	if len(contents) <= most {
		return contents, nil
	}
	chosen := map[*client.StepContent]bool{}
	for rank := range 4 {
		for _, content := range contents {
			if len(chosen) < most && urgency(content.Status) == rank {
				chosen[content] = true
			}
		}
	}
	for _, content := range contents {
		if chosen[content] {
			shown = append(shown, content)
			continue
		}
		hidden = append(hidden, content)
	}
	return shown, hidden
}

// urgency is 0 for what people want to see first.
func urgency(status client.Status) int {
	switch {
	case atWork(status):
		return 0
	case status == client.StatusWaiting:
		return 2
	case status == client.StatusSucceeded, status == client.StatusSkipped:
		return 3
	}
	return 1
}

// summary counts contents by what became of them: "37 more: 30 waiting, 7 succeeded".
func summary(contents []*client.StepContent) string {
	count := map[client.Status]int{}
	for _, content := range contents {
		count[content.Status]++
	}
	kinds := []string{}
	for _, status := range append(statuses, client.StatusSkipped) {
		if n := count[status]; n > 0 {
			kinds = append(kinds, fmt.Sprintf("%d %s", n, strings.ToLower(strings.ReplaceAll(string(status), "_", " "))))
		}
	}
	return fmt.Sprintf("%d more: %s", len(contents), strings.Join(kinds, ", "))
}

func atWork(status client.Status) bool {
	switch status {
	case client.StatusRunning, client.StatusPausing, client.StatusPaused, client.StatusCancelling:
		return true
	}
	return false
}

func counts(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
