package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"stepcast/client"
)

// TestConsoleLosesTheServer kills the server, again and again, under a page that shows a log
// which an outside worker goes on writing. The page says that it is not live, comes back by
// itself, and in the end shows every line once, in order.
func TestConsoleLosesTheServer(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	chromium(t)
	s := start(t, "--no-worker", "--lease", longLease)
	s.keepPort(t)
	writing := startWriter(t, s)
	w := newTab(t, s, desktop)
	w.signIn(s)
	w.open("/tasks/" + writing.id() + "?tab=log")
	w.until("it to be live", `document.querySelector(".connection.is-live")`)
	written := writing.goOn()
	w.noteServerGone()
	for range 2 {
		seen := eval[int](w, lastNumber)
		w.until("lines to come", fmt.Sprintf("%s > %d", lastNumber, seen))
		s.kill9()
		w.until("the page to say so", `document.querySelector(".bar.is-problem")?.innerText.includes("Not live: the server cannot be reached")`)
		w.until("the head to say so", `document.querySelector(".connection.is-lost, .connection.is-connecting")`)
		require.Contains(t, w.text("main"), "Not live: new lines come when the server can be reached again.")
		s.run()
		w.until("it to be live again", `document.querySelector(".connection.is-live") && !document.querySelector(".bar.is-problem")`)
	}
	seen := eval[int](w, lastNumber)
	w.until("lines to come", fmt.Sprintf("%s > %d", lastNumber, seen))
	all := written()
	w.untilStatus("Succeeded")
	require.Equal(t, "100", eval[string](w, bar("Progress of the task")))
	requireStatus(t, s.client(), writing.id(), client.StatusSucceeded)
	requireWhole(t, s, writing.id())

	shown := w.wholeLog()
	stored := linesOf(t, s.client(), writing.id())
	require.Len(t, shown, len(stored))
	var said []string
	for i, line := range stored {
		require.Equal(t, shownLine{int64(i + 1), line.Text}, shown[i])
		if line.Stream == client.StreamStdout {
			said = append(said, line.Text)
		}
	}
	require.Len(t, said, all, "all that the worker wrote")
	for i, text := range said {
		require.Equal(t, fmt.Sprint("line ", writing.first+i+1), text)
	}
}

// goOn writes on and on, until the returned function ends the task and gives how many lines
// were written.
func (w *lineWriter) goOn() (end func() int) {
	stop, stopped := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-stop:
				stopped <- nil
				return
			default:
			}
			var report client.Report
			for range 5 {
				report.Log = append(report.Log, client.LogLineInput{Text: w.line()})
			}
			if _, err := w.lease.Report(w.t.Context(), report); err != nil {
				stopped <- err
				return
			}
		}
	}()
	return func() int {
		w.t.Helper()
		close(stop)
		require.NoError(w.t, receive(w.t, stopped), "the worker comes through")
		w.finish()
		return w.written - w.first
	}
}

// noteServerGone keeps what the network says of a server that is away from counting as a fault.
func (w *tab) noteServerGone() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.serverGone = true
}

// lastNumber is JavaScript that reads the number of the last line in view.
const lastNumber = `Number(` + logRows + `.at(-1)?.querySelector(".log-number").innerText ?? 0)`

// shownLine is a line as the page shows it.
type shownLine struct {
	Number int64
	Text   string
}

// wholeLog scrolls through the log from its first line to its last.
func (w *tab) wholeLog() []shownLine {
	w.t.Helper()
	w.focus(".log-lines")
	w.key(kb.Home)
	w.until("the first line", logRows+`[0]?.querySelector(".log-number").innerText === "1"`)
	return eval[[]shownLine](w, `(async () => {
		const view = document.querySelector(".log-lines"), lines = [];
		const painted = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
		for (;;) {
			do await painted(); while (view.querySelector(".log-row.is-coming"));
			// Rows at the edge were in view before as well.
			const upTo = lines.at(-1)?.Number ?? 0;
			for (const row of view.querySelectorAll(".log-row")) {
				const Number = +row.querySelector(".log-number").innerText;
				if (Number > upTo) lines.push({Number, Text: row.querySelector(".log-text").innerText});
			}
			const before = view.scrollTop;
			view.scrollTop += view.clientHeight - 40;
			if (view.scrollTop === before) return lines;
		}
	})()`)
}

// linesOf reads all lines of a task.
func linesOf(t *testing.T, c *client.Client, id string) (all []client.LogLine) {
	t.Helper()
	for {
		batch, err := c.Log(t.Context(), id, client.LogQuery{After: int64(len(all)), First: 10_000})
		require.NoError(t, err)
		if len(batch.Lines) == 0 {
			return all
		}
		all = append(all, batch.Lines...)
	}
}
