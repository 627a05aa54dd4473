package console

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// shownLog is the log of a task in a page.
type shownLog struct {
	*page
	log *longLog
	// middle is in the lines; thumb is the beginning of their scrollbar, and foot its end.
	middle, thumb, foot place
}

const (
	// linesShown holds when rows show lines.
	linesShown = `document.querySelectorAll(".log-row .log-time").length > 5`
	linesBox   = `document.querySelector(".log-lines")`
)

// measureLog measures the log of a running task.
func measureLog(tb testing.TB, size sizes) (rows []row) {
	tb.Helper()
	s := startServer(tb)
	l := startLog(tb, s)
	l.fill(tb, size.lines)
	v := &shownLog{page: newPage(tb), log: l}
	v.signIn(s)
	lines := fmt.Sprintf("log of %d lines: ", size.lines)
	measure := func(what string, do func()) {
		rows = append(rows, v.measure(lines+what, size.span, do))
	}
	v.open(s.url + "/tasks/" + l.id)
	v.until("the task", `document.querySelector("#tab-log")`)
	rows = append(rows, v.measure(lines+"opened", 0, func() {
		run(v.page, chromedp.Click("#tab-log"))
		v.until("lines", linesShown)
	}))
	v.findPlaces()
	measure("still", pause)
	measure("wheel", v.walk(func(way float64) { v.wheel(v.middle, way*700) }))
	run(v.page, chromedp.Focus(".log-lines"))
	measure("Page keys", v.walk(func(way float64) { v.key(map[float64]string{1: kb.PageDown, -1: kb.PageUp}[way]) }))
	measure("End and Home", v.ends)
	measure("scrollbar dragged from end to end", v.drag)
	for _, rate := range []int{200, 2000} {
		rows = append(rows, v.follow(size, rate))
	}
	v.key(kb.Home)
	stop := l.append(tb, 2000)
	measure("wheel, while 2000 lines a second come", v.walk(func(way float64) { v.wheel(v.middle, way*700) }))
	stop()
	return append(rows, v.search(lines), v.filter(lines))
}

// pause lets the page be; it is looked again whether the time is over soon.
func pause() { time.Sleep(poll) }

// findPlaces finds where the lines are on the screen.
func (v *shownLog) findPlaces() {
	v.tb.Helper()
	box := eval[struct{ Left, Top, Right, Bottom, Bar float64 }](v.page, `(({left, top, right, bottom}, inner) =>
		({Left: left, Top: top, Right: right, Bottom: bottom, Bar: right - left - inner}))(`+linesBox+`.getBoundingClientRect(), `+linesBox+`.clientWidth)`)
	require.Greater(v.tb, box.Bar, 5.0, "there is a scrollbar to be dragged")
	x := box.Right - box.Bar/2
	v.middle = place{(box.Left + box.Right) / 2, (box.Top + box.Bottom) / 2}
	v.thumb, v.foot = place{x, box.Top + box.Bar + 4}, place{x, box.Bottom}
}

// walk goes forward forty times, then back twenty times, and so on.
func (v *shownLog) walk(step func(way float64)) func() {
	n := 0
	return func() {
		way := 1.0
		if n++; n%60 > 40 {
			way = -1
		}
		step(way)
	}
}

// ends goes to the end and back to the beginning, and waits for the lines there.
func (v *shownLog) ends() {
	v.tb.Helper()
	v.key(kb.End)
	v.untilLine(v.log.lines)
	v.key(kb.Home)
	v.untilLine(1)
}

// untilLine waits until a line is in view.
func (v *shownLog) untilLine(number int) {
	v.tb.Helper()
	v.until(fmt.Sprint("line ", number), fmt.Sprintf(`[...document.querySelectorAll(".log-row .log-time")]
		.some(e => e.parentElement.querySelector(".log-number").textContent === "%d")`, number))
}

// drag takes the thumb of the scrollbar from the beginning to the end, in small steps, as a
// hand does; the last lines must come to be seen.
func (v *shownLog) drag() {
	v.tb.Helper()
	held := func(m *input.DispatchMouseEventParams) {
		m.Button, m.Buttons, m.ClickCount = input.MouseButtonLeft, 1, 1
	}
	v.key(kb.Home)
	v.untilLine(1)
	v.settle()
	v.findPlaces() // a note above the log moves it
	const steps = 120
	v.mouse(input.DispatchMouseEventTypeMousePressed, v.thumb, held)
	for i := range steps {
		at := v.thumb
		at.Y += (v.foot.Y - v.thumb.Y) * float64(i+1) / steps
		v.mouse(input.DispatchMouseEventTypeMouseMoved, at, held)
	}
	v.mouse(input.DispatchMouseEventTypeMouseReleased, v.foot, func(m *input.DispatchMouseEventParams) {
		held(m)
		m.Buttons = 0
	})
	v.untilLine(v.log.lines)
}

// settle waits until the browser's own scrollbar has heard where the page went: that takes it
// a frame more.
func (v *shownLog) settle() {
	v.tb.Helper()
	run(v.page, chromedp.Evaluate[chromedp.Void](`new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))`, chromedp.EvalAwaitPromise))
}

// follow stays at the end while lines come at a rate. Elements are counted apart from what is
// measured, because counting costs time.
func (v *shownLog) follow(size sizes, rate int) row {
	v.tb.Helper()
	v.key(kb.End)
	v.untilLine(v.log.lines)
	stop := v.log.append(v.tb, rate)
	r := v.measure("", size.span, pause)
	came := stop()
	r.what = fmt.Sprintf("followed, %.0f lines a second", came)
	v.untilLine(v.log.lines)

	before, count := v.log.lines, v.countNodes()
	stop = v.log.append(v.tb, rate)
	time.Sleep(size.span)
	stop()
	v.untilLine(v.log.lines)
	r.made = float64(count()) / float64(v.log.lines-before)
	return r
}

// search looks for a text that is all over the log, in few lines.
func (v *shownLog) search(lines string) row {
	v.tb.Helper()
	run(v.page, chromedp.SendKeys(".log-search input", needle, chromedp.NodeVisible))
	return v.measure(lines+"searched", 0, func() {
		v.key(kb.Enter)
		v.until("matches", `/\d/.test(document.querySelector(".log-found")?.innerText ?? "") && !document.querySelector(".log-found button")`)
	})
}

// filter shows errors only: those are the lines with the needle.
func (v *shownLog) filter(lines string) row {
	v.tb.Helper()
	errors := 1 + (v.log.lines-needleAt)/needleEvery
	return v.measure(lines+"errors only", 0, func() {
		eval[chromedp.Void](v.page, `(e => { e.value = "ERROR"; e.dispatchEvent(new Event("change", {bubbles: true})); })(document.querySelector(".log-tools select"))`)
		v.until("errors", fmt.Sprintf(`document.querySelectorAll(".log-row").length === %[1]d
			&& document.querySelectorAll(".log-row.is-error .log-time").length === %[1]d`, errors))
	})
}
