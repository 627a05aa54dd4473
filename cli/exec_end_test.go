//go:build unix

package cli

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/client"
	"stepcast/internal/process"
)

func TestExecIsCancelled(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for name, c := range map[string]struct {
		program string
		code    int
	}{
		"gentle":       {"echo up; exec sleep 1000", 128 + 15},
		"ignores TERM": {`trap "" TERM; echo up; while :; do sleep 1000; done`, 128 + 9},
		"forks":        {`(setsid sh -c 'trap "" TERM; sleep 1000' & ) ; echo up; exec sleep 1000`, 128 + 15},
		"says 0":       {`trap "exit 0" TERM; echo up; while :; do sleep 0.01; done`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := s.begin(t, ExecOptions{}, c.program)
			r.printed("up")
			_, err := r.client.Cancel(t.Context(), r.id())
			require.NoError(t, err)
			require.Equal(t, c.code, r.wait())
			require.NoError(t, r.err)
			require.Equal(t, client.StatusCancelled, r.task().Status)
		})
	}
}

func TestExecIsTimedOut(t *testing.T) {
	t.Parallel()
	s := serve(t)
	r := s.begin(t, ExecOptions{Timeout: time.Second}, "sleep 1000")
	require.NotZero(t, r.wait())
	require.Equal(t, client.StatusTimedOut, r.task().Status)
}

func TestExecIsPaused(t *testing.T) {
	t.Parallel()
	if process.Containment() == process.SingleProcess {
		t.Skip("nothing can be paused here")
	}
	s := serve(t)
	r := s.begin(t, ExecOptions{}, "i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.01; done")
	r.printed("tick 3\n")
	_, err := r.client.Pause(t.Context(), r.id())
	require.NoError(t, err)
	until(t, "the task is paused", func() bool { return r.task().Status == client.StatusPaused })
	before := r.stdout.String()
	// Standing still cannot be waited for: what would go on prints every ten milliseconds.
	require.Never(t, func() bool { return r.stdout.String() != before }, 300*time.Millisecond, 10*time.Millisecond)
	_, err = r.client.Resume(t.Context(), r.id())
	require.NoError(t, err)
	r.printed("tick " + strconv.Itoa(strings.Count(before, "\n")+3) + "\n")
	until(t, "the task runs", func() bool { return r.task().Status == client.StatusRunning })

	_, err = r.client.Pause(t.Context(), r.id())
	require.NoError(t, err)
	until(t, "the task is paused again", func() bool { return r.task().Status == client.StatusPaused })
	_, err = r.client.Cancel(t.Context(), r.id())
	require.NoError(t, err)
	require.Equal(t, 128+15, r.wait())
	require.Equal(t, client.StatusCancelled, r.task().Status)
}

func TestExecSignals(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for name, c := range map[string]struct {
		program string
		signals []os.Signal
		code    int
		status  client.Status
	}{
		"INT is passed on":         {"echo up; exec sleep 1000", []os.Signal{os.Interrupt}, 128 + 2, client.StatusCancelled},
		"what copes with it":       {`trap "echo fine; exit 0" INT; echo up; while :; do sleep 0.01; done`, []os.Signal{os.Interrupt}, 0, client.StatusSucceeded},
		"what ends by it":          {`trap "exit 5" INT; echo up; while :; do sleep 0.01; done`, []os.Signal{os.Interrupt}, 5, client.StatusCancelled},
		"the second ends it":       {`trap "" INT; echo up; while :; do sleep 0.01; done`, []os.Signal{os.Interrupt, os.Interrupt}, 128 + 15, client.StatusCancelled},
		"the third kills it":       {`trap "" INT TERM; echo up; while :; do sleep 0.01; done`, []os.Signal{os.Interrupt, os.Interrupt, os.Interrupt}, 128 + 9, client.StatusCancelled},
		"TERM":                     {"echo up; exec sleep 1000", []os.Signal{syscall.SIGTERM}, 128 + 15, client.StatusCancelled},
		"the second TERM kills it": {`trap "" TERM; echo up; while :; do sleep 0.01; done`, []os.Signal{syscall.SIGTERM, syscall.SIGTERM}, 128 + 9, client.StatusCancelled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := s.begin(t, ExecOptions{Grace: patience}, c.program)
			r.printed("up")
			for _, each := range c.signals {
				r.signals <- each
			}
			require.Equal(t, c.code, r.wait())
			require.NoError(t, r.err)
			require.Equal(t, c.status, r.task().Status)
		})
	}
}

func TestExecContextEnds(t *testing.T) {
	t.Parallel()
	s := serve(t)
	r := s.begin(t, ExecOptions{}, "echo up; exec sleep 1000")
	r.printed("up")
	r.cancel()
	require.Equal(t, 128+15, r.wait())
	require.Equal(t, client.StatusCancelled, r.task().Status)
	require.Contains(t, r.texts(), "up", "the server knows all")
}

func TestExecLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	s := serve(t)
	r := s.begin(t, ExecOptions{}, "sleep 1000 & echo $!")
	require.Zero(t, r.wait())
	require.Contains(t, r.texts(), "Processes that the program left running were ended: 1")
	pid, err := strconv.Atoi(strings.TrimSpace(r.stdout.String()))
	require.NoError(t, err)
	require.ErrorIs(t, syscall.Kill(pid, 0), syscall.ESRCH)
}
