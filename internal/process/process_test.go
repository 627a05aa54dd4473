//go:build unix

package process_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/internal/process"
)

func TestExitCodes(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"0", "1", "3", "255"} {
		exit := start(t, process.Spec{}, "exit="+code).wait(t)
		require.NotNil(t, exit.Code)
		require.Equal(t, code, strconv.Itoa(*exit.Code))
		require.Empty(t, exit.Signal)
		require.Empty(t, exit.Signals, "nobody ended it")
		require.Zero(t, exit.Survivors)
	}
}

func TestEndedBySignal(t *testing.T) {
	t.Parallel()
	for number, name := range map[string]string{"9": "KILL", "15": "TERM", "1": "HUP"} {
		exit := start(t, process.Spec{}, "raise="+number).wait(t)
		require.Nil(t, exit.Code)
		require.Equal(t, name, exit.Signal)
		require.Empty(t, exit.Signals, "it was not us")
	}
}

func TestOutputIsWhole(t *testing.T) {
	t.Parallel()
	const size = 3 << 20
	r := start(t, process.Spec{}, "say=first", "fill=3145728", "warn=problem", "exit=0")
	r.wait(t)
	require.Len(t, r.out.String(), len("first\n")+size)
	require.Equal(t, "problem\n", r.err.String())
}

func TestEnvironmentIsExact(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{Env: []string{"A=1", "B=\xff\n=x"}, Mark: "m"}, "environ")
	r.wait(t)
	lines := strings.SplitN(r.out.String(), "\n", 2)
	require.True(t, strings.HasPrefix(lines[0], "STEPCAST_TREE=m/"), lines[0])
	require.Equal(t, "A=1\nB=\xff\n=x\n", lines[1])
}

func TestWorkingDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out := newCapture()
	p, err := process.Start(t.Context(), process.Spec{Path: "/bin/sh", Args: []string{"-c", "pwd"}, Dir: dir, Stdout: out})
	require.NoError(t, err)
	_, err = p.Wait()
	require.NoError(t, err)
	require.Equal(t, dir+"\n", out.String())
}

func TestStandardInputIsEmpty(t *testing.T) {
	t.Parallel()
	p, err := process.Start(t.Context(), process.Spec{Path: "/bin/sh", Args: []string{"-c", "read x; exit $?"}})
	require.NoError(t, err)
	exit, err := p.Wait()
	require.NoError(t, err)
	require.Equal(t, 1, *exit.Code)
}

func TestStartErrorsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	require.NoError(t, os.WriteFile(plain, []byte("hello"), 0o600))
	badFirstLine := filepath.Join(dir, "bad")
	require.NoError(t, os.WriteFile(badFirstLine, []byte("#!/no/such/program\n"), 0o700))

	for name, c := range map[string]struct {
		spec process.Spec
		want string
	}{
		"no such program":    {process.Spec{Path: "/no/such/program"}, "start /no/such/program: no such file or directory"},
		"not executable":     {process.Spec{Path: plain}, "start " + plain + ": permission denied"},
		"interpreter absent": {process.Spec{Path: badFirstLine}, "the interpreter named in its first line does not exist"},
		"no such directory":  {process.Spec{Path: "/bin/sh", Dir: "/no/such/dir"}, "working directory /no/such/dir: no such file or directory"},
		"not a directory":    {process.Spec{Path: "/bin/sh", Dir: plain}, "not a directory"},
		"NUL in argument":    {process.Spec{Path: "/bin/sh", Args: []string{"a\x00b"}}, "invalid argument"},
	} {
		_, err := process.Start(t.Context(), c.spec)
		require.ErrorContains(t, err, c.want, name)
	}
}

func TestContextEndedBeforeStart(t *testing.T) {
	t.Parallel()
	cause := errors.New("changed my mind")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	_, err := process.Start(ctx, process.Spec{Path: "/bin/sh"})
	require.ErrorIs(t, err, cause)
}

func TestContextStopsIt(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	p, err := process.Start(ctx, process.Spec{Path: ownPath(), Args: []string{workArg, "hold"}})
	require.NoError(t, err)
	cancel()
	exit, err := p.Wait()
	require.NoError(t, err)
	require.Equal(t, "TERM", exit.Signal)
	require.Equal(t, []string{"TERM"}, exit.Signals)
}

func TestConsumerThatFailsHoldsNothingBack(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{Stdout: failingWriter{}}, "fill=1000000", "warn=done", "exit=0")
	require.Equal(t, 0, *r.wait(t).Code)
	require.Equal(t, "done\n", r.err.String())
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestOrdersAfterTheEnd(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{}, "exit=0")
	r.wait(t)
	require.ErrorIs(t, r.Pause(t.Context()), process.ErrEnded)
	require.ErrorIs(t, r.Resume(t.Context()), process.ErrEnded)
	r.Stop()
	r.Kill()
}

// Standard input is handed over as it is: what is left of it is there for who comes next.
func TestStdin(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	copied := start(t, process.Spec{Stdin: r}, "copy", "exit=0")
	_, err = w.WriteString("one\x00two")
	require.NoError(t, err)
	copied.out.waitFor(t, func(text string) bool { return text == "one\x00two" })
	require.NoError(t, w.Close())
	require.Zero(t, *copied.wait(t).Code)

	empty := start(t, process.Spec{}, "copy", "say=end", "exit=0")
	empty.wait(t)
	require.Equal(t, "end\n", empty.out.String())
}

func TestInterrupt(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{}, "pid", "burn")
	r.pids(t, 1)
	require.NoError(t, r.Interrupt())
	exit := r.wait(t)
	require.Equal(t, "INT", exit.Signal)
	require.Empty(t, exit.Signals, "it was not ended, but told")
	require.ErrorIs(t, r.Interrupt(), process.ErrEnded)
}
