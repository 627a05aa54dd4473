package e2e

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	stepcastcli "stepcast/cli"
	"stepcast/client"
)

// TestExecThroughCrashes runs a program whose server is killed again and again: the log
// has every line once, in order.
func TestExecThroughCrashes(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	each(t, func(t *testing.T, s *server) {
		s.keepPort(t)
		stop := filepath.Join(t.TempDir(), "stop")
		task, err := s.client().Submit(t.Context(), client.SubmitInput{Description: "Count", Steps: []client.StepInput{{
			Description: "Count", Contents: []client.ContentInput{{Message: "Count", RunType: "external"}},
		}}})
		require.NoError(t, err)
		code := make(chan int, 1)
		go func() {
			n, err := stepcastcli.Exec(t.Context(), s.client(), stepcastcli.ExecOptions{Task: task.ID, Command: []string{
				"sh", "-c", `i=0; while ! [ -e "$0" ]; do echo $i; i=$((i+1)); sleep 0.002; done`, stop,
			}})
			if err != nil {
				n = -1
			}
			code <- n
		}()
		lines := func() (all []client.LogLine) {
			for after := int64(0); ; {
				page, err := s.client().Log(t.Context(), task.ID, client.LogQuery{After: after, First: 10_000})
				require.NoError(t, err)
				if len(page.Lines) == 0 {
					return all
				}
				after = page.Lines[len(page.Lines)-1].Number
				for _, line := range page.Lines {
					if line.Stream == client.StreamStdout {
						all = append(all, line)
					}
				}
			}
		}
		for range 4 {
			seen := len(lines())
			until(t, "lines arrive", func() bool { return len(lines()) > seen })
			s.kill9()
			s.run()
		}
		require.NoError(t, os.WriteFile(stop, nil, 0o600))
		require.Zero(t, receive(t, code))
		all := lines()
		require.Greater(t, len(all), 4)
		for i, line := range all {
			require.Equal(t, strconv.Itoa(i), line.Text)
		}
	}, "--lease", longLease)
}

// keepPort moves a server to a port that stays its own when it is started again.
func (s *server) keepPort(t *testing.T) {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := free.Addr().String()
	require.NoError(t, free.Close())
	s.kill9()
	s.args[slices.Index(s.args, "--addr")+1] = addr
	s.run()
}
