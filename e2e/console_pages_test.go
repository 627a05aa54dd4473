package e2e

import (
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// consolePage is one of the console as somebody comes to it.
type consolePage struct {
	name, path string
	// ready is JavaScript that is true once the page shows what it is for.
	ready string
	// act does something in the page first; nil does nothing.
	act func(w *tab)
}

// TestConsolePages looks at every page of a server in the middle of its work, on each screen:
// for faults of accessibility, and for what is wider than the screen. The pictures that it
// keeps are those of the documents.
func TestConsolePages(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	chromium(t)
	script := axe(t)
	s := start(t, "--lease", longLease)
	w := newTab(t, s, desktop)

	run(w, chromedp.Navigate(s.url+"/"))
	w.lookAt(script, consolePage{name: "sign-in", path: "/", ready: `document.querySelector("#password")`})
	w.signIn(s)
	w.lookAt(script, consolePage{name: "list-empty", path: "/", ready: says("No tasks yet")})
	for _, page := range pagesOf(s.setScene(t)) {
		w.lookAt(script, page)
	}
	for _, path := range []string{"/graphiql", "/openapi"} {
		run(w, chromedp.Navigate(w.url+path))
		w.until("the page", `document.querySelector("h1, h2, h3, [role=tablist], button")`)
		eval[chromedp.Void](w, script)
		require.Empty(t, eval[[]string](w, frameFaults), path)
	}
}

// frameFaults is JavaScript that looks for the faults of a page that others wrote the inside of
// (GraphiQL, Swagger UI) which are ours: those of the document around it.
const frameFaults = `axe.run({runOnly: ["document-title", "html-has-lang", "html-lang-valid", "meta-viewport", "meta-refresh"]})
	.then(({violations}) => violations.map(({id, help}) => id + ": " + help))`

// pagesOf are all pages, each with what there is to see.
func pagesOf(of scene) []consolePage {
	task, failed := "/tasks/"+of.running, "/tasks/"+of.failed
	return []consolePage{
		{name: "list", path: "/", ready: count(".task-row", 10)},
		{name: "keys", path: "/", ready: count(".task-row", 10), act: func(w *tab) {
			w.key("?")
			w.untilText("Show these keys")
		}},
		{name: "list-none", path: "/?text=nobody", ready: says("No task matches these filters.")},
		{name: "list-cancel", path: "/", ready: count(".task-row", 10), act: func(w *tab) {
			w.click(".task-row:nth-of-type(1) input")
			w.click(".task-row:nth-of-type(2) input")
			w.untilText("2 selected")
			w.press("Cancel…")
			w.until("the question", `document.querySelector("dialog[open]")`)
		}},
		{name: "task", path: task, ready: count("[role=progressbar]", 9)},
		{name: "task-failed", path: failed, ready: says("exit")},
		{name: "task-cancel", path: task, ready: says("Cancel task"), act: func(w *tab) {
			w.press("Cancel task")
			w.until("the question", `document.querySelector("dialog[open]")`)
		}},
		{name: "log", path: task + "?tab=log", ready: says("connection reset")},
		{name: "timeline", path: task + "?tab=timeline", ready: `document.querySelector(".replay-slider")?.disabled === false`, act: func(w *tab) {
			w.click(".timeline-row[aria-posinset='3'] .timeline-label")
			w.until("its contents", count(".timeline-row", 9))
		}},
		{name: "results", path: task + "?tab=results", ready: count(".result", 1)},
		{name: "resources", path: task + "?tab=resources", ready: `document.querySelector(".plot-area")`},
		{name: "details", path: task + "?tab=details", ready: count("#tab-panel table", 1)},
		{name: "missing", path: "/tasks/999999", ready: says("There is no task 999999")},
		// Before the form is filled: what was filled in is kept.
		{name: "submit-wrong", path: "/submit", ready: says("Submit"), act: func(w *tab) {
			w.click(".submit-do button")
			w.until("what is wrong", `document.querySelector(".problems")`)
		}},
		{name: "submit", path: "/submit?from=" + of.running, ready: says("Ski tracks")},
		{name: "account", path: "/account", ready: says("nightly build")},
		{name: "users", path: "/users", ready: says("watcher")},
		{name: "user", path: "/users?user=jonas", ready: says("jonas")},
	}
}

// lookAt opens a page on each size of a screen, and looks at it in the light and in the dark.
func (w *tab) lookAt(axe string, p consolePage) {
	w.t.Helper()
	for _, size := range []screen{desktop, phone} {
		w.show(size)
		run(w, chromedp.Navigate(w.url+p.path))
		w.until(p.name+" on a "+size.name, p.ready)
		if p.act != nil {
			p.act(w)
		}
		for _, on := range []screen{size, size.inTheDark()} {
			w.show(on)
			name := p.name + "-" + on.name
			w.keep(name)
			w.requireAccessible(axe, name)
			w.requireNoOverflow()
		}
	}
}

// says is JavaScript that is true once the page shows a text, or a field holds it.
func says(text string) string {
	return `(t => document.body.innerText.includes(t) || [...document.querySelectorAll("input, textarea")].some(f => f.value.includes(t)))(` + quoted(text) + `)`
}

// count is JavaScript that is true once the page has that many elements, or more.
func count(selector string, least int) string {
	return "document.querySelectorAll(" + quoted(selector) + ").length >= " + strconv.Itoa(least)
}
