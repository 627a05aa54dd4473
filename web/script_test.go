package web_test

import (
	"bytes"
	"compress/gzip"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// mostScript is what a browser loads of script to show one page, compressed, in bytes: it
// is there at once also over a slow line.
const mostScript = 40 << 10

// entry is the script that the page links, and taskPage the one whose parts are tabs.
const (
	entry    = "console.js"
	taskPage = "TaskPage.js"
)

// script is a built file: its size compressed, what it cannot run without, and what it
// loads when somebody goes there.
type script struct {
	bytes int
	needs []string
	later []string
}

// chunk finds the name of another script, and what stands before it: "import(" where it is
// loaded later, "from" or "import" where it is needed.
var chunk = regexp.MustCompile("(import\\(|from|import)?\\s*[\"'`]\\./([\\w.-]+\\.js)[\"'`]")

// scripts reads what the build made.
func scripts(t *testing.T) map[string]script {
	t.Helper()
	names, err := filepath.Glob("dist/*.js")
	require.NoError(t, err)
	all := map[string]script{}
	for _, name := range names {
		body, err := os.ReadFile(name)
		require.NoError(t, err)
		one := script{bytes: packed(t, body)}
		for _, match := range chunk.FindAllSubmatch(body, -1) {
			switch other := string(match[2]); string(match[1]) {
			case "import(":
				one.later = append(one.later, other)
			case "from", "import":
				one.needs = append(one.needs, other)
			default:
				require.Fail(t, "a script is named and not imported", "%s in %s", other, name)
			}
		}
		all[filepath.Base(name)] = one
	}
	return all
}

// load adds a script and all that it needs to what is loaded.
func load(all map[string]script, name string, loaded map[string]bool) {
	if loaded[name] {
		return
	}
	loaded[name] = true
	for _, other := range all[name].needs {
		load(all, other, loaded)
	}
}

// later are the scripts that those loaded load when somebody goes there, but for those that
// others do as well.
func later(all map[string]script, loaded, others map[string]bool) []string {
	found := map[string]bool{}
	for name := range loaded {
		if others[name] {
			continue
		}
		for _, other := range all[name].later {
			found[other] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func size(all map[string]script, loaded map[string]bool) int {
	sum := 0
	for name := range loaded {
		sum += all[name].bytes
	}
	return sum
}

// TestEachPageIsSmall counts the script of each page: what starts the console, the page's own,
// and all that the page loads when somebody uses it. The tabs of a task are counted one at a
// time, because nobody sees two at once and each is loaded when it is first shown: so the page
// of a task has one sum for each tab. Texts and examples are data, which no browser compiles,
// and are not counted. What is loaded with what is read from the built files themselves.
func TestEachPageIsSmall(t *testing.T) {
	t.Parallel()
	all := scripts(t)
	start := map[string]bool{}
	load(all, entry, start)
	pages := later(all, start, nil)
	require.Contains(t, pages, taskPage)

	reached := maps.Clone(start)
	check := func(loaded map[string]bool, names ...string) {
		bytes := size(all, loaded)
		t.Logf("%-40s %6d bytes of script, compressed", strings.Join(names, " "), bytes)
		require.LessOrEqual(t, bytes, mostScript, "%v loads %v", names, slices.Sorted(maps.Keys(loaded)))
		maps.Copy(reached, loaded)
	}
	for _, page := range pages {
		loaded := maps.Clone(start)
		load(all, page, loaded)
		parts := later(all, loaded, start)
		if page == taskPage {
			require.GreaterOrEqual(t, len(parts), 3, "log, timeline and more")
			for _, tab := range parts {
				with := maps.Clone(loaded)
				load(all, tab, with)
				require.Empty(t, later(all, with, loaded), "what a tab loads later is to be counted too")
				check(with, page, tab)
			}
			continue
		}
		for len(parts) > 0 {
			before := maps.Clone(loaded)
			for _, part := range parts {
				load(all, part, loaded)
			}
			parts = later(all, loaded, before)
		}
		check(loaded, page)
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(all)), slices.Collect(maps.Keys(reached)), "every script belongs to a page")
}

func packed(t *testing.T, body []byte) int {
	t.Helper()
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	require.NoError(t, err)
	_, err = w.Write(body)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Len()
}
