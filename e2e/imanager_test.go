package e2e

import (
	"net/http"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestIManagerAliases: the paths of other releases are there when the setting says so.
func TestIManagerAliases(t *testing.T) {
	t.Parallel()
	s := start(t, "--imanager-aliases", "--no-worker")
	task, err := s.client().Submit(t.Context(), sh("exit 0"))
	require.NoError(t, err)
	_, want, _ := s.get("/imanager/cloud/web/tasks/"+task.ID, "X-Auth-Token", token)
	for _, path := range []string{"/imanager/icloud/web/tasks/", "/imanager/web/tasks/"} {
		status, body, _ := s.get(path+task.ID+".json", "X-Auth-Token", token)
		require.Equal(t, []any{http.StatusOK, want}, []any{status, body})
	}
}

// TestIManagerPollsEndWithTheServer holds back as many answers as one user may have, and
// stops the server: each is sent, none is cut.
func TestIManagerPollsEndWithTheServer(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	const most = 256
	s := start(t, "--no-worker")
	task, err := s.client().Submit(t.Context(), sh("exit 0"))
	require.NoError(t, err)
	path := "/imanager/cloud/web/tasks/" + task.ID + ".json"
	answers := make(chan int, most)
	for range most {
		go func() {
			status, held := 0, ""
			defer func() { answers <- status }()
			for held == "" { // else the request below had its place
				var header http.Header
				status, _, header = s.get(path, "X-Auth-Token", token, "Prefer", "wait=20")
				held = header.Get("Preference-Applied")
			}
		}()
	}
	until(t, "as many as there may be", func() bool {
		_, _, header := s.get(path, "X-Auth-Token", token, "Prefer", "wait=1")
		return header.Get("Preference-Applied") == ""
	})
	s.signal(syscall.SIGTERM)
	for range most {
		require.Equal(t, http.StatusOK, receive(t, answers))
	}
	receive(t, s.exited)
	require.Zero(t, s.cmd.ProcessState.ExitCode())
	require.NotContains(t, s.log.String(), "were cut")
}
