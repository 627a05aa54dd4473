package shell_test

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"stepcast/executor"
	"stepcast/executor/executortest"
	"stepcast/executor/script"
	"stepcast/executor/shell"
	"stepcast/internal/process"
)

func TestMain(m *testing.M) {
	process.Main()
	goleak.VerifyTestMain(m)
}

var program = executortest.Program{
	Hello:      `echo hello; echo oops >&2`,
	Exit3:      `echo leaving; exit 3`,
	KillItself: `kill -KILL $$`,
	Count:      `i=0; while [ $i -lt 1000 ]; do i=$((i+1)); echo $i; done`,
	Markers: `cat <<'END'
::plan Download | Unpack
::content Download
::progress 42.5 half way%0Athere
plain
::warning careful
::content Unpack
::steps A | B
END`,
	Environment: `printf '%s\n' "$STEPCAST_TASK_ID" "$STEPCAST_ATTEMPT" "$STEPCAST_CONTENT_ID" "$GREETING"`,
	Stubborn: `trap '' TERM
$(command -v setsid) sh -c 'echo pid $$; while :; do sleep 1; done' &
echo pid $$
while :; do sleep 1; done`,
	Tick:       `while :; do echo tick; sleep 0.01; done`,
	LongLine:   `head -c 200000 /dev/zero | tr '\0' x; echo; echo after`,
	Flood:      `while :; do echo 0123456789012345678901234567890123456789; done`,
	Background: `echo begun; sleep 1000 & exit 0`,
	Busy: `used() { set -- $(cat /proc/$$/stat); echo $(( ${14} + ${15} )); }
while [ $(used) -lt 50 ]; do i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done; done; echo done`,
}

var badParams = map[string][]string{
	`{"shell": "bash"}`:                   {"shell"},
	`{"env": {"PATH": "/tmp"}}`:           {"env", "PATH"},
	`{"env": {"LD_PRELOAD": "x.so"}}`:     {"env", "LD_PRELOAD"},
	`{"env": {"A-B": "x"}}`:               {"env", "A-B"},
	`{"env": {"A": 1}}`:                   {"env", "A"},
	`{"env": {"A": "\u0000"}}`:            {"env", "A"},
	`{"env": []}`:                         {"env"},
	`{"cwd": "/no/such/directory"}`:       {"cwd"},
	`{"cwd": "."}`:                        {"cwd"},
	`{"interpreter": "no-such-program"}`:  {"interpreter"},
	`{"interpreter": "/no/such/program"}`: {"interpreter"},
	`{"interpreter": "./bash"}`:           {"interpreter"},
	`{"interpreter": "/"}`:                {"interpreter"},
}

func run(t *testing.T, interpreter string) {
	t.Helper()
	_, err := exec.LookPath(interpreter)
	executortest.Need(t, interpreter, err)
	program := program
	if runtime.GOOS != "linux" {
		program.Busy = "" // It reads /proc.
	}
	executortest.Run(t, executortest.Case{
		New: func(t testing.TB, l executortest.Limits) executor.Executor {
			e := shell.New(script.Options{
				Interpreter: interpreter, WorkRoot: filepath.Join(t.TempDir(), "work"), Grace: l.Grace, OutputLimit: l.OutputLimit,
			})
			require.Empty(t, e.Info().Reason)
			return e
		},
		Program:   program,
		BadParams: badParams,
	})
}

func TestBash(t *testing.T) {
	t.Parallel()
	run(t, "bash")
}

func TestSh(t *testing.T) {
	t.Parallel()
	run(t, "sh")
}
