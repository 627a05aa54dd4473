//go:build unix

package process_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/internal/process"
)

// patience is how long a test waits for what must happen; far more than it takes.
const patience = 30 * time.Second

// quickExit is an environment in which the race detector does not wait at the end of a process.
var quickExit = []string{"GORACE=atexit_sleep_ms=0"}

// run is a started program and what it wrote.
type run struct {
	*process.Process
	out, err *capture
}

// start runs the test binary as a program that does steps.
func start(t *testing.T, spec process.Spec, steps ...string) *run {
	t.Helper()
	r := &run{out: newCapture(), err: newCapture()}
	spec.Path, spec.Args = ownPath(), append([]string{workArg}, steps...)
	if spec.Env == nil {
		spec.Env = quickExit
	}
	if spec.Stdout == nil {
		spec.Stdout = r.out
	}
	if spec.Stderr == nil {
		spec.Stderr = r.err
	}
	p, err := process.Start(t.Context(), spec)
	require.NoError(t, err)
	r.Process = p
	t.Cleanup(func() {
		p.Kill()
		<-p.Done()
	})
	return r
}

// wait returns how the program ended.
func (r *run) wait(t *testing.T) process.Exit {
	t.Helper()
	select {
	case <-r.Done():
	case <-time.After(patience):
		t.Fatalf("still running; stdout %q, stderr %q", r.out, r.err)
	}
	exit, err := r.Wait()
	require.NoError(t, err)
	return exit
}

// pids waits until the program told n process ids and returns them.
func (r *run) pids(t *testing.T, n int) []int {
	t.Helper()
	var pids []int
	r.out.waitFor(t, func(text string) bool {
		pids = pidsIn(text)
		return len(pids) >= n
	})
	return pids
}

func pidsIn(text string) []int {
	var pids []int
	for line := range strings.Lines(text) {
		var pid int
		if _, err := fmt.Sscanf(line, "pid %d\n", &pid); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// capture is a writer that can be waited on.
type capture struct {
	mu      sync.Mutex // guards what follows
	buf     bytes.Buffer
	changed chan struct{}
}

func newCapture() *capture { return &capture{changed: make(chan struct{})} }

func (c *capture) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.changed)
	c.changed = make(chan struct{})
	return c.buf.Write(b)
}

func (c *capture) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.buf.String()
}

func (c *capture) waitFor(t *testing.T, ok func(string) bool) {
	t.Helper()
	for deadline := time.After(patience); ; {
		c.mu.Lock()
		text, changed := c.buf.String(), c.changed
		c.mu.Unlock()
		if ok(text) {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("not written in time; so far: %q", text)
		}
	}
}

// eventually waits for a condition that nobody tells of.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	require.Eventually(t, ok, patience, 2*time.Millisecond, what)
}
