package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"stepcast/client"
)

const (
	// markup would run a script wherever it became part of the page.
	markup = `<img src=x onerror=window.hacked=1></script><script>window.hacked=1</script><a href=javascript:window.hacked=1>x</a>`
	// sequences would colour, link, and write to the clipboard of a terminal.
	sequences = "\x1b[31mred\x1b[0m \x1b]8;;javascript:window.hacked=1\x1b\\link\x1b]8;;\x1b\\ \x1b]52;c;aGFja2Vk\x07 \x1b[2J\x7f\u0085"
	// turned would show all that follows it from right to left.
	turned = "safe\u202Egnp.exe \u2067\u05d0\u05d1 \u061c"
	// unseen has characters of no width, and marks that pile up.
	unseen = "a\u200b\u200d\ufeffb z" + "\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301"
	// label is as much of these as a label may hold.
	label = `<img src=x onerror=window.hacked=1>` + "\u202Egnp.exe"
)

// endless has nowhere to break.
func endless(length int) string { return strings.Repeat("W", length) }

// TestConsoleShowsHostileTextAsText shows what a task wrote to harm who looks at it: as markup,
// control sequences, text from right to left, and without an end. Every page shows it as text,
// runs nothing of it, and keeps it from what stands beside it.
func TestConsoleShowsHostileTextAsText(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	chromium(t)
	s := start(t, "--lease", longLease)
	task := "/tasks/" + s.submitHostile(t)
	w := newTab(t, s, desktop)
	w.signIn(s)
	for _, page := range []consolePage{
		{name: "list", path: "/", ready: says(markup)},
		{name: "task", path: task, ready: partSays(markup)},
		{name: "log", path: task + "?tab=log", ready: partSays("]52;c;aGFja2Vk")},
		{name: "timeline", path: task + "?tab=timeline", ready: partSays("javascript:window.hacked=1")},
		{name: "results", path: task + "?tab=results", ready: partSays("=1+1")},
		{name: "details", path: task + "?tab=details", ready: partSays(markup)},
		{name: "submit", path: "/submit?from=" + strings.TrimPrefix(task, "/tasks/"), ready: says(turned)},
	} {
		for _, on := range []screen{desktop, phone} {
			w.show(on)
			run(w, chromedp.Navigate(s.url+page.path))
			w.until(page.name+" on a "+on.name, page.ready)
			w.keep("hostile-" + page.name + "-" + on.name)
			w.requireHarmless(page.name + " on a " + on.name)
			w.requireNoOverflow()
		}
	}
	w.requireLogSigns(task)
}

// submitHostile runs a task whose every text is hostile, to its end.
func (s *server) submitHostile(t *testing.T) string {
	t.Helper()
	const code = `cat <<'END'
%[1]s
%[2]s
%[3]s
%[4]s
%[5]s
END
printf 'nul\000byte\n'
echo '::error %[1]s'
cd "$STEPCAST_RESULTS"
printf '%%s,%%s,%%s\n' head '%[3]s' '<b>c</b>' '"=1+1"' '%[1]s' '%[4]s' > table.csv
exit 7`
	all := strings.Join([]string{markup, sequences, turned, unseen, endless(500)}, " ")
	in := sh(fmt.Sprintf(code, markup, sequences, turned, unseen, endless(10_000)))
	in.Description = all
	in.Steps[0].Description = all
	in.Steps[0].Contents[0].Message = all
	in.Labels = []client.Label{{Key: label, Value: label}, {Key: "long", Value: endless(255)}}
	in.Variables = map[string]any{"hostile": all, "long": endless(10_000)}
	c := s.client()
	task, err := c.Submit(t.Context(), in)
	require.NoError(t, err)
	require.Equal(t, client.StatusFailed, awaitEnd(t, c, task.ID).Status)
	return task.ID
}

// partSays is JavaScript that is true once the part of the task that is shown has a text.
func partSays(text string) string {
	return `document.querySelector("#tab-panel")?.innerText.includes(` + quoted(text) + `)`
}

// requireHarmless checks that nothing of a text became part of the page or ran, and that what
// runs from right to left cannot reach what stands beside it: it is alone in its paragraph or
// in what is isolated.
func (w *tab) requireHarmless(where string) {
	w.t.Helper()
	require.False(w.t, eval[bool](w, "'hacked' in window"), "%s: a script ran", where)
	require.Empty(w.t, eval[[]string](w, `[...document.querySelectorAll("main :is(img, script, iframe, [onerror], [href^='javascript:' i])")].map(e => e.outerHTML)`), where)
	reaching := eval[[]string](w, `(() => {
		const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		while (texts.nextNode()) {
			const text = texts.currentNode;
			if (!/[\u202a-\u202e\u2066-\u2069\u061c\u05d0]/.test(text.data)) continue;
			let around = text.parentElement, style = getComputedStyle(around);
			while (style.display === "inline" && !/isolate|plaintext/.test(style.unicodeBidi)) style = getComputedStyle(around = around.parentElement);
			// A line of the log and a code are one text each, in several spans.
			if (!around.matches(".log-text, pre") && around.textContent.trim() !== text.data.trim()) found.push(around.outerHTML.slice(0, 300));
		}
		return found;
	})()`)
	require.Empty(w.t, reaching, "%s: these turn what stands beside them", where)
}

// requireLogSigns checks that what would act in a terminal is shown by signs in the log.
func (w *tab) requireLogSigns(task string) {
	w.t.Helper()
	w.show(desktop)
	run(w, chromedp.Navigate(w.url+task+"?tab=log"))
	w.until("the log", partSays("]52;c;aGFja2Vk"))
	lines := eval[string](w, `[...document.querySelectorAll(".log-text")].map(line => line.textContent).join("\n")`)
	for _, shown := range []string{"<img src=x onerror=window.hacked=1>", "␛]8;;javascript:window.hacked=1␛\\link", "␛]52;c;aGFja2Vk␇", "␛[2J␡⟨U+0085⟩", "safe⟨U+202E⟩gnp.exe", "a⟨U+200B⟩⟨U+200D⟩⟨U+FEFF⟩b"} {
		require.Contains(w.t, lines, shown)
	}
	require.NotContains(w.t, lines, "\x1b")
	require.NotContains(w.t, lines, "[31m", "colours are shown, not written")
}
