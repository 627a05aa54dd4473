package console

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/internal/process"
)

func TestMain(m *testing.M) {
	process.Main()
	code := m.Run()
	if program.path != "" {
		_ = os.RemoveAll(filepath.Dir(program.path))
	}
	if len(found) > 0 {
		fmt.Println()
		if err := writeTable(os.Stdout, found); err != nil {
			code = 1
		}
	}
	os.Exit(code)
}

// sizes say how much is measured.
type sizes struct {
	// lines are in the log, tasks run in the list; changes is how often their progress
	// changes in a second, all together.
	lines, tasks, changes int
	// span is how long each thing is measured that has no end of its own.
	span time.Duration
}

var groups = []struct {
	name    string
	measure func(testing.TB, sizes) []row
}{{"plain", measurePlain}, {"list", measureList}, {"log", measureLog}}

// found is what the benchmark prints at the end.
var found []row

// BenchmarkConsole fails where the main thread is busy with one task for more than 50 ms of
// processor time. A page that only waits for its processor is not slow.
func BenchmarkConsole(b *testing.B) {
	unixOnly(b)
	for _, g := range groups {
		b.Run(g.name, func(b *testing.B) {
			b.ReportMetric(0, "ns/op") // one operation is a whole measurement
			rows := g.measure(b, sizes{lines: 1_000_000, tasks: 500, changes: 500, span: 10 * time.Second})
			found = append(found, rows...)
			for _, r := range rows {
				if r.over > 0 {
					b.Errorf("%s: %d tasks of the main thread took more than %v of CPU, the longest %v", r.what, r.over, frameMost, r.longest)
				}
			}
		})
	}
}

// TestPagesStaySmall does all that is measured with few lines and tasks, and looks at what can
// be counted: how many nodes there are does not depend on how much there is.
func TestPagesStaySmall(t *testing.T) {
	unixOnly(t)
	size := sizes{lines: 30_000, tasks: 60, changes: 60, span: 500 * time.Millisecond}
	for _, g := range groups[1:] {
		t.Run(g.name, func(t *testing.T) {
			for _, r := range g.measure(t, size) {
				require.Positive(t, r.tasks, r.what)
				require.NotEmpty(t, r.gaps, r.what)
				require.Less(t, r.nodes, int64(6_000), "%s: DOM nodes", r.what)
				if strings.HasPrefix(r.what, "followed") {
					require.Positive(t, r.made, "%s: elements a line", r.what)
				}
			}
		})
	}
}

func unixOnly(tb testing.TB) {
	tb.Helper()
	if runtime.GOOS == "windows" {
		tb.Skip("Windows has no sh and no named pipes")
	}
}
