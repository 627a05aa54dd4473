package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"stepcast/client"
	"stepcast/internal/terminal"
)

func (e *env) showCommand() *cobra.Command {
	var s server
	var out output
	c := &cobra.Command{
		Use:     "show ID",
		Short:   "Show all of one task",
		Long:    "Shows a task with its steps, attempts, variables, results, and what it used.",
		Example: "  stepcast show 7\n  stepcast show 7 -o json | jq '.steps[].status'",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.calling(cmd.Context(), &s, func(c connection) error { return e.show(cmd.Context(), c, args[0], out) })
		},
	}
	s.flags(c)
	out.flag(c)
	e.completeProfile(c)
	e.completeTasks(c, &s, 1)
	return c
}

func (e *env) show(ctx context.Context, c connection, id string, out output) error {
	task, err := c.Task(ctx, id)
	if err != nil {
		return err
	}
	if out == outputJSON {
		return writeJSON(e.Stdout, task)
	}
	v := view{columns: e.columns(), glyphs: e.glyphs(), now: time.Now()}
	if v.columns == 0 {
		v.columns = 100
	}
	for _, fact := range facts(task) {
		fmt.Fprintf(e.Stdout, "%-12s %s\n", fact[0]+":", terminal.Escape(fact[1]))
	}
	fmt.Fprintln(e.Stdout)
	for _, line := range v.tree(task, everything) {
		if _, err := fmt.Fprintln(e.Stdout, strings.TrimRight(line.Text, " ")); err != nil {
			return err
		}
	}
	return nil
}

// facts are what is known of a task besides its steps, as names and texts.
func facts(task *client.Task) [][2]string {
	all := [][2]string{
		{"Task", task.ID},
		{"Description", task.Description},
		{"Status", string(task.Status) + " " + percent(task.Progress)},
		{"Owner", task.Owner},
	}
	add := func(name, text string) {
		if text != "" {
			all = append(all, [2]string{name, text})
		}
	}
	for _, label := range task.Labels {
		add("Label", label.Key+"="+label.Value)
	}
	if task.Priority != 0 {
		add("Priority", fmt.Sprint(task.Priority))
	}
	add("Submitted", task.CreatedAt.Local().Format(time.DateTime))
	add("Not before", local(task.StartAfter))
	add("Started", local(task.StartedAt))
	add("Ended", local(task.FinishedAt))
	if task.TimeoutSeconds != nil {
		add("Time limit", span(time.Duration(*task.TimeoutSeconds)*time.Second))
	}
	add("Attempt", fmt.Sprintf("%d of %d", task.Attempt, task.MaxAttempts))
	for _, attempt := range task.Attempts {
		if attempt.Number != task.Attempt {
			add(fmt.Sprintf("Attempt %d", attempt.Number), string(attempt.Status)+withError(attempt.Error))
		}
	}
	add("Waits for", waitText(task.WaitingFor))
	add("Error", strings.TrimPrefix(withError(task.Error), ": "))
	if task.EndedBy != nil {
		add("Ended by", strings.Join(append([]string{task.EndedBy.By}, task.EndedBy.Signals...), ", "))
	}
	if vars := string(task.Variables); vars != "null" {
		add("Variables", vars)
	}
	if r := task.Resources; r != nil {
		add("Used", fmt.Sprintf("%.1f s of CPU, %s of memory, %s of output", r.CPUSeconds, size(r.MaxRSSBytes), size(r.OutputBytes)))
	}
	for _, result := range task.Results {
		add("Result", fmt.Sprintf("%s (%s, %s) %s", result.Name, result.ContentType, size(result.Bytes), result.URL))
	}
	return all
}

func local(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.Local().Format(time.DateTime)
}

func withError(err *client.TaskError) string {
	if err == nil {
		return ""
	}
	return ": " + err.Message
}

// waitText says what a task waits for.
func waitText(w *client.WaitingFor) string {
	if w == nil {
		return ""
	}
	text := map[client.WaitingReason]string{
		client.WaitingBackoff: "its next attempt", client.WaitingExternalWorker: "an outside worker",
		client.WaitingLimit: "others to end: as many run as may", client.WaitingQueue: "a free worker", client.WaitingStartTime: "its time",
	}[w.Reason]
	if text == "" {
		text = string(w.Reason)
	}
	if w.Position != nil {
		text += fmt.Sprintf(", %d before it", *w.Position)
	}
	if w.Until != nil {
		text += ", " + w.Until.Local().Format(time.DateTime)
	}
	return text
}

// size writes a number of bytes.
func size(bytes int64) string {
	value, unit := float64(bytes), 0
	for units := "kMGTPE"; value >= 1000 && unit < len(units); unit++ {
		value /= 1000
	}
	if unit == 0 {
		return fmt.Sprintf("%d B", bytes)
	}
	return fmt.Sprintf("%.1f %cB", value, "kMGTPE"[unit-1])
}
