package executortest

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/executor"
	"stepcast/models"
)

// Case is one executor.
type Case struct {
	// New makes the executor, ready to run.
	New func(t testing.TB, l Limits) executor.Executor
	// Program is what the tests run. A test whose program is empty is left out: the
	// executor cannot do it.
	Program Program
	// BadParams are params that are refused, each with the field that is to blame.
	BadParams map[string][]string
}

// Limits of an executor under test; zero is its default.
type Limits struct {
	Grace       time.Duration
	OutputLimit int64
}

// Program has the code of what the tests run.
type Program struct {
	// Hello prints "hello" to standard output and "oops" to standard error.
	Hello string
	// Exit3 prints "leaving" and exits with code 3.
	Exit3 string
	// KillItself ends by signal KILL.
	KillItself string
	// Count prints the numbers from 1 to 1000, a line each.
	Count string
	// Markers prints the lines of MarkerLines.
	Markers string
	// Environment prints the variables STEPCAST_TASK_ID, STEPCAST_ATTEMPT,
	// STEPCAST_CONTENT_ID and GREETING, a line each.
	Environment string
	// Stubborn prints "pid N" for itself and for a child in a session of its own. Both
	// ignore TERM and do not end.
	Stubborn string
	// Tick prints "tick" every few milliseconds and does not end.
	Tick string
	// LongLine prints a line of 200000 times "x", then "after".
	LongLine string
	// Flood prints without an end.
	Flood string
	// Background prints "begun", leaves a process behind that holds the output, and ends.
	Background string
	// Busy uses half a second of CPU time and prints "done".
	Busy string
}

// MarkerLines is what the program Markers prints.
var MarkerLines = []string{
	"::plan Download | Unpack", "::content Download", "::progress 42.5 half way%0Athere",
	"plain", "::warning careful", "::content Unpack", "::steps A | B",
}

// Run runs the suite.
func Run(t *testing.T, c Case) {
	for _, test := range []struct {
		name    string
		program string
		run     func(*testing.T, Case)
	}{
		{"succeeds", c.Program.Hello, succeeds},
		{"fails with its exit code", c.Program.Exit3, failsWithExitCode},
		{"is killed", c.Program.KillItself, isKilled},
		{"keeps the order of output", c.Program.Count, keepsOrder},
		{"obeys markers", c.Program.Markers, obeysMarkers},
		{"has its environment", c.Program.Environment, hasEnvironment},
		{"cancel ends the whole tree", c.Program.Stubborn, cancelEndsTree},
		{"cancel while paused", c.Program.Tick, cancelWhilePaused},
		{"cancelled before the start", c.Program.Hello, cancelledBefore},
		{"pauses and resumes", c.Program.Tick, pausesAndResumes},
		{"stands still without a lease", c.Program.Tick, keepsLease},
		{"runs side by side", c.Program.Tick, runsSideBySide},
		{"cuts a long line", c.Program.LongLine, cutsLongLine},
		{"ends at the output limit", c.Program.Flood, endsAtOutputLimit},
		{"leaves nothing running", c.Program.Background, leavesNothing},
		{"tells what it used", c.Program.Busy, tellsUsage},
	} {
		if test.program == "" {
			continue
		}
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, c)
		})
	}
	t.Run("describes itself", func(t *testing.T) {
		t.Parallel()
		describesItself(t, c)
	})
	t.Run("refuses params", func(t *testing.T) {
		t.Parallel()
		refusesParams(t, c)
	})
}

// Need skips a test that cannot run for the lack of a tool, and fails it where the
// environment variable STEPCAST_REQUIRE, a list with commas, names the tool.
func Need(t testing.TB, tool string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if slices.Contains(strings.Split(os.Getenv("STEPCAST_REQUIRE"), ","), tool) {
		t.Fatalf("STEPCAST_REQUIRE names %s, but: %v", tool, err)
	}
	t.Skipf("without %s: %v", tool, err)
}

// request runs code as the second attempt of content 690-1-2.
func request(code string) executor.Request {
	return executor.Request{Task: 690, Attempt: 2, Content: models.ContentRef{Step: 1, Content: 2}, Code: code}
}

// begin runs code.
func begin(t *testing.T, e executor.Executor, code string) *Execution {
	t.Helper()
	x := NewExecution()
	x.Begin(t, e, request(code))
	return x
}

// execute runs code to its end.
func execute(t *testing.T, e executor.Executor, code string) *Execution {
	t.Helper()
	x := begin(t, e, code)
	x.End(t)
	return x
}

// requireFailure compares the failure without its message's language.
func requireFailure(t *testing.T, r executor.Result, code models.TaskErrorCode, english string) {
	t.Helper()
	require.NotNil(t, r.Failure)
	require.Equal(t, code, r.Failure.Code)
	require.Contains(t, r.Failure.Message.In("en"), english)
}
