package process_test

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/internal/process"
	"stepcast/internal/process/proctable"
)

// wildTree is a program that has, besides itself, a child, a child in a session of its
// own, an orphan, and an orphan without an environment. Each tells its process id.
func wildTree(leaf ...string) []string {
	var steps []string
	for _, kind := range []string{"child", "leave", "orphan", "hide"} {
		steps = append(steps, kind)
		steps = append(steps, leaf...)
		steps = append(steps, "end")
	}
	return append(steps, leaf...)
}

const wildTreeSize = 5

// watched remembers processes by more than their pid, which may be given again.
func watched(t *testing.T, pids []int) []proctable.ID {
	t.Helper()
	var ids []proctable.ID
	for _, pid := range pids {
		p, ok := proctable.Read(pid)
		require.True(t, ok, "process %d is gone already", pid)
		ids = append(ids, p.ID())
	}
	return ids
}

// living says how many of them live.
func living(ids []proctable.ID) int {
	n := 0
	for _, id := range ids {
		if p, ok := proctable.Read(id.Pid); ok && p.ID() == id && !p.Dead() {
			n++
		}
	}
	return n
}

func TestStopEndsTheWholeTree(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{}, wildTree("pid", "hold")...)
	ids := watched(t, r.pids(t, wildTreeSize))
	r.Stop()
	exit := r.wait(t)
	require.Zero(t, living(ids))
	require.Zero(t, exit.Survivors)
	require.Equal(t, "TERM", exit.Signal)
	require.Equal(t, []string{"TERM"}, exit.Signals)
}

// It measures a promised time, so it runs alone.
func TestStopKillsWhoIgnoresTerm(t *testing.T) {
	grace := 300 * time.Millisecond
	r := start(t, process.Spec{Grace: grace}, wildTree("ignore", "pid", "hold")...)
	ids := watched(t, r.pids(t, wildTreeSize))
	began := time.Now()
	r.Stop()
	exit := r.wait(t)
	require.Zero(t, living(ids))
	require.Zero(t, exit.Survivors)
	require.Equal(t, "KILL", exit.Signal)
	require.Equal(t, []string{"TERM", "KILL"}, exit.Signals)
	took := time.Since(began)
	require.GreaterOrEqual(t, took, grace)
	require.Less(t, took, grace+time.Second)
}

func TestKillDoesNotWait(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{}, wildTree("ignore", "pid", "hold")...)
	ids := watched(t, r.pids(t, wildTreeSize))
	r.Kill()
	exit := r.wait(t)
	require.Zero(t, living(ids))
	require.Equal(t, []string{"KILL"}, exit.Signals)
}

func TestKillOvertakesStop(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{Grace: time.Hour}, "ignore", "pid", "hold")
	r.pids(t, 1)
	r.Stop()
	r.Kill()
	require.Equal(t, []string{"TERM", "KILL"}, r.wait(t).Signals)
}

func TestStopWhilePaused(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{Grace: time.Hour}, wildTree("pid", "hold")...)
	ids := watched(t, r.pids(t, wildTreeSize))
	require.NoError(t, r.Pause(t.Context()))
	r.Stop()
	exit := r.wait(t)
	require.Equal(t, []string{"TERM"}, exit.Signals, "TERM is heard although it stood still")
	require.Zero(t, living(ids))
}

// A handler of TERM may start a command to clean up: that command gets no TERM.
func TestCleanUpIsSpared(t *testing.T) {
	t.Parallel()
	out := newCapture()
	script := `trap 'sh -c "sleep 0.2; echo cleaned"; exit 7' TERM; echo ready; while :; do sleep 0.01; done`
	p, err := process.Start(t.Context(), process.Spec{Path: "/bin/sh", Args: []string{"-c", script}, Env: []string{"PATH=/bin:/usr/bin"}, Stdout: out})
	require.NoError(t, err)
	out.waitFor(t, func(text string) bool { return text != "" })
	p.Stop()
	exit, err := p.Wait()
	require.NoError(t, err)
	require.Equal(t, "ready\ncleaned\n", out.String(), "%+v", exit)
	require.Equal(t, 7, *exit.Code)
}

// What a program leaves behind is ended, without that counting as ended by us.
func TestLeftBehindIsEnded(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{Grace: 100 * time.Millisecond}, "child", "pid", "hold", "end", "orphan", "pid", "hold", "end", "leave", "ignore", "pid", "hold", "end", "pid", "use=50ms", "exit=4")
	pids := r.pids(t, 4)
	exit := r.wait(t)
	for _, pid := range pids {
		p, ok := proctable.Read(pid)
		require.False(t, ok && !p.Dead() && p.Session != 0 && proctable.Carries(pid, "STEPCAST_TREE="), "%d lives", pid)
	}
	require.Equal(t, 4, *exit.Code)
	require.Equal(t, 3, exit.LeftBehind)
	require.Empty(t, exit.Signals)
}

// What only has output left to copy when the program ends may finish.
func TestLeftBehindMayFinishItsOutput(t *testing.T) {
	t.Parallel()
	out := newCapture()
	script := `mkfifo f && { cat < f & } && exec > f && echo through the pipe`
	p, err := process.Start(t.Context(), process.Spec{
		Path: "/bin/sh", Args: []string{"-c", script}, Env: []string{"PATH=/bin:/usr/bin"}, Dir: t.TempDir(), Stdout: out,
	})
	require.NoError(t, err)
	exit, err := p.Wait()
	require.NoError(t, err)
	require.Equal(t, "through the pipe\n", out.String())
	require.Equal(t, 0, *exit.Code)
	require.Zero(t, exit.LeftBehind)
}

// A process outside the tree that holds the output does not hold Wait.
func TestOutputHeldFromOutside(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{}, "say=hello", "pid", "hold")
	pid := r.pids(t, 1)[0]
	held, err := os.OpenFile("/proc/"+strconv.Itoa(pid)+"/fd/1", os.O_WRONLY, 0)
	require.NoError(t, err)
	defer held.Close()
	r.Kill()
	r.wait(t)
	require.Contains(t, r.out.String(), "hello\n")
}

// Each generation forks the next one and ends: no signal to a process meets it in time.
func TestKillCatchesWhoKeepsForking(t *testing.T) {
	t.Parallel()
	out := newCapture()
	script := `trap '' TERM; hop() { hop & }; echo go; hop; sleep 1000`
	p, err := process.Start(t.Context(), process.Spec{
		Path: "/bin/sh", Args: []string{"-c", script}, Env: []string{"PATH=/bin:/usr/bin"}, Stdout: out, Grace: time.Millisecond,
	})
	require.NoError(t, err)
	out.waitFor(t, func(text string) bool { return strings.Contains(text, "go") })
	p.Stop()
	exit, err := p.Wait()
	require.NoError(t, err)
	require.Zero(t, exit.Survivors)
}

func TestNoFilesAreInherited(t *testing.T) {
	t.Parallel()
	// One that is not closed on exec, as the server may get from whoever starts it.
	leaked, err := syscall.Open(os.DevNull, syscall.O_RDWR, 0)
	require.NoError(t, err)
	defer syscall.Close(leaked)
	out := newCapture()
	p, err := process.Start(t.Context(), process.Spec{
		Path: "/bin/sh", Args: []string{"-c", "ls -l /proc/$$/fd"}, Env: []string{"PATH=/bin:/usr/bin"}, Stdout: out,
	})
	require.NoError(t, err)
	_, err = p.Wait()
	require.NoError(t, err)
	files := strings.Split(strings.TrimSpace(out.String()), "\n")[1:]
	require.Len(t, files, 3, "standard input, output and error only: %q", files)
	require.Contains(t, files[0], " 0 -> /dev/null")
	require.Contains(t, files[1], " 1 -> pipe:")
	require.Contains(t, files[2], " 2 -> pipe:")
}

func TestOwnSession(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{}, "pid", "hold")
	pid := r.pids(t, 1)[0]
	require.Equal(t, pid, r.Pid())
	p, ok := proctable.Read(pid)
	require.True(t, ok)
	require.Equal(t, pid, p.Session)
	require.Equal(t, pid, p.Group)
	require.NotEqual(t, syscall.Getpgrp(), p.Group)
}
