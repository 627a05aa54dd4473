package process_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/internal/process"
	"stepcast/internal/process/proctable"
)

// cpuOf is the CPU time that processes used so far.
func cpuOf(t *testing.T, ids []proctable.ID) time.Duration {
	t.Helper()
	total := time.Duration(0)
	for _, id := range ids {
		p, ok := proctable.Read(id.Pid)
		require.True(t, ok && p.ID() == id, "process %d has ended", id.Pid)
		total += p.CPU
	}
	return total
}

// requireStill observes that processes use no CPU while another one uses 20 ticks of the clock.
func requireStill(t *testing.T, ids []proctable.ID) {
	t.Helper()
	before := cpuOf(t, ids)
	start(t, process.Spec{}, "use=200ms").wait(t)
	require.Equal(t, before, cpuOf(t, ids), "it used CPU while it should stand still")
}

func requireRuns(t *testing.T, ids []proctable.ID) {
	t.Helper()
	for _, id := range ids {
		before := cpuOf(t, []proctable.ID{id})
		eventually(t, "uses CPU", func() bool { return cpuOf(t, []proctable.ID{id}) > before })
	}
}

func TestPauseStopsTheWholeTree(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{}, wildTree("pid", "burn")...)
	ids := watched(t, r.pids(t, wildTreeSize))
	requireRuns(t, ids)
	for range 2 {
		require.NoError(t, r.Pause(t.Context()))
		requireStill(t, ids)
		require.NoError(t, r.Pause(t.Context()), "pausing what is paused")
		require.NoError(t, r.Resume(t.Context()))
		require.NoError(t, r.Resume(t.Context()), "resuming what runs")
		requireRuns(t, ids)
	}
}

// A tree that forks all the time has no moment at which all can be listed.
func TestPauseOfForkingTree(t *testing.T) {
	t.Parallel()
	out := newCapture()
	script := `while :; do (:); done & while :; do sh -c : & wait; done & echo ready; wait`
	p, err := process.Start(t.Context(), process.Spec{
		Path: "/bin/sh", Args: []string{"-c", script}, Env: []string{"PATH=/bin:/usr/bin"}, Stdout: out,
	})
	require.NoError(t, err)
	out.waitFor(t, func(text string) bool { return text != "" })
	for range 5 {
		require.NoError(t, p.Pause(t.Context()))
		var ids []proctable.ID
		for _, member := range proctable.Descendants(p.Pid()) {
			ids = append(ids, member.ID())
		}
		require.NotEmpty(t, ids)
		requireStill(t, ids)
		require.NoError(t, p.Resume(t.Context()))
	}
	p.Kill()
	_, err = p.Wait()
	require.NoError(t, err)
}

// Somebody from outside lets one go on: it does not go on for long.
func TestPauseHolds(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{}, "pid", "burn")
	ids := watched(t, r.pids(t, 1))
	require.NoError(t, r.Pause(t.Context()))
	p, _ := proctable.Read(ids[0].Pid)
	require.True(t, p.Signal(18 /* SIGCONT */))
	eventually(t, "stopped again", func() bool {
		p, _ := proctable.Read(ids[0].Pid)
		return p.State == 'T'
	})
	requireStill(t, ids)
}

func TestPauseGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{}, "pid", "burn")
	ids := watched(t, r.pids(t, 1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, r.Pause(ctx), context.Canceled)
	// The wish stays until Resume.
	eventually(t, "stopped all the same", func() bool {
		p, _ := proctable.Read(ids[0].Pid)
		return p.State == 'T'
	})
	require.NoError(t, r.Resume(t.Context()))
	requireRuns(t, ids)
}

func TestPauseWhileEnding(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{Grace: time.Hour}, "ignore", "pid", "hold")
	r.pids(t, 1)
	r.Stop()
	require.ErrorIs(t, r.Pause(t.Context()), process.ErrEnded)
	require.ErrorIs(t, r.Resume(t.Context()), process.ErrEnded)
}

func TestLeaseRunsOut(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{Lease: time.Now().Add(time.Hour)}, wildTree("pid", "burn")...)
	ids := watched(t, r.pids(t, wildTreeSize))
	require.NoError(t, r.Renew(time.Now().Add(50*time.Millisecond)))
	standing := func() bool {
		for _, id := range ids {
			if p, _ := proctable.Read(id.Pid); p.State != 'T' {
				return false
			}
		}
		return true
	}
	eventually(t, "stopped without its lease", standing)
	requireStill(t, ids)

	// A resume does not replace a lease.
	require.NoError(t, r.Resume(t.Context()))
	requireStill(t, ids)

	require.NoError(t, r.Renew(time.Now().Add(time.Hour)))
	requireRuns(t, ids)
	require.NoError(t, r.Renew(time.Now().Add(-time.Second)))
	eventually(t, "stopped again", standing)
	require.NoError(t, r.Renew(time.Time{}))
	requireRuns(t, ids)
}

func TestLeaseFromTheStart(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{Lease: time.Now().Add(-time.Second)}, "burn")
	eventually(t, "stopped", func() bool {
		p, _ := proctable.Read(r.Pid())
		return p.State == 'T'
	})
	r.Stop()
	require.Equal(t, []string{"TERM"}, r.wait(t).Signals)
}

// A lease that is renewed does not undo a pause.
func TestLeaseAndPause(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{}, "pid", "burn")
	ids := watched(t, r.pids(t, 1))
	require.NoError(t, r.Pause(t.Context()))
	require.NoError(t, r.Renew(time.Now().Add(-time.Second)))
	require.NoError(t, r.Renew(time.Now().Add(time.Hour)))
	requireStill(t, ids)
	require.NoError(t, r.Resume(t.Context()))
	requireRuns(t, ids)
}
