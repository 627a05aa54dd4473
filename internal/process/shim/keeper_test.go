//go:build unix

package shim

import (
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// stubborn is a tree that neither stops nor ends.
type stubborn struct{ size, terms, kills int }

func (t *stubborn) stop(bool) bool { return false }
func (t *stubborn) resume()        {}
func (t *stubborn) term() int      { t.terms++; return t.size }
func (t *stubborn) kill() int      { t.kills++; return t.size }
func (t *stubborn) left() int      { return t.size }
func (t *stubborn) gone(bool) bool { return t.size == 0 }
func (t *stubborn) usage() Usage   { return Usage{Processes: t.size} }

func newKeeper(t *testing.T, tree tree) (*keeper, *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	t.Cleanup(func() {
		r.Close()
		w.Close()
	})
	return &keeper{out: w, tree: tree, grace: time.Minute, sampleAt: time.Now().Add(time.Hour)}, r
}

// Who cannot be killed is reported in time, and killed on and on.
func TestSurvivorsAreReported(t *testing.T) {
	t.Parallel()
	tree := &stubborn{size: 2}
	k, reports := newKeeper(t, tree)
	status := syscall.WaitStatus(0)
	k.status, k.childless = &status, false
	k.end(0, true)
	now := time.Now()
	k.advance(now)
	require.Equal(t, killing, k.phase)
	k.advance(now.Add(killPatience))
	require.Equal(t, beyond, k.phase)

	r, err := ReadReport(reports)
	require.NoError(t, err)
	require.Equal(t, Exited, r.Is)
	require.Equal(t, 2, r.Exit.Survivors)
	require.Equal(t, []string{"KILL"}, r.Exit.Signals)
	before := tree.kills
	require.Equal(t, time.Second, k.advance(now.Add(time.Hour)))
	require.Greater(t, tree.kills, before)
	require.Zero(t, tree.terms)
}

// What does not stand still without its lease is ended.
func TestWhatCannotBeStoppedIsEnded(t *testing.T) {
	t.Parallel()
	tree := &stubborn{size: 1}
	k, _ := newKeeper(t, tree)
	k.lease = ClockNow() - int64(leaseStopLimit) - 1
	now := time.Now()
	k.advance(now)
	require.Equal(t, running, k.phase, "it gets its time")
	k.advance(now.Add(leaseStopLimit + time.Millisecond))
	require.Equal(t, ending, k.phase)
	k.advance(time.Now())
	require.Equal(t, killing, k.phase)
	require.Positive(t, tree.kills)
}

// A pause may take as long as it takes, and is answered when the end overtakes it.
func TestPauseIsAnsweredAtTheEnd(t *testing.T) {
	t.Parallel()
	k, reports := newKeeper(t, &stubborn{size: 1})
	k.obey(Order{Do: Pause, Number: 7})
	k.advance(time.Now().Add(time.Hour))
	require.Equal(t, running, k.phase)
	k.obey(Order{Do: Stop})
	r, err := ReadReport(reports)
	require.NoError(t, err)
	for r.Is != Answered {
		r, err = ReadReport(reports)
		require.NoError(t, err)
	}
	require.Equal(t, Report{Is: Answered, Number: 7, Text: Ended}, r)
}

// A second order to end may bring the end closer, never put it off.
func TestEndOnlyComesCloser(t *testing.T) {
	t.Parallel()
	k, _ := newKeeper(t, &stubborn{size: 1})
	k.end(time.Second, true)
	first := k.until
	k.end(time.Hour, true)
	require.Equal(t, first, k.until)
	k.end(0, true)
	require.True(t, k.until.Before(first))
}
