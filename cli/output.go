package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"stepcast/client"
	"stepcast/internal/terminal"
)

// output is how a command writes: the value of --output.
type output string

const (
	outputText output = "text"
	outputJSON output = "json"
)

// String, Set and Type make it a flag.
func (o *output) String() string { return string(*o) }

// Set takes text or json.
func (o *output) Set(value string) error {
	switch output(value) {
	case outputText, outputJSON:
		*o = output(value)
		return nil
	}
	return fmt.Errorf("there is text, for people, and json, one value a line")
}

// Type is what --help calls the value.
func (o *output) Type() string { return "text|json" }

func (o *output) flag(cmd *cobra.Command) {
	*o = outputText
	cmd.Flags().VarP(o, "output", "o", "how to write: text, or json, one value a line")
	fixedValues(cmd, "output", string(outputText), string(outputJSON))
}

// writeJSON writes a value as one line of JSON that is safe to look at.
func writeJSON(w io.Writer, value any) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("encode output: %w", err)
	}
	_, err := io.WriteString(w, terminal.EscapeJSON(strings.TrimSuffix(b.String(), "\n"))+"\n")
	return err
}

// table is a list for people: columns that are as wide as they must be, the last one cut to
// what is left of a terminal.
type table struct {
	heads []string
	rows  [][]string
}

// add adds a row of texts, which it escapes.
func (t *table) add(cells ...string) {
	row := make([]string, len(cells))
	for i, cell := range cells {
		row[i] = terminal.Escape(cell)
	}
	t.rows = append(t.rows, row)
}

// lines lays the table out; columns 0 cuts nothing.
func (t *table) lines(columns int) []string {
	widths := make([]int, len(t.heads))
	for _, row := range append([][]string{t.heads}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], terminal.Width(cell))
		}
	}
	lines := []string{}
	for _, row := range append([][]string{t.heads}, t.rows...) {
		var b strings.Builder
		for i, cell := range row[:len(row)-1] {
			b.WriteString(terminal.Pad(cell, widths[i]) + "  ")
		}
		line := strings.TrimRight(b.String()+row[len(row)-1], " ")
		if columns > 0 {
			line = terminal.Truncate(line, columns-1)
		}
		lines = append(lines, line)
	}
	return lines
}

// write writes the table, unless it has no rows.
func (t *table) write(e *env) error {
	if len(t.rows) == 0 {
		return nil
	}
	_, err := io.WriteString(e.Stdout, strings.Join(t.lines(e.columns()), "\n")+"\n")
	return err
}

// columns is how wide the output is; 0 when it is no terminal.
func (e *env) columns() int {
	if !e.isTerminal() {
		return 0
	}
	columns, _ := terminal.Size(e.Stdout)
	return columns
}

// percent writes a progress of 0 to 100; 100 is only what is done.
func percent(progress float64) string { return fmt.Sprintf("%d%%", int(progress)) }

// span writes a length of time in two units at most: 4.2s, 1m05s, 3h20m, 2d04h.
func span(d time.Duration) string {
	d = max(d, 0)
	switch {
	case d < 10*time.Second && d%time.Second != 0:
		return fmt.Sprintf("%.1fs", d.Truncate(100*time.Millisecond).Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	case d < 24*time.Hour:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%dd%02dh", int(d.Hours())/24, int(d.Hours())%24)
}

// since writes how long ago an instant was.
func since(at, now time.Time) string { return span(now.Sub(at).Truncate(time.Second)) + " ago" }

// elapsed is how long a task has run by now: its time until the last change, and what has
// passed since, in whole seconds, while it goes on.
func elapsed(task *client.Task, now time.Time) time.Duration {
	cost := time.Duration(task.CostTime) * time.Millisecond
	if task.StartedAt == nil || task.Status.Final() || task.Status == client.StatusWaiting {
		return cost
	}
	return max(cost, now.Sub(*task.StartedAt)).Truncate(time.Second)
}

// instant writes a time as the lines in a pipe have it.
func instant(at time.Time) string { return at.UTC().Format(time.RFC3339) }
