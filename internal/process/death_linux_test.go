package process_test

import (
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/internal/process"
	"stepcast/internal/process/proctable"
)

// startServer runs serve in a process of its own.
func startServer(t *testing.T, steps ...string) (*exec.Cmd, *capture) {
	t.Helper()
	out := newCapture()
	server := exec.Command("/proc/self/exe", append([]string{workArg, "serve"}, steps...)...)
	server.Stdout, server.Stderr = out, os.Stderr
	// Somebody who survives must fail the test, not hang it.
	server.WaitDelay = patience
	require.NoError(t, server.Start())
	return server, out
}

func TestDeadServerTakesTheTreeAlong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		leaf   []string
		within time.Duration
	}{
		"gentle":       {[]string{"pid", "hold"}, time.Second},
		"ignores TERM": {[]string{"ignore", "pid", "burn"}, 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, out := startServer(t, wildTree(c.leaf...)...)
			out.waitFor(t, func(text string) bool { return len(pidsIn(text)) == wildTreeSize })
			ids := watched(t, pidsIn(out.String()))
			require.NoError(t, server.Process.Kill())
			died := time.Now()
			eventually(t, "nobody left", func() bool { return living(ids) == 0 })
			require.Less(t, time.Since(died), c.within+time.Second)
			require.Error(t, server.Wait())
		})
	}
}

// shimOf is the parent of the program.
func shimOf(t *testing.T, r *run) proctable.Process {
	t.Helper()
	program, ok := proctable.Read(r.Pid())
	require.True(t, ok)
	shim, ok := proctable.Read(program.Parent)
	require.True(t, ok)
	require.Equal(t, os.Getpid(), shim.Parent)
	return shim
}

// The program dies with its shim, and the server finds who has the marker or the
// session. Who gave up both is out of reach.
func TestDeadShim(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{}, "child", "pid", "hold", "end", "leave", "pid", "hold", "end", "orphan", "pid", "hold", "end", "pid", "hold")
	ids := watched(t, r.pids(t, 4))
	require.True(t, shimOf(t, r).Signal(syscall.SIGKILL))
	exit, err := r.Wait()
	require.ErrorIs(t, err, process.ErrShimLost)
	require.Zero(t, living(ids))
	require.Equal(t, "KILL", exit.Signal)
	require.Equal(t, []string{"KILL"}, exit.Signals)
	require.Zero(t, exit.Survivors)
}

// A shim that is stopped by somebody cannot stop its tree: the server does.
func TestStoppedShim(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{Grace: time.Millisecond}, wildTree("pid", "burn")...)
	ids := watched(t, r.pids(t, wildTreeSize))
	require.True(t, shimOf(t, r).Signal(syscall.SIGSTOP))
	r.Stop()
	_, err := r.Wait()
	require.ErrorIs(t, err, process.ErrShimLost)
	require.Zero(t, living(ids))
}

// Nor does a stopped shim hear of the lease; that its pipe is full keeps nobody from
// ending the tree.
func TestStoppedShimWithAFullPipe(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{Grace: time.Millisecond}, wildTree("pid", "hold")...)
	ids := watched(t, r.pids(t, wildTreeSize))
	require.True(t, shimOf(t, r).Signal(syscall.SIGSTOP))
	var err error
	for err == nil {
		err = r.Renew(time.Now().Add(time.Hour))
	}
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	r.Stop()
	_, err = r.Wait()
	require.ErrorIs(t, err, process.ErrShimLost)
	require.Zero(t, living(ids))
}

// A shim that is asked to end ends its tree first.
func TestTerminatedShim(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{}, wildTree("pid", "hold")...)
	ids := watched(t, r.pids(t, wildTreeSize))
	require.True(t, shimOf(t, r).Signal(syscall.SIGTERM))
	require.Equal(t, []string{"TERM"}, r.wait(t).Signals)
	require.Zero(t, living(ids))
}

// A server that is started again ends what shims left that died with their server.
func TestEndMarked(t *testing.T) {
	t.Parallel()
	mark := "test-" + t.Name()
	var left []proctable.ID
	for _, value := range []string{mark, mark, mark + "-other"} {
		out := newCapture()
		cmd := exec.Command("/proc/self/exe", workArg, "ignore", "pid", "hold")
		cmd.Env = append(slices.Clone(quickExit), "STEPCAST_TREE="+value+"/0123")
		cmd.Stdout = out
		require.NoError(t, cmd.Start())
		out.waitFor(t, func(text string) bool { return len(pidsIn(text)) == 1 })
		left = append(left, watched(t, pidsIn(out.String()))...)
		t.Cleanup(func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		})
	}
	ended, survivors := process.EndMarked(mark)
	require.Equal(t, 2, ended)
	require.Zero(t, survivors)
	require.Zero(t, living(left[:2]))
	require.Equal(t, 1, living(left[2:]), "another mark is another tree")
}
