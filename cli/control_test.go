package cli

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// said is what a command wrote, and how it ended.
type said struct {
	code           int
	stdout, stderr string
}

// runCommand runs a command against a server, in a pipe.
func runCommand(t *testing.T, address string, arguments ...string) said {
	t.Helper()
	var stdout, stderr bytes.Buffer
	root := &cobra.Command{Use: "stepcast", SilenceErrors: true, SilenceUsage: true}
	Add(root, Options{
		Environ: []string{"STEPCAST_URL=" + address, "STEPCAST_TOKEN=" + testToken},
		Stdin:   strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
	})
	root.SetArgs(arguments)
	err := root.ExecuteContext(t.Context())
	if err != nil {
		stderr.WriteString(err.Error())
	}
	return said{ExitCode(err), stdout.String(), stderr.String()}
}

// before is an address in front of a server, at which the first requests to the API get
// through and the others do not. It counts them.
func before(t *testing.T, s *testServer, through int32) (address string, requests *atomic.Int32) {
	t.Helper()
	behind, err := url.Parse(s.url)
	require.NoError(t, err)
	requests = new(atomic.Int32)
	proxy := httputil.NewSingleHostReverseProxy(behind)
	// Idle connections would outlast the test.
	proxy.Transport = &http.Transport{DisableKeepAlives: true}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1) > through {
			http.Error(w, "away", http.StatusBadGateway)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	return front.URL, requests
}

func TestSeveralTasksAreOneRequest(t *testing.T) {
	t.Parallel()
	s := serve(t)
	address, requests := before(t, s, 1000)
	for range 3 {
		waitingTask(t, s, "wait")
	}
	got := runCommand(t, address, "cancel", "1", "99", "2", "3")
	require.Equal(t, said{ExitNotFound, "1 CANCELLED Task\n2 CANCELLED Task\n3 CANCELLED Task\n", "stepcast: task 99: task 99 does not exist\n"}, got)
	require.EqualValues(t, 1, requests.Load())

	got = runCommand(t, address, "retry", "3", "2", "-o", "json")
	require.Zero(t, got.code, got.stderr)
	require.Equal(t, 2, strings.Count(got.stdout, "\n"))
	require.EqualValues(t, 2, requests.Load())

	got = runCommand(t, address, "pause", "2", "3", "1")
	require.Equal(t, ExitConflict, got.code)
	require.Contains(t, got.stderr, "task 1: ")
	require.EqualValues(t, 5, requests.Load(), "the schema has no such mutation of several")
}

// What happened before the server was away is told, and of the others that nobody knows.
func TestSeveralTasksByAServerThatGoesAway(t *testing.T) {
	t.Parallel()
	s := serve(t)
	address, _ := before(t, s, 1)
	all := []string{"cancel"}
	for id := range 60 {
		all = append(all, strconv.Itoa(1000+id))
	}
	got := runCommand(t, address, all...)
	require.Equal(t, ExitUnreachable, got.code)
	told := strings.Count(got.stderr, "does not exist\n")
	require.Greater(t, told, 1)
	require.Contains(t, got.stderr, "; what became of the last "+strconv.Itoa(60-told)+" of 60 is not known")
}
