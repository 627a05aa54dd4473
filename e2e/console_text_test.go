package e2e

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/client"
)

// markup would run a script, were it taken for more than a text.
const markup = `<img src=x onerror="window.ran=1"></script><script>window.ran=1</script><a href="javascript:window.ran=1">javascript:window.ran=1</a>`

// trickery turns what follows around, hides, and has no place to break.
var trickery = "\u202egnp.exe\u2066\u202d\u200b\u2060\ufeff" + "Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308 \x1b[31mred\x1b]8;;javascript:window.ran=1\x07link\x1b]8;;\x07\x1b]52;c;aGk=\x07\x07\x08\x7f\u0085" + strings.Repeat("W", 400)

// hostile is a text of both; the name tells where it was put.
func hostile(name string) string { return name + " " + markup + trickery }

// hostileTask is a task whose every text is hostile: those that it is submitted with, and
// those that it writes. Its second step fails.
func hostileTask() client.SubmitInput {
	lines := hostile("line") + "\x00\n::progress 50 " + hostile("message") + "\n" + hostile("long") + strings.Repeat("M", 10_000) + "\n"
	// A table with control characters is no table to the server, and can only be downloaded.
	cell := func(name string) string {
		return `"` + strings.ReplaceAll(name+" "+markup, `"`, `""`) + "\u202egnp.exe\u200b" + strings.Repeat("W", 400) + `"`
	}
	table := cell("head") + ",b\n" + cell("cell") + ",c\n"
	printed := func(text string) string {
		return "echo " + base64.StdEncoding.EncodeToString([]byte(text)) + " | base64 -d"
	}
	name := "<img src=x onerror=window.ran=1>\u202egnp.csv"
	return client.SubmitInput{
		Description: hostile("description"),
		Labels:      []client.Label{{Key: "label", Value: markup[:70] + "\u202eabc"}},
		Variables:   map[string]any{"VARIABLE": hostile("variable")},
		Steps: []client.StepInput{
			{Description: hostile("step 1"), Contents: []client.ContentInput{{
				Message: hostile("content 1"), RunType: "shell",
				Code: "# " + markup + "\u202e\n" + printed(lines) + "\n" + printed(table) + ` > "$STEPCAST_RESULTS/` + name + "\"\n",
			}}},
			{Description: hostile("step 2"), Contents: []client.ContentInput{{Message: hostile("content 2"), RunType: "shell", Code: "exit 3"}}},
		},
	}
}

// TestConsoleShowsTextAsText looks at all that a task can say, on every page that says it.
func TestConsoleShowsTextAsText(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	chromium(t)
	s := start(t, "--lease", longLease)
	task, err := s.client().Submit(t.Context(), hostileTask())
	require.NoError(t, err)
	require.Equal(t, client.StatusFailed, awaitEnd(t, s.client(), task.ID).Status)
	w := newTab(t, s, desktop)
	w.signIn(s)
	page := "/tasks/" + task.ID
	for _, one := range []struct {
		path string
		// shows is the name of a text that the page has.
		shows string
	}{
		{"/", "description"},
		{page, "step 2"},
		{page + "?tab=log", "line"},
		{page + "?tab=timeline", "step 1"},
		{page + "?tab=results", "cell"},
		{page + "?tab=resources", "description"},
		{page + "?tab=details", "variable"},
		{"/submit?from=" + task.ID, "description"},
	} {
		for _, on := range []screen{desktop, phone} {
			w.show(on)
			w.open(one.path)
			w.until(fmt.Sprintf("%s to show %s", one.path, one.shows), fmt.Sprintf("(%s)().includes(%s)", shownText, quoted(one.shows+" "+markup)))
			require.Equal(t, []string{}, eval[[]string](w, turned), "%s on a %s: nothing beside a text is turned around", one.path, on.name)
			require.False(t, eval[bool](w, `"ran" in window || document.querySelector("main img, main script, main [href^='javascript:' i]") !== null`), one.path)
			w.requireNoOverflow()
			w.keep(fmt.Sprintf("text-%s-%s", strings.NewReplacer("/", "", "?", "-", "=", "-").Replace(one.path), on.name))
		}
	}
}

// shownText is a function of JavaScript: all that can be read in the page, and what stands in fields.
const shownText = `() => [document.querySelector("main").textContent, ...[...document.querySelectorAll("input, textarea")].map(field => field.value)].join("\n")`

// turned is JavaScript that lists texts with marks that turn text around which something else
// stands beside in the same paragraph: neither an element that isolates them nor a block of
// their own is between.
const turned = `(() => {
	const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (texts.nextNode()) {
		if (!/[\u202a-\u202e]/.test(texts.currentNode.data)) continue;
		let element = texts.currentNode.parentElement;
		const isolates = style => /isolate|plaintext/.test(style.unicodeBidi);
		for (; getComputedStyle(element).display === "inline" && !isolates(getComputedStyle(element)); element = element.parentElement);
		const alone = element.textContent === texts.currentNode.data;
		if (!isolates(getComputedStyle(element)) && !alone) found.push(element.outerHTML.slice(0, 300));
	}
	return found;
})()`
