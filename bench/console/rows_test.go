package console

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// row is what was found while something happened to a page.
type row struct {
	what string
	work
	gaps []time.Duration
	// took is how long it was recorded.
	took time.Duration
	// made is how many elements came into the page for one appended line; below 0 where none
	// were appended.
	made float64
	// nodes are those of the page afterwards, growth what its heap has more than before, in bytes.
	nodes  int64
	growth float64
}

// measure does something for a span of time, again and again, once at least, and gives what
// was found.
func (p *page) measure(what string, span time.Duration, do func()) row {
	p.tb.Helper()
	before := p.held()
	r := row{what: what, made: -1}
	began := time.Now()
	r.work, r.gaps = p.record(func() {
		for until := time.Now().Add(span); ; {
			if do(); time.Now().After(until) {
				return
			}
		}
	})
	r.took = time.Since(began)
	after := p.held()
	r.nodes, r.growth = after.nodes, after.heap-before.heap
	return r
}

// late counts the frames that came more than frameMost after the one before.
func (r *row) late() (n int) {
	for _, gap := range r.gaps {
		if gap > frameMost {
			n++
		}
	}
	return n
}

// writeTable writes a table in Markdown.
func writeTable(w io.Writer, rows []row) error {
	table := [][]string{{
		"what", "s", "longest task, CPU ms", "tasks above 50 ms CPU", "longest task, ms", "CPU of the thread, %",
		"frames", "frames later than 50 ms", "longest between frames, ms", "DOM nodes", "elements made a line", "heap grew, kB",
	}, {"---", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:"}}
	for _, r := range rows {
		made := "–"
		if r.made >= 0 {
			made = fmt.Sprintf("%.2f", r.made)
		}
		table = append(table, []string{
			r.what, fmt.Sprintf("%.1f", r.took.Seconds()), milliseconds(r.longest), fmt.Sprint(r.over), milliseconds(r.longestWall),
			fmt.Sprintf("%.0f", 100*r.busy.Seconds()/r.took.Seconds()),
			fmt.Sprint(len(r.gaps)), fmt.Sprint(r.late()), milliseconds(slices.Max(append(r.gaps, 0))),
			fmt.Sprint(r.nodes), made, fmt.Sprintf("%.0f", r.growth/1000),
		})
	}
	for _, cells := range table {
		if _, err := fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | ")); err != nil {
			return err
		}
	}
	return nil
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f", float64(d)/float64(time.Millisecond))
}

// TestWorkIsThatOfTheMarkedThread: other threads and what is outside of the marks do not count.
func TestWorkIsThatOfTheMarkedThread(t *testing.T) {
	t.Parallel()
	event := func(name string, pid, tid int, at, cpu float64) []byte {
		return fmt.Appendf(nil, `{"name":%q,"ph":"X","pid":%d,"tid":%d,"ts":%f,"dur":%f,"tdur":%f}`, name, pid, tid, at, 2*cpu, cpu)
	}
	events := [][]byte{
		event(taskName, 1, 1, 5, 900_000),
		event(taskName, 1, 1, 20, 60_000),
		event(markBegin, 1, 1, 10, 0),
		event(markEnd, 1, 1, 50, 0),
		event(taskName, 1, 1, 30, 1_000),
		event(taskName, 1, 2, 30, 800_000),
		event(taskName, 2, 1, 30, 700_000),
		event("Layout", 1, 1, 30, 600_000),
		event(taskName, 1, 1, 51, 500_000),
	}
	w, err := workOf(events)
	require.NoError(t, err)
	require.Equal(t, work{tasks: 2, longest: 60 * time.Millisecond, longestWall: 120 * time.Millisecond, over: 1, busy: 61 * time.Millisecond}, w)

	_, err = workOf(events[:3])
	require.ErrorContains(t, err, "no marks")
	_, err = workOf([][]byte{
		event(markBegin, 1, 1, 10, 0), event(markEnd, 1, 1, 50, 0), []byte(`{"name":"RunTask","ph":"X","pid":1,"tid":1,"ts":20,"dur":5}`),
	})
	require.ErrorContains(t, err, "no processor time")
	_, err = workOf([][]byte{event(markBegin, 1, 1, 10, 0), event(markEnd, 1, 1, 50, 0)})
	require.ErrorContains(t, err, "no tasks")
}

func TestTableIsMarkdown(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, writeTable(&out, []row{{
		what: "wheel", work: work{tasks: 3, longest: 12_340 * time.Microsecond}, took: time.Second, made: 0.5,
		gaps: []time.Duration{16 * time.Millisecond, 60 * time.Millisecond},
	}}))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 3)
	require.Contains(t, lines[2], "| wheel | 1.0 | 12.3 | 0 |")
	require.Contains(t, lines[2], "| 2 | 1 | 60.0 |")
	for _, line := range lines {
		require.Equal(t, strings.Count(lines[0], "|"), strings.Count(line, "|"), line)
	}
}
