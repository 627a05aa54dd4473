package e2e

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"stepcast/client"
	"stepcast/models"
)

// stubborn runs until it is ended by force.
const stubborn = `trap '' TERM; echo begun; while :; do sleep 0.1; done`

// TestConsoleControlsATask pauses, resumes, cancels and retries a task by the buttons and
// keys of its page, which tells what the server says, and nothing before that.
func TestConsoleControlsATask(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	chromium(t)
	s := start(t, "--lease", longLease)
	mia := s.client(client.WithToken(s.office(t).user("mia", models.Member)))
	task, err := mia.Submit(t.Context(), sh(stubborn))
	require.NoError(t, err)
	w := newTab(t, s, desktop)
	w.signInAs("mia")
	w.open("/tasks/" + task.ID)
	w.untilStatus("Running")
	requireLine(t, mia, task.ID, "begun")

	w.press("Pause")
	w.untilAsked("Pause this task?", "use no processor until somebody resumes it")
	w.key(kb.Escape)
	w.untilAnswered()
	requireStatus(t, mia, task.ID, client.StatusRunning)
	w.press("Pause")
	w.pressIn("dialog", "Pause")
	w.untilAnswered()
	w.untilStatus("Paused")
	requireStatus(t, mia, task.ID, client.StatusPaused)

	// p is the key for what can be done: to resume.
	w.key("p")
	w.untilAsked("Resume this task?", "It goes on where it was held.")
	w.key(kb.Enter)
	w.untilAnswered()
	w.untilStatus("Running")
	requireStatus(t, mia, task.ID, client.StatusRunning)

	w.press("Cancel task")
	w.untilAsked("Cancel this task?", "It cannot be resumed, only retried.")
	w.pressIn("dialog", "Cancel task")
	w.untilAnswered()
	w.untilStatus("Cancelling")
	require.Empty(t, w.text(".task-notes"), "it has not ended yet")
	w.untilStatus("Cancelled")
	w.untilText("Ended by mia, ")
	require.Contains(t, w.text(".task-notes"), "Signals sent: TERM, KILL.")
	require.Contains(t, w.text(".task-notes"), "No process is left.")
	ended := requireStatus(t, mia, task.ID, client.StatusCancelled)
	require.Equal(t, "mia", ended.EndedBy.By)

	w.press("Retry")
	w.untilAsked("Run this task again?", "A new attempt begins, number 2.")
	w.pressIn("dialog", "Retry")
	w.untilAnswered()
	w.untilStatus("Running")
	w.untilText("2 of 2")
	require.Empty(t, w.text(".task-notes"), "how the attempt before ended is not said of this one")
	require.EqualValues(t, 2, requireStatus(t, mia, task.ID, client.StatusRunning).Attempt)
	w.openTab("details")
	w.until("both attempts", `document.querySelectorAll("#tab-panel table")[0]?.tBodies[0].rows.length === 2`)
}

// TestConsoleControlsManyTasks cancels and retries what is chosen in the list.
func TestConsoleControlsManyTasks(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	chromium(t)
	s := start(t, "--lease", longLease)
	c := s.client()
	done, err := c.Submit(t.Context(), sh("exit 0"))
	require.NoError(t, err)
	awaitEnd(t, c, done.ID)
	var running []string
	for range 2 {
		task, err := c.Submit(t.Context(), sh("while :; do sleep 0.1; done"))
		require.NoError(t, err)
		await(t, c, task.ID, func(now *client.Task) bool { return now.Status == client.StatusRunning })
		running = append(running, task.ID)
	}
	w := newTab(t, s, desktop)
	w.signIn(s)
	w.until("the tasks", `document.querySelectorAll(".task-row").length === 3`)

	w.click("thead input[type=checkbox]")
	w.untilText("3 selected")
	w.press("Cancel…")
	w.untilAsked("Cancel tasks?", "Will be cancelled: 2 Running")
	w.untilAsked("Cancel tasks?", "Left alone, because they have ended or are being cancelled: 1 Succeeded")
	w.pressIn("dialog", "Cancel 2")
	w.untilAsked("What became of them", "2 of 2 accepted")
	w.pressIn("dialog", "Close")
	w.untilAnswered()
	for _, id := range running {
		w.until("the row to follow", `document.querySelector('[data-id="`+id+`"] .status').innerText.includes("Cancelled")`)
		requireStatus(t, c, id, client.StatusCancelled)
	}
	require.Contains(t, w.text(`[data-id="`+done.ID+`"] .status`), "Succeeded")

	// The same by keys: the newest two are at the top.
	w.key("jxjx")
	w.untilText("2 selected")
	w.press("Retry…")
	w.untilAsked("Retry tasks?", "Will run again what did not succeed: 2 Cancelled")
	w.pressIn("dialog", "Retry 2")
	w.untilAsked("What became of them", "2 of 2 accepted")
	w.pressIn("dialog", "Close")
	for _, id := range running {
		w.until("the row to follow", `document.querySelector('[data-id="`+id+`"] .status').innerText.includes("Running")`)
		require.EqualValues(t, 2, requireStatus(t, c, id, client.StatusRunning).Attempt)
	}
}

// untilStatus waits until the head of the task's page says a status.
func (w *tab) untilStatus(status string) {
	w.t.Helper()
	w.until("the task to be "+status, `document.querySelector(".task-title .status")?.innerText.includes(`+quoted(status)+`)`)
}

// untilAsked waits for a question, and what it says.
func (w *tab) untilAsked(title, says string) {
	w.t.Helper()
	w.until("the question "+title, `document.querySelector("dialog[open] h2")?.innerText === `+quoted(title))
	require.Contains(w.t, w.text("dialog[open]"), says)
}

// untilAnswered waits until no question is open any more.
func (w *tab) untilAnswered() {
	w.t.Helper()
	w.until("no question", `!document.querySelector("dialog")`)
}

// requireStatus checks how a task stands at the server.
func requireStatus(t *testing.T, c *client.Client, id string, want client.Status) *client.Task {
	t.Helper()
	task, err := c.Task(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, want, task.Status)
	return task
}
