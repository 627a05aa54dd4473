package e2e

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"stepcast/client"
	"stepcast/executor/executortest"
)

// TestScripts runs testdata/script: the command line against a server of each script's own,
// whose data folder is .stepcast in the script's folder. $URL is its address, $TOKEN a token
// of the admin. Besides testscript's commands there are:
//
//	exits CODE PROGRAM ARG…       runs a program that must end with an exit code
//	tty SIZE CODE PLAN PROGRAM …  the same on a terminal of SIZE, 80x24; stdout is then what a
//	                              person saw. PLAN is a file of lines WHEN => DO, or - for
//	                              none: once WHEN is seen, DO is done, "type TEXT" with Go's
//	                              escapes, "resize 40x20" or "cancel ID"
//	await ID STATUS               waits for a task
//	restart                       kills the server and starts it again at the same address
//	work ID                       does an external task: 200 lines, and a restart in the middle
func TestScripts(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	runScripts(t, "testdata/script")
}

// TestTerminalScripts runs testdata/terminal in the same way: what needs a terminal.
func TestTerminalScripts(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	executortest.Need(t, "pty", openTerminal())
	runScripts(t, "testdata/terminal")
}

func runScripts(t *testing.T, dir string) {
	t.Helper()
	program := binary(t)
	testscript.Run(t, testscript.Params{
		Dir:                dir,
		RequireUniqueNames: true,
		Setup:              func(env *testscript.Env) error { return setUpScript(t, env, program) },
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits, "tty": onTerminal, "await": awaitTask, "restart": restartServer, "work": workTask,
		},
	})
}

// setUpScript starts the script's server.
func setUpScript(t *testing.T, env *testscript.Env, program string) error {
	s := &server{t: t, data: filepath.Join(env.WorkDir, ".stepcast"), log: &logBuffer{}}
	s.args = []string{"--addr", "127.0.0.1:0", "--data", s.data, "--lease", longLease, "--grace", "1s", "--kill-grace", "2s"}
	s.env = []string{"STEPCAST_ADMIN_PASSWORD=correct horse battery"}
	s.run()
	env.Defer(s.kill9)
	env.Values["server"], env.Values["t"] = s, t
	env.Setenv("PATH", filepath.Dir(program)+string(os.PathListSeparator)+env.Getenv("PATH"))
	env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
	env.Setenv("XDG_CONFIG_HOME", "")
	env.Setenv("LANG", "C.UTF-8")
	env.Setenv("TERM", "xterm")
	env.Setenv("URL", s.url)
	env.Setenv("TOKEN", token)
	return os.WriteFile(filepath.Join(env.WorkDir, "good"), []byte(token+"\n"), 0o600)
}

func scriptServer(ts *testscript.TestScript) *server { return ts.Value("server").(*server) }

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG…")
	}
	cmd := scriptCommand(ts, args[1:])
	cmd.Stdout, cmd.Stderr = ts.Stdout(), ts.Stderr()
	requireCode(ts, args[0], cmd.Run())
}

// scriptCommand makes a process in the folder and the environment of a script.
func scriptCommand(ts *testscript.TestScript, args []string) *exec.Cmd {
	cmd := exec.Command(args[0], args[1:]...)
	if path := filepath.Join(strings.Split(ts.Getenv("PATH"), string(os.PathListSeparator))[0], args[0]); args[0] == "stepcast" {
		cmd = exec.Command(path, args[1:]...)
	}
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "XDG_CONFIG_HOME", "LANG", "TERM", "NO_COLOR", "STEPCAST_URL", "STEPCAST_TOKEN", "STEPCAST_PROFILE", "STEPCAST_DATA"} {
		if value := ts.Getenv(name); value != "" {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	return cmd
}

func requireCode(ts *testscript.TestScript, want string, err error) {
	code := 0
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got := strconv.Itoa(code); got != want {
		ts.Fatalf("exit code %s, want %s", got, want)
	}
}

func awaitTask(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await ID STATUS")
	}
	s := scriptServer(ts)
	c := s.client()
	again := time.NewTicker(poll)
	defer again.Stop()
	for deadline := time.Now().Add(patience); ; <-again.C {
		task, err := c.Task(s.t.Context(), args[0])
		if err == nil && task.Status == client.Status(args[1]) {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("task %s is not %s in time: %+v, %v", args[0], args[1], task, err)
		}
	}
}

// restartServer crashes the server and starts it at the address that it had.
func restartServer(ts *testscript.TestScript, _ bool, _ []string) {
	s := scriptServer(ts)
	s.kill9()
	s.args[1] = strings.TrimPrefix(s.url, "http://")
	s.run()
}
