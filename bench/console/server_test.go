package console

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	_ "stepcast/app" // what the binary is made of, so that go test sees when it has changed
	"stepcast/client"
)

// token is the admin's.
const token = "bench-admin-token-0123456789"

const (
	// patience is how long what must come is waited for; filling a log has it several times.
	patience = 2 * time.Minute
	// poll is how often is looked whether it has come.
	poll = 50 * time.Millisecond
)

// program is the binary, built once.
var program struct {
	once sync.Once
	path string
	err  error
}

// binary builds the program.
func binary(tb testing.TB) string {
	tb.Helper()
	program.once.Do(func() {
		folder, err := os.MkdirTemp("", "stepcast-bench-console-")
		if err != nil {
			program.err = err
			return
		}
		program.path = filepath.Join(folder, "stepcast")
		if out, err := exec.Command("go", "build", "-o", program.path, "stepcast").CombinedOutput(); err != nil {
			program.err = fmt.Errorf("go build: %w\n%s", err, out)
		}
	})
	require.NoError(tb, program.err)
	return program.path
}

// server is a running program on SQLite.
type server struct {
	*client.Client
	url, data string
}

// startServer starts a server that is stopped with the test.
func startServer(tb testing.TB) *server {
	tb.Helper()
	s := &server{data: tb.TempDir()}
	// Leases are long and the output limit high: a busy machine is not to be measured as a
	// lost worker, nor a long log as one that is too long.
	cmd := s.command(tb, "--addr", "127.0.0.1:0", "--data", s.data, "--lease", "5m", "--grace", "1s", "--kill-grace", "1s",
		"--output-limit", "4GiB", "--log-level", "warn")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(tb, err)
	require.NoError(tb, cmd.Start())
	address, exited := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(exited)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if url, ok := strings.CutPrefix(lines.Text(), "Stepcast is listening on "); ok {
				address <- url
			}
		}
		_ = cmd.Wait() // it was killed
	}()
	tb.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-exited
	})
	select {
	case s.url = <-address:
	case <-exited:
		tb.Fatal("the server ended before it listened")
	case <-time.After(patience):
		tb.Fatal("the server does not listen")
	}
	transport := &http.Transport{MaxIdleConnsPerHost: atOnce}
	tb.Cleanup(transport.CloseIdleConnections)
	s.Client, err = client.New(s.url, client.WithToken(token), client.WithHTTPClient(&http.Client{Transport: transport, Timeout: patience}))
	require.NoError(tb, err)
	return s
}

// command makes a run of the program with nothing of this process's settings.
func (s *server) command(tb testing.TB, args ...string) *exec.Cmd {
	tb.Helper()
	cmd := exec.Command(binary(tb), args...)
	cmd.Dir = s.data
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "STEPCAST_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "STEPCAST_ADMIN_TOKEN="+token)
	return cmd
}

var linkPattern = regexp.MustCompile(`http://\S+/login\?token=\S+`)

// signInLink makes a link that signs a browser in.
func (s *server) signInLink(tb testing.TB) string {
	tb.Helper()
	out, err := s.command(tb, "login-link", "--data", s.data).Output()
	require.NoError(tb, err)
	link := linkPattern.FindString(string(out))
	require.NotEmpty(tb, link, string(out))
	return link
}

// until looks again and again until what must come has come.
func until(tb testing.TB, what string, within time.Duration, holds func() bool) {
	tb.Helper()
	again := time.NewTicker(poll)
	defer again.Stop()
	for deadline := time.Now().Add(within); !holds(); <-again.C {
		require.True(tb, time.Now().Before(deadline), "%s: not in time", what)
	}
}
