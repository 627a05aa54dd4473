package process_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/internal/process"
)

// startGroup is start on the lower rung, which is all that other systems have.
func startGroup(t *testing.T, spec process.Spec, steps ...string) *run {
	t.Helper()
	r := &run{out: newCapture(), err: newCapture()}
	spec.Path, spec.Args = ownPath(), append([]string{workArg}, steps...)
	spec.Stdout, spec.Stderr, spec.Env = r.out, r.err, quickExit
	p, err := process.StartGroupOnly(t.Context(), spec)
	require.NoError(t, err)
	r.Process = p
	t.Cleanup(func() {
		p.Kill()
		<-p.Done()
	})
	return r
}

func TestGroupStop(t *testing.T) {
	t.Parallel()
	r := startGroup(t, process.Spec{Grace: 200 * time.Millisecond}, "child", "ignore", "pid", "hold", "end", "pid", "hold")
	ids := watched(t, r.pids(t, 2))
	r.Stop()
	exit := r.wait(t)
	require.Zero(t, living(ids))
	require.Equal(t, "TERM", exit.Signal)
	require.Equal(t, []string{"TERM", "KILL"}, exit.Signals)
	// Survivors counts a zombie too, which whoever inherited it may leave so for a while.
}

func TestGroupPause(t *testing.T) {
	t.Parallel()
	r := startGroup(t, process.Spec{}, "child", "pid", "burn", "end", "pid", "burn")
	ids := watched(t, r.pids(t, 2))
	require.NoError(t, r.Pause(t.Context()))
	requireStill(t, ids)
	require.NoError(t, r.Resume(t.Context()))
	requireRuns(t, ids)
	require.NoError(t, r.Pause(t.Context()))
	r.Stop()
	require.Equal(t, []string{"TERM"}, r.wait(t).Signals)
}

func TestGroupLeftBehind(t *testing.T) {
	t.Parallel()
	r := startGroup(t, process.Spec{}, "child", "pid", "hold", "end", "pid", "use=20ms", "exit=0")
	r.pids(t, 2)
	exit := r.wait(t)
	require.Equal(t, 0, *exit.Code)
	require.Equal(t, 1, exit.LeftBehind)
}
