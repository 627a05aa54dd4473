package e2e

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/client"
)

// TestHealth asks after health and readiness from the start to the end: while it stops
// the server is alive, but takes no work.
func TestHealth(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	s := start(t, "--grace", "20s")
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ready\n"} {
		status, body, header := s.get(path)
		require.Equal(t, []any{http.StatusOK, want, "no-store"}, []any{status, body, header.Get("Cache-Control")})
		status, _, _ = s.do(http.MethodPost, path, "")
		require.Equal(t, http.StatusMethodNotAllowed, status)
	}
	c := s.client()
	gate := filepath.Join(t.TempDir(), "gate")
	held, err := c.Submit(t.Context(), sh("echo begun; until [ -e '"+gate+"' ]; do sleep 0.05; done"))
	require.NoError(t, err)
	requireLine(t, c, held.ID, "begun")
	socket := s.socket(t, token)
	socket.subscribe("1", `subscription($id: ID!) { taskProgress(id: $id) { status } }`, object{"id": held.ID})

	s.signal(syscall.SIGTERM)
	until(t, "the server stopping", func() bool {
		status, body, _ := s.get("/readyz")
		return status == http.StatusServiceUnavailable && strings.Contains(body, "stopping")
	})
	status, _, _ := s.get("/healthz")
	require.Equal(t, http.StatusOK, status, "it is alive, and must not be killed for stopping")
	late, err := c.Submit(t.Context(), sh("echo begun"))
	require.NoError(t, err, "what is accepted while it stops is kept")
	require.NoError(t, os.WriteFile(gate, nil, 0o600))
	for status := ""; status != "SUCCEEDED"; {
		said, ended := socket.answer()
		require.False(t, ended, "watchers see running work end")
		status = textAt(said.Data, "taskProgress", "status")
	}
	require.Contains(t, []int{1001, 1012}, socket.closed(), "then they are told to come back")
	receive(t, s.exited)
	require.Zero(t, s.cmd.ProcessState.ExitCode())

	s.run()
	require.Equal(t, client.StatusSucceeded, awaitEnd(t, s.client(), late.ID).Status)
}

// TestStopLeavesNothing stops a server that has worked: no file of the moment is left,
// no process, and the database is whole in its one file.
func TestStopLeavesNothing(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	s := start(t)
	c := s.client()
	const mark = "3.714159" // in the command line of whatever the tasks start
	var ids []string
	for _, code := range []string{"echo begun; sleep " + mark + "000", "sleep " + mark + "000 & echo begun; exit 0", "echo begun"} {
		task, err := c.Submit(t.Context(), sh(code))
		require.NoError(t, err)
		requireLine(t, c, task.ID, "begun")
		ids = append(ids, task.ID)
	}
	require.Zero(t, s.stop())
	require.Empty(t, processesWith(mark))
	var files []string
	require.NoError(t, filepath.WalkDir(s.data, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			relative, _ := filepath.Rel(s.data, path)
			files = append(files, relative)
			info, err := entry.Info()
			require.NoError(t, err)
			require.Zero(t, info.Mode().Perm()&0o077, "%s is for nobody else", relative)
		}
		return err
	}))
	require.NotContains(t, files, "address.json")
	for _, file := range files {
		require.Contains(t, []string{"lock", "stepcast.db"}, file)
	}
	s.run()
	for _, id := range ids {
		requireWhole(t, s, id)
	}
}

// TestSecondSignal ends a server at once that was given much time to stop.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	s := start(t, "--grace", "1h")
	c := s.client()
	task, err := c.Submit(t.Context(), sh("echo begun; sleep 600"))
	require.NoError(t, err)
	requireLine(t, c, task.ID, "begun")
	s.signal(syscall.SIGTERM)
	until(t, "the server stopping", func() bool {
		status, _, _ := s.get("/readyz")
		return status == http.StatusServiceUnavailable
	})
	s.signal(syscall.SIGTERM)
	receive(t, s.exited)
	require.NotZero(t, s.cmd.ProcessState.ExitCode())
}
