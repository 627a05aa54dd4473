package e2e

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	// What the program is made of: go test would give a cached result otherwise, however
	// much of it has changed.
	_ "stepcast/app"
	"stepcast/client"
	"stepcast/executor/executortest"
	"stepcast/internal/process"
	"stepcast/rest/openapi/openapitest"
	"stepcast/store/storetest"
)

// token is the admin's in every test.
const token = "e2e-admin-token-0123456789"

const (
	// patience is how long a test waits for what must come.
	patience = 60 * time.Second
	// poll is how often it looks whether that has come.
	poll = 20 * time.Millisecond
)

// longLease is for tests of something else than leases: a busy machine must not look like
// a lost worker.
const longLease = "60s"

var built struct {
	once sync.Once
	path string
	err  error
}

func TestMain(m *testing.M) {
	process.Main()
	code := m.Run()
	if built.path != "" {
		_ = os.RemoveAll(filepath.Dir(built.path))
	}
	os.Exit(code)
}

// binary builds the program once, with the race detector when the tests have it.
func binary(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		dir, err := os.MkdirTemp("", "stepcast-e2e-")
		if err != nil {
			built.err = err
			return
		}
		built.path = filepath.Join(dir, "stepcast")
		if runtime.GOOS == "windows" {
			built.path += ".exe"
		}
		args := []string{"build", "-o", built.path}
		if raceEnabled {
			args = append(args, "-race")
		}
		out, err := exec.Command("go", append(args, "stepcast")...).CombinedOutput()
		if err != nil {
			built.err = fmt.Errorf("go build: %w\n%s", err, out)
		}
	})
	require.NoError(t, built.err)
	return built.path
}

// server is a running program.
type server struct {
	t    *testing.T
	args []string
	// env is set besides what command sets, and comes before it.
	env  []string
	data string
	url  string
	// secure is for HTTPS; nil without it.
	secure *tls.Config
	cmd    *exec.Cmd
	// exited is closed when the process is gone.
	exited chan struct{}
	log    *logBuffer
}

// logBuffer keeps what the program wrote, to show when a test fails.
type logBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// start runs a server on SQLite, unless args say otherwise, with a lease of two seconds.
func start(t *testing.T, args ...string) *server {
	t.Helper()
	return startIn(t, nil, args...)
}

// startIn is start in an environment.
func startIn(t *testing.T, env []string, args ...string) *server {
	t.Helper()
	s := &server{t: t, env: env, data: t.TempDir(), log: &logBuffer{}}
	s.args = append([]string{"--addr", "127.0.0.1:0", "--data", s.data, "--lease", "2s", "--grace", "1s", "--kill-grace", "2s"}, args...)
	s.run()
	t.Cleanup(func() {
		s.kill9()
		if t.Failed() {
			t.Logf("the server wrote:\n%s", s.log)
		}
	})
	return s
}

// each runs a test against a server on each database.
func each(t *testing.T, test func(t *testing.T, s *server), args ...string) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, start(t, args...))
	})
	t.Run("mysql", func(t *testing.T) {
		t.Parallel()
		test(t, start(t, append([]string{"--database", storetest.NewMySQL(t)}, args...)...))
	})
}

// command makes a run of the program with nothing of this process's settings.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(binary(t), args...)
	cmd.Dir = t.TempDir()
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "STEPCAST_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "STEPCAST_ADMIN_TOKEN="+token, "GORACE=halt_on_error=1")
	return cmd
}

// run starts the process and waits until it listens. It may be called again after
// the process ended.
func (s *server) run() {
	s.t.Helper()
	cmd := command(s.t, s.args...)
	cmd.Env = append(cmd.Env, s.env...)
	out, err := cmd.StdoutPipe()
	require.NoError(s.t, err)
	cmd.Stderr = s.log
	require.NoError(s.t, cmd.Start())
	listening, exited := make(chan string, 8), make(chan struct{}) // a test gives few addresses
	go func() {
		defer close(exited)
		lines := bufio.NewScanner(io.TeeReader(out, s.log))
		for lines.Scan() {
			if url, ok := strings.CutPrefix(lines.Text(), "Stepcast is listening on "); ok {
				listening <- url
			}
		}
		_ = cmd.Wait() // how it ended is in cmd.ProcessState
	}()
	s.cmd, s.exited = cmd, exited
	select {
	case s.url = <-listening:
	case <-exited:
		s.t.Fatalf("the server ended before it listened:\n%s", s.log)
	case <-time.After(patience):
		s.t.Fatalf("the server does not listen:\n%s", s.log)
	}
}

// kill9 ends the process as a crash would.
func (s *server) kill9() {
	_ = s.cmd.Process.Kill() // it may be gone already
	<-s.exited
}

// signal sends the process a signal.
func (s *server) signal(signal os.Signal) {
	s.t.Helper()
	require.NoError(s.t, s.cmd.Process.Signal(signal))
}

// stop asks the process to end, and gives its exit code.
func (s *server) stop() int {
	s.t.Helper()
	s.signal(syscall.SIGTERM)
	select {
	case <-s.exited:
	case <-time.After(patience):
		s.t.Fatalf("the server does not stop:\n%s", s.log)
	}
	return s.cmd.ProcessState.ExitCode()
}

func (s *server) client(options ...client.Option) *client.Client {
	s.t.Helper()
	c, err := client.New(s.url, append([]client.Option{client.WithToken(token), client.WithHTTPClient(s.httpClient())}, options...)...)
	require.NoError(s.t, err)
	return c
}

// httpClient trusts the server's certificate. It bounds each request, so that one that hangs
// does not hang the test.
func (s *server) httpClient() *http.Client {
	if s.secure == nil {
		return &http.Client{Timeout: patience}
	}
	transport := &http.Transport{TLSClientConfig: s.secure.Clone(), ForceAttemptHTTP2: true}
	s.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: patience}
}

// get reads a path with headers given as name, value, name, value.
func (s *server) get(path string, headers ...string) (status int, body string, header http.Header) {
	s.t.Helper()
	return s.do(http.MethodGet, path, "", headers...)
}

// do sends a request; the answers of the REST APIs must be as /openapi.json says.
func (s *server) do(method, path, body string, headers ...string) (int, string, http.Header) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, s.url+path, strings.NewReader(body))
	require.NoError(s.t, err)
	setHeaders(r.Header, headers)
	checked := s.httpClient()
	checked.Transport = openapitest.Shared(s.t).Transport(s.t, checked.Transport)
	answer, err := checked.Do(r)
	require.NoError(s.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(s.t, err)
	return answer.StatusCode, string(text), answer.Header
}

// needsPython skips a test without Python, or fails it where STEPCAST_REQUIRE names python.
func needsPython(t *testing.T) {
	t.Helper()
	_, err := exec.LookPath("python3")
	executortest.Need(t, "python", err)
}

// setHeaders sets headers given as name, value, name, value.
func setHeaders(h http.Header, pairs []string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
}

// until looks again and again until what must come has come.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	again := time.NewTicker(poll)
	defer again.Stop()
	for deadline := time.Now().Add(patience); !holds(); <-again.C {
		require.True(t, time.Now().Before(deadline), "%s: not in time", what)
	}
}

// receive waits for what must come over a channel.
func receive[T any](t *testing.T, from <-chan T) (value T) {
	t.Helper()
	select {
	case value = <-from:
	case <-time.After(patience):
		require.Fail(t, "nothing came in time")
	}
	return value
}

// unixOnly skips a test of what other systems do not have.
func unixOnly(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no sh and no signals")
	}
}
