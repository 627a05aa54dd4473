package console

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// measureList measures the list of tasks while many run and their progress changes.
func measureList(tb testing.TB, size sizes) (rows []row) {
	tb.Helper()
	s := startServer(tb)
	c := startCrowd(tb, s, size.tasks)
	p := newPage(tb)
	p.signIn(s)
	p.until("tasks", `document.querySelectorAll(".task-row").length === 50`)
	rows = append(rows, p.measure(fmt.Sprintf("list, %d tasks run: still", size.tasks), size.span, pause))
	middle := place{640, 500}
	for _, looked := range []struct {
		what string
		do   func()
	}{{"looked at", pause}, {"wheel", p.upAndDown(middle)}} {
		before := p.progress()
		stop := c.change(tb, size.changes)
		r := p.measure("", size.span, looked.do)
		p.until("progress", fmt.Sprintf(`%s !== %q`, progressSum, before))
		r.what = fmt.Sprintf("list, %d tasks run, %.0f changes a second: %s", size.tasks, stop(), looked.what)
		rows = append(rows, r)
	}
	return rows
}

// progressSum words what the bars of all rows show.
const progressSum = `[...document.querySelectorAll(".task-row .progress-bar")].map(e => e.style.transform).join()`

func (p *page) progress() string {
	p.tb.Helper()
	return eval[string](p, progressSum)
}

// upAndDown turns the wheel ten times down and ten times up, and so on.
func (p *page) upAndDown(at place) func() {
	n := 0
	return func() {
		way := 300.0
		if n++; n%20 >= 10 {
			way = -way
		}
		p.wheel(at, way)
	}
}

// measurePlain measures what any page costs on this machine: one that does nothing, and one
// that is nothing but a list of 10,000 rows.
func measurePlain(tb testing.TB, size sizes) (rows []row) {
	tb.Helper()
	p := newPage(tb)
	p.open("about:blank")
	rows = append(rows, p.measure("empty page: still", size.span, pause))
	eval[chromedp.Void](p, `for (let i = 1; i <= 10_000; i++) {
		const row = document.createElement("div");
		row.textContent = "Row " + i + " of a list that never changes";
		document.body.append(row);
	}`)
	rows = append(rows, p.measure("static list of 10000 rows: wheel", size.span, p.upAndDown(place{640, 400})))
	require.Positive(tb, eval[float64](p, "document.body.scrollHeight"))
	return rows
}
