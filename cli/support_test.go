package cli

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/app"
	"stepcast/client"
	"stepcast/config"
)

const (
	testToken = "cli-admin-token-0123456789"
	// patience is how long a test waits for what must come.
	patience = 60 * time.Second
)

// testServer is a server in this process, which may be stopped and started again.
type testServer struct {
	t      *testing.T
	config config.Config
	url    string
	stop   func()
}

// serve starts a server on SQLite.
func serve(t *testing.T, change ...func(*config.Config)) *testServer {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := free.Addr().String()
	require.NoError(t, free.Close())
	c := config.Default()
	c.Addr, c.Data, c.AdminToken = []string{addr}, t.TempDir(), config.Secret(testToken)
	c.Lease, c.Grace, c.NoWorker = time.Minute, time.Second, true
	for _, f := range change {
		f(&c)
	}
	s := &testServer{t: t, config: c, url: "http://" + addr}
	s.start()
	t.Cleanup(func() { s.stop() })
	return s
}

// start runs the server until stop is called, and returns when it answers.
func (s *testServer) start() {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	a, err := app.New(ctx, s.config, io.Discard, slog.New(slog.DiscardHandler))
	require.NoError(s.t, err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = a.Run(ctx)
		a.Close()
	}()
	s.stop = sync.OnceFunc(func() {
		cancel()
		<-ended
	})
	until(s.t, "the server answers", func() bool {
		answer, err := http.Get(s.url + "/healthz")
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
}

// client makes a client that comes back soon.
func (s *testServer) client() *client.Client {
	s.t.Helper()
	soon := func(client.Failure) (time.Duration, bool) { return 20 * time.Millisecond, true }
	c, err := client.New(s.url, client.WithToken(testToken), client.WithBackoff(soon))
	require.NoError(s.t, err)
	return c
}

// until looks again and again until what must come has come.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	require.Eventually(t, holds, patience, 5*time.Millisecond, what)
}

// screen is a terminal that may be read while it is written.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// running is an Exec that runs.
type running struct {
	t              *testing.T
	server         *testServer
	client         *client.Client
	stdout, stderr screen
	signals        chan os.Signal
	cancel         context.CancelFunc
	ended          chan struct{}
	code           int
	err            error
}

// begin begins a command, sh code when it is one text.
func (s *testServer) begin(t *testing.T, o ExecOptions, command ...string) *running {
	t.Helper()
	r := &running{t: t, server: s, client: s.client(), signals: make(chan os.Signal, 4), ended: make(chan struct{})}
	if len(command) == 1 {
		command = []string{"sh", "-c", command[0]}
	}
	o.Command, o.Signals = command, r.signals
	if o.Stdout == nil {
		o.Stdout = &r.stdout
	}
	o.Stderr = &r.stderr
	if o.Grace == 0 {
		o.Grace = time.Second
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	go func() {
		defer close(r.ended)
		r.code, r.err = Exec(ctx, r.client, o)
	}()
	t.Cleanup(func() {
		cancel()
		<-r.ended
	})
	return r
}

// wait gives the exit code.
func (r *running) wait() int {
	r.t.Helper()
	select {
	case <-r.ended:
	case <-time.After(patience):
		out := r.stdout.String()
		r.t.Fatalf("still running; it wrote %q, %q", out[max(0, len(out)-1000):], r.stderr.String())
	}
	return r.code
}

// id waits for the task's.
func (r *running) id() (id string) {
	r.t.Helper()
	until(r.t, "the task is named", func() bool {
		_, rest, _ := strings.Cut(r.stderr.String(), "stepcast exec: task ")
		id, _, _ = strings.Cut(rest, "\n")
		return id != ""
	})
	return id
}

// task reads the task.
func (r *running) task() *client.Task {
	r.t.Helper()
	task, err := r.client.Task(context.Background(), r.id())
	require.NoError(r.t, err)
	return task
}

// printed waits for what the program prints.
func (r *running) printed(text string) {
	r.t.Helper()
	until(r.t, "it prints "+text, func() bool { return strings.Contains(r.stdout.String(), text) })
}

// lines reads the whole log, without what the server itself wrote.
func (r *running) lines() (lines []client.LogLine) {
	r.t.Helper()
	for after := int64(0); ; {
		page, err := r.client.Log(context.Background(), r.id(), client.LogQuery{After: after, First: 10_000})
		require.NoError(r.t, err)
		for _, line := range page.Lines {
			after = line.Number
			if line.Stream != client.StreamSystem {
				lines = append(lines, line)
			}
		}
		if len(page.Lines) == 0 {
			return lines
		}
	}
}

// texts are those of the lines.
func (r *running) texts() (texts []string) {
	r.t.Helper()
	for _, line := range r.lines() {
		texts = append(texts, line.Text)
	}
	return texts
}

// file names a file that is not there yet.
func file(t *testing.T) string { return filepath.Join(t.TempDir(), "file") }

// waitingTask submits an external task with contents.
func waitingTask(t *testing.T, s *testServer, messages ...string) string {
	t.Helper()
	step := client.StepInput{Description: "Step"}
	for _, message := range messages {
		step.Contents = append(step.Contents, external(message))
	}
	task, err := s.client().Submit(t.Context(), client.SubmitInput{Description: "Task", Steps: []client.StepInput{step}})
	require.NoError(t, err)
	return task.ID
}
