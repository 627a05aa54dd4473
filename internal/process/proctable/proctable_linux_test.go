package proctable

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseSkipsAnyName(t *testing.T) {
	t.Parallel()
	line := []byte("7 (a) R (b) S 1 2 3 0 -1 4194560 1 2 3 4 100 20 3 4 20 0 5 0 777 1000 250 18446744073709551615 1 1")
	p, ok := parse(7, line)
	require.True(t, ok)
	require.Equal(t, Process{
		Pid: 7, Parent: 1, Group: 2, Session: 3, State: 'S', Threads: 5, Start: 777,
		CPU: 127 * tick, RSS: int64(250 * os.Getpagesize()),
	}, p)

	_, ok = parse(7, []byte("7 (a) S 1 2"))
	require.False(t, ok)
	_, ok = parse(7, nil)
	require.False(t, ok)
}

func TestDeadNeedsAllThreads(t *testing.T) {
	t.Parallel()
	require.True(t, Process{State: 'Z', Threads: 1}.Dead())
	require.False(t, Process{State: 'Z', Threads: 2}.Dead(), "other threads go on")
	require.False(t, Process{State: 'T', Threads: 1}.Dead())
}

func TestReadSelf(t *testing.T) {
	t.Parallel()
	p, ok := Read(os.Getpid())
	require.True(t, ok)
	require.Equal(t, os.Getppid(), p.Parent)
	require.Positive(t, p.RSS)
	require.True(t, p.Signal(0))
	require.NotEmpty(t, ThreadStates(os.Getpid()))
	require.Contains(t, Pids(), os.Getpid())
}

// A pid that was given to somebody else is not signalled.
func TestSignalChecksTheStart(t *testing.T) {
	t.Parallel()
	p, ok := Read(os.Getpid())
	require.True(t, ok)
	p.Start++
	require.False(t, p.Signal(0))
}

func TestIsBelow(t *testing.T) {
	t.Parallel()
	p, ok := Read(os.Getpid())
	require.True(t, ok)
	parent, ok := Read(os.Getppid())
	require.True(t, ok)
	require.True(t, p.IsBelow(os.Getppid()))
	require.True(t, p.IsBelow(parent.Parent) || parent.Parent <= 1)
	require.False(t, p.IsBelow(os.Getpid()))
	require.False(t, parent.IsBelow(os.Getpid()))
}

// Both ways of finding descendants agree, on whatever this machine runs below process 1.
func TestDescendantsBothWays(t *testing.T) {
	t.Parallel()
	self := os.Getpid()
	for _, find := range []func(int) []Process{Descendants, descendantsByParent} {
		found := map[int]bool{}
		for _, p := range find(os.Getppid()) {
			require.True(t, p.Parent == os.Getppid() || found[p.Parent], "parents come first")
			found[p.Pid] = true
		}
		require.True(t, found[self])
	}
}
