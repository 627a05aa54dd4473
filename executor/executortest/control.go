package executortest

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/executor"
	"stepcast/models"
)

func (r *Execution) ticks() int { return len(r.Lines(models.Stdout)) }

// waitTicks waits for n more lines.
func (r *Execution) waitTicks(t *testing.T, n int) {
	t.Helper()
	want := r.ticks() + n
	r.Wait(t, fmt.Sprintf("%d lines", want), func() bool { return r.ticks() >= want })
}

// waitPaused waits for the n-th confirmation.
func (r *Execution) waitPaused(t *testing.T, n int, paused bool) {
	t.Helper()
	r.Wait(t, "confirmation", func() bool { return len(r.Calls("Paused")) >= n })
	require.Equal(t, paused, r.Calls("Paused")[n-1].Paused)
}

func cancelEndsTree(t *testing.T, c Case) {
	grace := 200 * time.Millisecond
	r := begin(t, c.New(t, Limits{Grace: grace}), c.Program.Stubborn)
	pids := func() (pids []int) {
		for _, line := range r.Lines(models.Stdout) {
			var pid int
			if _, err := fmt.Sscanf(line, "pid %d", &pid); err == nil {
				pids = append(pids, pid)
			}
		}
		return pids
	}
	r.Wait(t, "both processes", func() bool { return len(pids()) == 2 })
	for _, pid := range pids() {
		require.True(t, exists(pid))
	}
	r.Cancel(executor.ErrCancel)
	result := r.End(t)
	for _, pid := range pids() {
		require.False(t, exists(pid))
	}
	require.Equal(t, []string{"TERM", "KILL"}, result.Signals)
	require.Zero(t, result.Survivors)
}

// exists says whether there is a process with this id.
func exists(pid int) bool {
	p, err := os.FindProcess(pid)
	return err == nil && p.Signal(syscall.Signal(0)) == nil
}

func cancelWhilePaused(t *testing.T, c Case) {
	r := begin(t, c.New(t, Limits{}), c.Program.Tick)
	r.waitTicks(t, 1)
	r.Pause <- true
	r.waitPaused(t, 1, true)
	r.Cancel(executor.ErrCancel)
	require.Equal(t, []string{"TERM"}, r.End(t).Signals, "TERM is heard although it stood still")
}

func cancelledBefore(t *testing.T, c Case) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(executor.ErrTimeout)
	var sink Sink
	result, err := c.New(t, Limits{}).Execute(ctx, request(c.Program.Hello), &sink)
	require.NoError(t, err)
	require.NotNil(t, result.Failure)
	require.Empty(t, sink.Lines(models.Stdout), "it did not run")
}

// pausesAndResumes compares with another execution, which shows how long it was observed.
func pausesAndResumes(t *testing.T, c Case) {
	e := c.New(t, Limits{})
	r, other := begin(t, e, c.Program.Tick), begin(t, e, c.Program.Tick)
	r.waitTicks(t, 3)
	for round := range 2 {
		r.Pause <- true
		r.waitPaused(t, 2*round+1, true)
		requireStill(t, r, other)
		r.Pause <- false
		r.waitPaused(t, 2*round+2, false)
		r.waitTicks(t, 3)
	}
}

// requireStill observes that r prints nothing while other prints on. What r wrote
// before it stood still may come until then.
func requireStill(t *testing.T, r, other *Execution) {
	t.Helper()
	other.waitTicks(t, 5)
	before := r.ticks()
	other.waitTicks(t, 20)
	require.Equal(t, before, r.ticks())
}

func keepsLease(t *testing.T, c Case) {
	e := c.New(t, Limits{})
	r, other := begin(t, e, c.Program.Tick), begin(t, e, c.Program.Tick)
	r.Lease <- time.Now().Add(time.Hour)
	r.waitTicks(t, 3)
	r.Lease <- time.Now()
	other.waitTicks(t, 10)
	requireStill(t, r, other)
	r.Lease <- time.Now().Add(time.Hour)
	r.waitTicks(t, 3)
	require.Empty(t, r.Calls("Paused"), "nobody asked for a pause")
}

func runsSideBySide(t *testing.T, c Case) {
	e := c.New(t, Limits{})
	var all []*Execution
	for range 5 {
		all = append(all, begin(t, e, c.Program.Tick))
	}
	for _, r := range all {
		r.waitTicks(t, 3)
	}
	all[0].Cancel(executor.ErrCancel)
	all[0].End(t)
	for _, r := range all[1:] {
		r.waitTicks(t, 3)
	}
}

func endsAtOutputLimit(t *testing.T, c Case) {
	const limit = 100_000
	r := execute(t, c.New(t, Limits{OutputLimit: limit, Grace: 200 * time.Millisecond}), c.Program.Flood)
	requireFailure(t, r.Result, models.ErrOutputLimit, "limit of 100000 bytes")
	bytes := 0
	for _, line := range r.Lines(models.Stdout) {
		bytes += len(line) + 1
	}
	require.LessOrEqual(t, bytes, limit+1)
	require.Greater(t, bytes, limit/2)
}

func leavesNothing(t *testing.T, c Case) {
	r := execute(t, c.New(t, Limits{Grace: time.Second}), c.Program.Background)
	require.Nil(t, r.Result.Failure)
	require.Equal(t, []string{"begun"}, r.Lines(models.Stdout))
	require.Equal(t, []string{"Processes that the script left running were ended: 1"}, r.Lines(models.System))
}

func tellsUsage(t *testing.T, c Case) {
	r := execute(t, c.New(t, Limits{}), c.Program.Busy)
	usages := r.Calls("Usage")
	require.NotEmpty(t, usages)
	last := usages[len(usages)-1].Usage
	require.GreaterOrEqual(t, last.CPUSeconds, 0.45)
	require.Positive(t, last.MaxRSSBytes)
	require.Zero(t, last.RSSBytes, "nothing is held any more")
	require.Equal(t, int64(len("done\n")), last.OutputBytes)
	require.NotEmpty(t, last.Containment)
	require.Equal(t, "Usage", r.Events()[len(r.Events())-1].Call, "the last thing it tells")
}
