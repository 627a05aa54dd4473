package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// screens are those that the console must be good on.
func screens() []screen {
	return []screen{desktop, phone, desktop.inTheDark(), phone.inTheDark()}
}

// TestConsoleOpens signs in, and looks at the frame around every page.
func TestConsoleOpens(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	chromium(t)
	s := start(t)
	for _, on := range []screen{desktop, phone} {
		t.Run(on.name, func(t *testing.T) {
			w := newTab(t, s, on)
			w.signIn(s)
			w.untilText("admin")
			require.Equal(t, "Tasks", w.text("main h1"))
			w.key("?")
			w.untilText("Show these keys")
			w.press("Close")
			w.until("the dialog to be gone", "!document.querySelector('dialog')")
			w.requireNoOverflow()
			top := eval[float64](w, "document.querySelector('main > *').getBoundingClientRect().top")
			require.LessOrEqual(t, top, 110.0, "what stands above every page leaves the screen to it")
		})
	}
}

// TestConsoleIsAccessible looks for faults of accessibility on every page, on every screen.
func TestConsoleIsAccessible(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	chromium(t)
	script := axe(t)
	s := start(t, "--lease", longLease)
	w := newTab(t, s, desktop)
	run(w, chromedp.Navigate(s.url+"/login"))
	w.requireAccessibleOnAll(script, "the sign-in page")
	w.signIn(s)
	w.untilText("No tasks yet")
	w.requireAccessibleOnAll(script, "the list without tasks")
	w.key("?")
	w.untilText("Show these keys")
	w.requireAccessibleOnAll(script, "the keys")

	failed, err := s.client().Submit(t.Context(), sh("echo '::warning careful'; printf 'a,b\n1,2\n' > $STEPCAST_RESULTS/table.csv; exit 3"))
	require.NoError(t, err)
	awaitEnd(t, s.client(), failed.ID)
	running, err := s.client().Submit(t.Context(), sh("while :; do sleep 0.1; done"))
	require.NoError(t, err)
	for _, page := range []struct{ path, shows string }{
		{"/", ".task-row + .task-row"},
		{"/tasks/" + running.ID, ".step"},
		{"/tasks/" + failed.ID + "?tab=log", ".log-text"},
		{"/tasks/" + failed.ID + "?tab=timeline", ".timeline-row"},
		{"/tasks/" + failed.ID + "?tab=results", "#tab-panel .result, #tab-panel .empty"},
		{"/tasks/" + failed.ID + "?tab=resources", "#tab-panel > *"},
		{"/tasks/" + failed.ID + "?tab=details", "#tab-panel table"},
		{"/submit", ".step-form"},
		{"/account", "main form"},
		{"/users", ".account .user-facts, .account dl"},
		{"/tasks/123456", "main h1"},
	} {
		w.open(page.path)
		w.until("what the page is for", `document.querySelector(`+quoted(page.shows)+`)`)
		w.requireAccessibleOnAll(script, page.path)
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

// requireAccessibleOnAll is requireAccessible for every screen, none of which the page is too wide for.
func (w *tab) requireAccessibleOnAll(script, what string) {
	w.t.Helper()
	for _, on := range screens() {
		w.show(on)
		w.requireAccessible(script, what+" on "+on.name)
		w.requireNoOverflow()
		w.keep("page-" + strings.Trim(strings.NewReplacer("/", "-", "?", "-", "=", "-", " ", "-").Replace(what), "-") + "-" + on.name)
	}
	w.show(desktop)
}
