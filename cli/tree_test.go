package cli

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"stepcast/client"
	"stepcast/internal/terminal"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func ago(d time.Duration) *time.Time {
	at := now.Add(-d)
	return &at
}

func content(status client.Status, progress float64, message string) *client.StepContent {
	c := &client.StepContent{Message: message, Status: status, Progress: progress, IsProgressAvailable: progress > 0}
	if status != client.StatusWaiting {
		c.StartTime = ago(20 * time.Second)
	}
	if status.Final() {
		c.FinishTime = ago(18 * time.Second)
	}
	return c
}

// copying is a task in the middle of its work.
func copying() *client.Task {
	eta := 14.0
	return &client.Task{
		ID: "7", Description: "Copy map tiles", Status: client.StatusRunning, Progress: 45, ETASeconds: &eta,
		Attempt: 2, MaxAttempts: 3, StartedAt: ago(25 * time.Second), UpdatedAt: now.Add(-2 * time.Second), CostTime: 23_000,
		Steps: []*client.Step{
			{Description: "检查磁盘", Status: client.StatusSucceeded, Progress: 100, StartTime: ago(25 * time.Second), FinishTime: ago(20 * time.Second), Contents: []*client.StepContent{
				content(client.StatusSucceeded, 100, "检查磁盘"),
			}},
			{Description: "Copy", Status: client.StatusRunning, Progress: 35, StartTime: ago(20 * time.Second), Contents: []*client.StepContent{
				content(client.StatusSucceeded, 100, "a.zip"), content(client.StatusFailed, 12, "b.zip"),
				content(client.StatusRunning, 30, "Copying tile 9 of 30"), content(client.StatusWaiting, 0, "d.zip"),
			}},
			{Description: "Check", Status: client.StatusWaiting, Contents: []*client.StepContent{content(client.StatusWaiting, 0, "Check")}},
		},
	}
}

func drawn(v view, tasks ...*client.Task) string {
	v.now = now
	var b strings.Builder
	for _, line := range v.forest(tasks) {
		b.WriteString(strings.TrimRight(line.Text, " ") + "\n")
	}
	return b.String()
}

func TestTree(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		view view
		want string
	}{
		{"wide", view{glyphs: glyphs{unicode: true}, columns: 90, rows: 24}, `
▶ 7 Copy map tiles (attempt 2)                ━━━━━━━━━───────────  45%    25s    ETA 12s
├ ✔ 检查磁盘                                                                5s
├ ▶ Copy                                      ━━━━━━━─────────────  35%    20s
│ ├ ✔ a.zip                                                                 2s
│ ├ ✘ b.zip                                                                 2s
│ ├ ▶ Copying tile 9 of 30                    ━━━━━━──────────────  30%    20s
│ └ · d.zip
└ · Check
`},
		{"medium", view{glyphs: glyphs{unicode: true}, columns: 60, rows: 24}, `
▶ 7 Copy map tiles (attempt 2)       ━━━━──────  45%    25s
├ ✔ 检查磁盘                                             5s
├ ▶ Copy                             ━━━───────  35%    20s
│ ├ ✔ a.zip                                              2s
│ ├ ✘ b.zip                                              2s
│ ├ ▶ Copying tile 9 of 30           ━━━───────  30%    20s
│ └ · d.zip
└ · Check
`},
		{"narrow", view{glyphs: glyphs{unicode: true}, columns: 40, rows: 24}, `
▶ 7 Copy map tiles (attem…   45%    25s
├ ✔ 检查磁盘                         5s
├ ▶ Copy                     35%    20s
│ ├ ✔ a.zip                          2s
│ ├ ✘ b.zip                          2s
│ ├ ▶ Copying tile 9 of 30   30%    20s
│ └ · d.zip
└ · Check
`},
		{"ASCII", view{columns: 40, rows: 24}, `
> 7 Copy map tiles (attem…   45%    25s
|-+ 检查磁盘                         5s
|-> Copy                     35%    20s
| |-+ a.zip                          2s
| |-x b.zip                          2s
| |-> Copying tile 9 of 30   30%    20s
| ` + "`-" + `. d.zip
` + "`-" + `. Check
`},
		{"very narrow", view{glyphs: glyphs{unicode: true}, columns: 12, rows: 24}, `
▶ 7 Copy m…
├ ✔ 检查磁…
├ ▶ Copy
│ ├ ✔ a.zip
│ ├ ✘ b.zip
│ ├ ▶ Copy…
│ └ · d.zip
└ · Check
`},
		{"low", view{glyphs: glyphs{unicode: true}, columns: 40, rows: 7}, `
▶ 7 Copy map tiles (attem…   45%    25s
├ ▶ Copy                     35%    20s
│ ├ ▶ Copying tile 9 of 30   30%    20s
│ └ … 3 more: 1 waiting, 1 succeeded, …
└ … 2 more steps
`},
		{"lost", view{glyphs: glyphs{unicode: true}, columns: 40, rows: 4, lost: true}, `
▶ 7 Copy map tiles (attem…   45%    25s
connection lost; trying again
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, strings.TrimPrefix(c.want, "\n"), drawn(c.view, copying()))
		})
	}
}

func TestForestThatDoesNotFit(t *testing.T) {
	t.Parallel()
	tasks := []*client.Task{}
	for i := range 10 {
		task := copying()
		task.ID = fmt.Sprint(i)
		tasks = append(tasks, task)
	}
	v := view{glyphs: glyphs{unicode: true}, columns: 40, rows: 6}
	got := strings.Split(strings.TrimSpace(drawn(v, tasks...)), "\n")
	require.Len(t, got, 4)
	require.Equal(t, "… 7 more tasks", got[3])
}

func TestColours(t *testing.T) {
	t.Parallel()
	v := view{glyphs: glyphs{unicode: true, colour: true}, columns: 40, rows: 24, now: now}
	line := v.taskLine(copying())
	require.Equal(t, "\x1b[36m▶\x1b[0m \x1b[1m7 Copy map tiles (attem…\x1b[0m   45%    25s", line.Text)
	require.Equal(t, 39, line.Width)
}

// TestTreeFits lays out tasks of any texts on terminals of any size: no line is wider or
// says that it is another width than it is, nothing hostile gets through, and there are
// never more lines than room.
func TestTreeFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		any := append([]client.Status{client.StatusSkipped, "NEW"}, statuses...)
		text := rapid.String()
		task := &client.Task{ID: "7", Description: text.Draw(t, "description"), Status: rapid.SampledFrom(any).Draw(t, "status"), StartedAt: ago(time.Hour), UpdatedAt: now}
		for range rapid.IntRange(0, 4).Draw(t, "steps") {
			step := &client.Step{Description: text.Draw(t, "step"), Status: rapid.SampledFrom(any).Draw(t, "stepStatus")}
			for range rapid.IntRange(1, 30).Draw(t, "contents") {
				step.Contents = append(step.Contents, content(rapid.SampledFrom(any).Draw(t, "contentStatus"), rapid.Float64Range(0, 100).Draw(t, "progress"), text.Draw(t, "message")))
			}
			task.Steps = append(task.Steps, step)
		}
		v := view{
			glyphs:  glyphs{unicode: rapid.Bool().Draw(t, "unicode")},
			columns: rapid.IntRange(3, 120).Draw(t, "columns"), rows: rapid.IntRange(3, 60).Draw(t, "rows"), now: now,
		}
		lines := v.forest([]*client.Task{task, task})
		require.LessOrEqual(t, len(lines), max(1, v.rows-2))
		for _, line := range lines {
			require.Equal(t, terminal.Width(line.Text), line.Width)
			require.Less(t, line.Width, v.columns, "%q", line.Text)
			require.Equal(t, line.Text, terminal.Escape(line.Text))
		}
	})
}
