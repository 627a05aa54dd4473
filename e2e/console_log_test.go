package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"stepcast/client"
)

const (
	longLog = 200_000
	// atOnce lines come with one report; each that lineGroup divides the number of is an error.
	atOnce    = 5_000
	lineGroup = 1_000
	// rareLine has a word that no other line has.
	rareLine = 123_457
)

// lineWriter is an outside worker that writes lines.
type lineWriter struct {
	t     *testing.T
	lease *client.Lease
	// first is how many lines there were before it wrote any, and written is the number of its last.
	first, written int
}

func startWriter(t *testing.T, s *server) *lineWriter {
	t.Helper()
	task, err := s.client().Submit(t.Context(), forOutside())
	require.NoError(t, err)
	lease, err := s.client().Lease(t.Context(), client.ClaimInput{ID: task.ID})
	require.NoError(t, err)
	t.Cleanup(lease.Close)
	first := len(linesOf(t, s.client(), task.ID))
	return &lineWriter{t: t, lease: lease, first: first, written: first}
}

func (w *lineWriter) id() string { return w.lease.Claim.Task.ID }

func (w *lineWriter) report(report client.Report) {
	w.t.Helper()
	_, err := w.lease.Report(w.t.Context(), report)
	require.NoError(w.t, err)
}

func (w *lineWriter) finish() {
	w.t.Helper()
	w.report(client.Report{Contents: []client.ContentReport{{ContentID: w.lease.Claim.Contents[0].ID, Status: client.StatusSucceeded}}})
}

// write writes lines until there are so many, a multiple of lineGroup.
func (w *lineWriter) write(upTo int) {
	w.t.Helper()
	for w.written < upTo {
		var report client.Report
		for to := min(upTo, (w.written/atOnce+1)*atOnce); w.written < to; {
			var lines []string
			for (w.written+1)%lineGroup != 0 {
				lines = append(lines, w.line())
			}
			report.Log = append(report.Log,
				client.LogLineInput{Text: strings.Join(lines, "\n")}, client.LogLineInput{Text: w.line(), Level: client.LevelError})
		}
		w.report(report)
	}
}

// line is the next line; its text says its number.
func (w *lineWriter) line() string {
	w.written++
	if w.written == rareLine {
		return fmt.Sprintf("line %d has the needle", w.written)
	}
	return fmt.Sprintf("line %d", w.written)
}

// TestConsoleLog reads a log of 200,000 lines while it is written: follows it, stands still
// in it, and finds a line by its address, by its text and by its level.
func TestConsoleLog(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	chromium(t)
	s := start(t, "--no-worker", "--lease", longLease)
	writing := startWriter(t, s)
	writing.write(longLog / 2)
	w := newTab(t, s, desktop)
	w.signIn(s)
	w.open("/tasks/" + writing.id() + "?tab=log")
	w.untilLastLine(longLog / 2)

	writing.write(longLog/2 + atOnce)
	w.untilLastLine(longLog/2 + atOnce)
	w.standStill(writing)
	w.press("↓ Follow · " + thousands(atOnce) + " new")
	w.untilLastLine(writing.written)
	writing.write(longLog)
	w.untilLastLine(longLog)
	require.Empty(t, w.text(".log-follow"), "who follows needs no button")
	w.keep("log-end")

	w.findByAddress(writing.id())
	w.findByText()
	w.findByLevel()

	writing.finish()
	w.untilStatus("Succeeded")
	w.choose(`select[aria-label="Least level"]`, "All levels")
	all := linesOf(t, s.client(), writing.id())
	require.Equal(t, fmt.Sprint("line ", longLog), all[longLog-1].Text)
	w.until("the last line", fmt.Sprintf(`%s.at(-1)?.querySelector(".log-number").innerText === "%d"`, logRows, len(all)))
}

// logRows is JavaScript that reads the lines in view, those that have not come yet left out.
const logRows = `(() => {
	const view = document.querySelector(".log-lines")?.getBoundingClientRect();
	return view === undefined ? [] : [...document.querySelectorAll(".log-row:not(.is-coming)")].filter(row => {
		const {top, bottom} = row.getBoundingClientRect();
		return bottom > view.top + 1 && top < view.bottom - 1;
	});
})()`

// untilLastLine waits until the last line in view is one, and the text is that of its number.
func (w *tab) untilLastLine(number int) {
	w.t.Helper()
	w.until(fmt.Sprintf("line %d at the end", number), fmt.Sprintf(`(row => row?.querySelector(".log-number").innerText === "%[1]d" &&
		row.querySelector(".log-text").innerText.startsWith("line %[1]d"))(%[2]s.at(-1))`, number, logRows))
}

// standStill scrolls up while lines come: what is in view stays there.
func (w *tab) standStill(writing *lineWriter) {
	w.t.Helper()
	before := writing.written
	w.focus(".log-lines")
	w.key(strings.Repeat(kb.PageUp, 10))
	top := `%s[0]?.querySelector(".log-number").innerText`
	top = fmt.Sprintf(top, logRows)
	w.until("the view to have left the end", `document.querySelector(".log-follow") && Number(`+top+`) < `+fmt.Sprint(before-100))
	until(w.t, "the view to stand", func() bool { return eval[bool](w, stands) })
	at := eval[string](w, top)
	writing.write(before + atOnce)
	w.until("the new lines to be told of", `document.querySelector(".log-follow").innerText.includes("`+thousands(atOnce)+` new")`)
	require.Equal(w.t, at, eval[string](w, top), "the view stays where it was left")
}

// stands is JavaScript that says whether nothing is scrolled from one painting to the next but one.
const stands = `new Promise(done => {
	const view = document.querySelector(".log-lines"), at = view.scrollTop;
	requestAnimationFrame(() => requestAnimationFrame(() => done(view.scrollTop === at)));
})`

// findByAddress opens the address of a line.
func (w *tab) findByAddress(id string) {
	w.t.Helper()
	w.open(fmt.Sprintf("/tasks/%s#L%d", id, rareLine))
	marked := `%s.find(row => row.classList.contains("is-marked"))?.querySelector(".log-text").innerText`
	w.until("the line of the address", fmt.Sprintf(marked+` === "line %d has the needle"`, logRows, rareLine))
	w.untilText(fmt.Sprintf("Line %d", rareLine))
	// A number is the address of its line.
	run(w, chromedp.Click(chromedp.CSS(".log-row.is-marked + .log-row .log-number")))
	w.until("the next line", fmt.Sprintf(`location.hash === "#L%d"`, rareLine+1))
	w.press("✕")
}

// findByText searches for what one line has, far from where the view is.
func (w *tab) findByText() {
	w.t.Helper()
	w.focus(".log-lines")
	w.key(kb.Home)
	w.until("the first line", logRows+`[0]?.querySelector(".log-number").innerText === "1"`)
	w.fill(".log-search input", "HAS the needle")
	w.key(kb.Enter)
	w.until("the line", fmt.Sprintf(`%s.find(row => row.classList.contains("is-current"))?.querySelector(".log-number").innerText === "%d"`, logRows, rareLine))
	w.until("how many there are", `document.querySelector(".log-found").innerText === "1 / 1"`)
	w.fill(".log-search input", "there is no such line")
	w.key(kb.Enter)
	w.untilText("Not found")
}

// findByLevel shows the errors alone.
func (w *tab) findByLevel() {
	w.t.Helper()
	w.choose(`select[aria-label="Least level"]`, "ERROR only")
	w.untilLastLine(longLog)
	require.True(w.t, eval[bool](w, logRows+`.every(row => row.classList.contains("is-error"))`))
	w.focus(".log-lines")
	w.key(kb.Home)
	w.until("the first error", fmt.Sprintf(`%s[0]?.querySelector(".log-number").innerText === "%d"`, logRows, lineGroup))
	require.Equal(w.t, longLog/lineGroup*20, eval[int](w, `document.querySelector(".log-space").clientHeight`), "there are so many rows")
}

// thousands writes a number as the page does.
func thousands(n int) string { return fmt.Sprintf("%d,%03d", n/1000, n%1000) }
