package python_test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"stepcast/executor"
	"stepcast/executor/executortest"
	"stepcast/executor/python"
	"stepcast/executor/script"
	"stepcast/internal/process"
)

func TestMain(m *testing.M) {
	process.Main()
	goleak.VerifyTestMain(m)
}

var program = executortest.Program{
	Hello:      "import sys\nprint('hello')\nprint('oops', file=sys.stderr)",
	Exit3:      "print('leaving')\nraise SystemExit(3)",
	KillItself: "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
	Count:      "for i in range(1, 1001): print(i)",
	Markers: `print("""::plan Download | Unpack
::content Download
::progress 42.5 half way%0Athere
plain
::warning careful
::content Unpack
::steps A | B""")`,
	Environment: `import os
for name in ("STEPCAST_TASK_ID", "STEPCAST_ATTEMPT", "STEPCAST_CONTENT_ID", "GREETING"): print(os.environ[name])`,
	Stubborn: `import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
os.write(1, f"pid {os.getpid()}\n".encode())
while True: time.sleep(1)`,
	Tick:       "import time\nwhile True:\n    print('tick')\n    time.sleep(0.01)",
	LongLine:   "print('x' * 200000)\nprint('after')",
	Flood:      "while True: print('0123456789' * 4)",
	Background: "import subprocess\nprint('begun')\nsubprocess.Popen(['sleep', '1000'])",
	Busy:       "import time\nwhile time.process_time() < 0.5: pass\nprint('done')",
}

func newPython(t testing.TB, l executortest.Limits) executor.Executor {
	t.Helper()
	_, err := exec.LookPath("python3")
	executortest.Need(t, "python", err)
	e := python.New(script.Options{WorkRoot: filepath.Join(t.TempDir(), "work"), Grace: l.Grace, OutputLimit: l.OutputLimit})
	require.Empty(t, e.Info().Reason)
	return e
}

func TestPython(t *testing.T) {
	t.Parallel()
	newPython(t, executortest.Limits{})
	executortest.Run(t, executortest.Case{
		New:     newPython,
		Program: program,
		BadParams: map[string][]string{
			`{"version": 3}`:                     {"version"},
			`{"env": {"PYTHONPATH": "/tmp"}}`:    {"env", "PYTHONPATH"},
			`{"interpreter": "no-such-program"}`: {"interpreter"},
		},
	})
}

// What a script prints is seen while it runs, also without a flush; and text of any
// language can be printed whatever the server's own language is.
func TestOutputIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	var sink executortest.Sink
	ended := make(chan struct{})
	e := newPython(t, executortest.Limits{})
	go func() {
		defer close(ended)
		_, err := e.Execute(t.Context(), executor.Request{Code: "import time\nprint('读取 é')\ntime.sleep(1000)"}, &sink)
		assert.NoError(t, err)
	}()
	t.Cleanup(func() { <-ended })
	sink.Wait(t, "the line", func() bool {
		lines := sink.Lines("STDOUT")
		return len(lines) == 1 && lines[0] == "读取 é"
	})
}
