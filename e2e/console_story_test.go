package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"stepcast/client"
	"stepcast/models"
)

// TestConsoleStory is what somebody does on the first day: signs in, submits an example,
// watches it to its end, goes through what happened, and reads the log.
func TestConsoleStory(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	chromium(t)
	s := start(t, "--lease", longLease)
	mia := s.client(client.WithToken(s.office(t).user("mia", models.Member)))
	w := newTab(t, s, desktop)
	w.signInAs("mia")
	w.untilText("No tasks yet")
	w.press("Submit")
	w.choose(`select[aria-label="Start from an example…"]`, "Copy map tiles, with a progress")
	// The last step waits, so that the test has time to see it run however slow the machine is.
	gate := filepath.Join(t.TempDir(), "gate")
	code := ".step-form:nth-of-type(2) textarea[aria-label=Code]"
	w.until("the example", `document.querySelector(`+quoted(code)+`)?.value.includes("echo ok")`)
	w.fill(code, "until [ -e "+gate+" ]; do sleep 0.1; done; echo ok")
	w.click(".submit-do button")
	w.until("the page of the task", `/^\/tasks\/\d+$/.test(location.pathname)`)
	id := eval[string](w, `location.pathname.split("/").at(-1)`)

	w.untilStatus("Running")
	w.until("the first step to be done", bar("Copy")+` === "100"`)
	require.Equal(t, "0", eval[string](w, bar("Check")))
	w.until("the task half done", bar("Progress of the task")+` === "50"`)
	require.Contains(t, eval[string](w, "document.title"), "Running · \u2068Copy map tiles, with a progress\u2069")
	require.NoError(t, os.WriteFile(gate, nil, 0o600))
	w.untilStatus("Succeeded")
	for _, name := range []string{"Progress of the task", "Copy", "Check"} {
		require.Equal(t, "100", eval[string](w, bar(name)), name)
	}
	task := requireStatus(t, mia, id, client.StatusSucceeded)
	require.Equal(t, "mia", task.Owner)

	w.replayByKeys()
	w.replayByPointer()
	w.readTheLog()
	w.openTab("results")
	w.untilText("It produced no results.")
}

// bar is JavaScript that reads how far the bar of a name is, in whole percent.
func bar(name string) string {
	return fmt.Sprintf(`document.querySelector('[role=progressbar][aria-label=%s]')?.ariaValueNow`, quoted(name))
}

// pastStatus is JavaScript that reads how a step stands in the steps of the past; "" when none are shown.
func pastStatus(step int) string {
	return fmt.Sprintf(`(document.querySelectorAll(".past-steps .step .step-head .status")[%d]?.innerText ?? "")`, step-1)
}

// replayByKeys goes to the first event, then on until the first step is done and the second is not, and back to now.
func (w *tab) replayByKeys() {
	w.t.Helper()
	w.key("t")
	w.until("the events", `document.querySelector(".replay-slider")?.disabled === false`)
	require.Empty(w.t, w.text(".timeline-past"), "it begins with what is")
	w.focus(".replay-slider")
	w.key(kb.Home)
	w.untilText("You are looking at the past")
	w.until("both steps before they began", pastStatus(1)+`.includes("Waiting") && `+pastStatus(2)+`.includes("Waiting")`)
	require.Contains(w.t, w.text(".task-title .status"), "Succeeded", "the head of the page tells what is")
	before := pastStatus(1) + `.includes("Succeeded") && !` + pastStatus(2) + `.includes("Succeeded")`
	w.key(kb.End)
	for event := w.untilEvent(0); event > 1 && !eval[bool](w, before); event = w.untilEvent(event - 1) {
		w.key(kb.ArrowLeft)
	}
	require.True(w.t, eval[bool](w, before), "some event is between the two steps")
	w.pressIn("div[@class='timeline-past']", "Now")
	w.until("what is now", `!document.querySelector(".timeline-past, .past-steps")`)
}

// untilEvent waits until the replay shows an event, the last for 0, and gives its number.
func (w *tab) untilEvent(number int) int {
	w.t.Helper()
	slider := `document.querySelector(".replay-slider")`
	if number == 0 {
		number = eval[int](w, slider+".max - "+slider+".min + 1")
	}
	where := `document.querySelector(".replay-where").innerText`
	w.until(fmt.Sprint("event ", number), fmt.Sprintf(`%[1]s.includes("after the start") && %[1]s.includes("Event %[2]d of ")`, where, number))
	return number
}

// replayByPointer drags the slider to the left and sees less and less.
func (w *tab) replayByPointer() {
	w.t.Helper()
	type place struct{ Left, Right, Y float64 }
	at := eval[place](w, `(r => ({Left: r.left + 12, Right: r.right - 12, Y: (r.top + r.bottom) / 2}))(document.querySelector(".replay-slider").getBoundingClientRect())`)
	run(w, chromedp.DragAndDropXY(at.Right, at.Y, at.Left, at.Y, 10))
	w.untilText("You are looking at the past")
	w.until("the beginning", pastStatus(2)+`.includes("Waiting")`)
	w.keep("story-past")
	w.pressIn("div[@class='timeline-past']", "Now")
	w.until("what is now", `!document.querySelector(".timeline-past, .past-steps")`)
}

// readTheLog compares the lines with what the example writes.
func (w *tab) readTheLog() {
	w.t.Helper()
	w.key("l")
	w.until("the last line", `[...document.querySelectorAll(".log-text")].some(line => line.innerText === "ok")`)
	lines := eval[string](w, `[...document.querySelectorAll(".log-row .log-text")].map(line => line.innerText).join("\n")`)
	require.NotContains(w.t, lines, "::progress", "markers are no lines")
	var tiles []string
	for n := 1; n <= 20; n++ {
		tiles = append(tiles, fmt.Sprint("tile ", n))
	}
	require.Subset(w.t, strings.Split(lines, "\n"), tiles)
	w.keep("story-log")
}
