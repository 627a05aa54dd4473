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
	"stepcast/config"
)

// A server that is away for a while gets every line once, in order.
func TestExecThroughRestarts(t *testing.T) {
	t.Parallel()
	s := serve(t)
	stop := file(t)
	r := s.begin(t, ExecOptions{}, `i=0; while ! [ -e `+stop+` ]; do echo "line $i"; i=$((i+1)); sleep 0.001; done; echo "::content last"; echo end`)
	for round := range 3 {
		seen := len(r.lines())
		until(t, "lines arrive", func() bool { return len(r.lines()) > seen })
		s.stop()
		printed := len(r.stdout.String())
		until(t, "the program goes on", func() bool { return len(r.stdout.String()) > printed+1000 })
		if round == 2 {
			require.NoError(t, os.WriteFile(stop, nil, 0o600))
		}
		s.start()
	}
	require.Zero(t, r.wait())
	require.NoError(t, r.err)
	texts := r.texts()
	for i, text := range texts[:len(texts)-1] {
		if text != "line "+strconv.Itoa(i) {
			require.Equal(t, "line "+strconv.Itoa(i), text)
		}
	}
	require.Equal(t, "end", texts[len(texts)-1])
	require.Equal(t, len(texts), strings.Count(strings.ReplaceAll(r.stdout.String(), "::content last\n", ""), "\n"))
	require.Equal(t, client.StatusSucceeded, r.task().Status)
}

func TestExecLosesItsLease(t *testing.T) {
	t.Parallel()
	for name, kill := range map[string]bool{"goes on": false, "is ended": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(c *config.Config) { c.Lease = time.Second })
			gate := file(t)
			r := s.begin(t, ExecOptions{KillOnLost: kill, Buffer: 1000, Spool: -1},
				`echo up; while ! [ -e `+gate+` ]; do echo a line that takes room; sleep 0.001; done; exit 7`)
			r.printed("up")
			until(t, "a line is there", func() bool { return len(r.texts()) > 0 })
			s.stop()
			until(t, "the loss is told", func() bool { return strings.Contains(r.stderr.String(), "the server has given the task up") })
			want := 128 + 15
			if !kill {
				want = 7
				printed := len(r.stdout.String())
				until(t, "it goes on", func() bool { return len(r.stdout.String()) > printed+5000 })
				require.NoError(t, os.WriteFile(gate, nil, 0o600))
			}
			require.Equal(t, want, r.wait())
			require.ErrorIs(t, r.err, client.ErrLeaseLost)
		})
	}
}

// A signal ends the wait for a server that is away, when the program has ended.
func TestExecGivesUp(t *testing.T) {
	t.Parallel()
	s := serve(t)
	gate := file(t)
	r := s.begin(t, ExecOptions{}, "echo up; while ! [ -e "+gate+" ]; do sleep 0.01; done; echo done")
	until(t, "a line is there", func() bool { return len(r.texts()) > 0 })
	s.stop()
	require.NoError(t, os.WriteFile(gate, nil, 0o600))
	r.printed("done")
	// The program may not have ended yet, and then takes the first.
	until(t, "it gives up", func() bool {
		select {
		case r.signals <- syscall.SIGTERM:
		default:
		}
		select {
		case <-r.ended:
			return true
		default:
			return false
		}
	})
	require.ErrorIs(t, r.err, errGivenUp)
}
