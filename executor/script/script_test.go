package script_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"stepcast/executor"
	"stepcast/executor/executortest"
	"stepcast/executor/script"
	"stepcast/internal/process"
	"stepcast/models"
)

func TestMain(m *testing.M) {
	process.Main()
	goleak.VerifyTestMain(m)
}

var language = script.Language{
	Name: "test", Interpreters: []string{"no-such-shell", "sh"}, Setting: "--test", File: "code",
	Env: []string{"FROM=language", "ONLY=language"},
}

// withShell makes an executor that has sh.
func withShell(t *testing.T, o script.Options) *script.Executor {
	t.Helper()
	_, err := process.LookPath("sh")
	executortest.Need(t, "sh", err)
	return script.New(language, o)
}

// execute runs code with sh and returns what it told and the directory of all executions.
func execute(t *testing.T, o script.Options, req executor.Request) (*executortest.Sink, executor.Result, string) {
	t.Helper()
	if o.WorkRoot == "" {
		o.WorkRoot = filepath.Join(t.TempDir(), "deep", "work")
	}
	var sink executortest.Sink
	result, err := withShell(t, o).Execute(t.Context(), req, &sink)
	require.NoError(t, err)
	return &sink, result, o.WorkRoot
}

func TestWorkDirectoryIsPrivateAndRemoved(t *testing.T) {
	t.Parallel()
	sink, result, root := execute(t, script.Options{}, executor.Request{
		Task: 5, Attempt: 1, Content: models.ContentRef{Step: 1, Content: 2},
		Code: `pwd; echo "$HOME"; echo "$TMPDIR"; ls -ld . | cut -c1-10; ls; mkdir -p shut/in; chmod 0 shut`,
	})
	require.Nil(t, result.Failure)
	lines := sink.Lines(models.Stdout)
	require.Len(t, lines, 5)
	dir := lines[0]
	require.Equal(t, root, filepath.Dir(dir))
	require.True(t, strings.HasPrefix(filepath.Base(dir), "5-1-2-1-"), dir)
	require.Equal(t, []string{dir, dir, dir, "drwx------", "code"}, lines)
	left, err := os.ReadDir(root)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestWorkRootThatCannotBeMade(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := script.New(language, script.Options{WorkRoot: file}).Execute(t.Context(), executor.Request{}, &executortest.Sink{})
	require.ErrorContains(t, err, "make work directory")
}

func TestEnvironmentOrder(t *testing.T) {
	t.Parallel()
	sink, _, _ := execute(t, script.Options{Env: []string{"PATH=/usr/bin:/bin", "FROM=server", "LANG=C"}}, executor.Request{
		Task: 5, Attempt: 3, Content: models.ContentRef{Step: 1, Content: 2},
		Env:    map[string]string{"FROM": "task", "LANG": "de", "MULTI": "a\nb", "LD_PRELOAD": "x", "bad-name": "x"},
		Params: json.RawMessage(`{"env": {"FROM": "params"}}`),
		Code:   `env | grep -v '^\(PWD\|OLDPWD\|SHLVL\|_\|HOME\|TMPDIR\|STEPCAST_TREE\|STEPCAST_RESULTS\)=' | sort`,
	})
	require.Equal(t, []string{
		"FROM=params", "LANG=de", "MULTI=a", "ONLY=language", "PATH=/usr/bin:/bin",
		"STEPCAST_ATTEMPT=3", "STEPCAST_CONTENT_ID=5-1-2", "STEPCAST_TASK_ID=5", "b",
	}, sink.Lines(models.Stdout))
	require.Equal(t, []string{"The script does not get these variables, because of their names: LD_PRELOAD, bad-name"}, sink.Lines(models.System))
}

func TestServerEnv(t *testing.T) {
	t.Parallel()
	server := map[string]string{"PATH": "/bin", "TZ": "Asia/Shanghai", "SECRET": "x"}
	require.Equal(t, []string{"PATH=/bin", "LANG=C.UTF-8", "TZ=Asia/Shanghai"},
		script.ServerEnv(func(name string) string { return server[name] }))
}

func TestParams(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	marker := filepath.Join(dir, "interpreter")
	require.NoError(t, os.WriteFile(marker, []byte("#!/bin/sh\necho run by it; exec /bin/sh \"$@\"\n"), 0o700))
	params, err := json.Marshal(map[string]any{"cwd": dir, "interpreter": marker})
	require.NoError(t, err)
	sink, result, _ := execute(t, script.Options{}, executor.Request{Code: "pwd", Params: params})
	require.Nil(t, result.Failure)
	require.Equal(t, []string{"run by it", dir}, sink.Lines(models.Stdout))
	require.FileExists(t, marker, "a directory of its own is not removed")
}

// Code of any size runs: it is a file, not an argument.
func TestLongCode(t *testing.T) {
	t.Parallel()
	code := strings.Repeat("# a comment that is long\n", 200_000) + "echo end\n"
	sink, _, _ := execute(t, script.Options{}, executor.Request{Code: code})
	require.Equal(t, []string{"end"}, sink.Lines(models.Stdout))
}

func TestReasons(t *testing.T) {
	t.Parallel()
	missing := script.Language{Name: "x", Interpreters: []string{"no-such-a", "no-such-b"}, Setting: "--x"}
	for name, c := range map[string]struct {
		language script.Language
		options  script.Options
		want     string
	}{
		"missing":            {missing, script.Options{}, "no-such-a or no-such-b was not found on the server: install it, or name another interpreter with --x"},
		"configured missing": {language, script.Options{Interpreter: "/no/such"}, "/no/such was not found on the server: install it, or name another interpreter with --test"},
		"relative":           {language, script.Options{Interpreter: "./sh"}, "./sh was not found on the server: install it, or name another interpreter with --test"},
		"off":                {missing, script.Options{DisabledReason: "off for a reason"}, "off for a reason"},
	} {
		e := script.New(c.language, c.options)
		require.Equal(t, c.want, e.Info().Reason, name)
		result, err := e.Execute(t.Context(), executor.Request{Code: "echo"}, &executortest.Sink{})
		require.NoError(t, err)
		require.Equal(t, models.ErrStartFailed, result.Failure.Code)
		require.Equal(t, "Could not start: "+c.want, result.Failure.Message.In("en"))
	}
}

func TestStartErrorIsAFailure(t *testing.T) {
	t.Parallel()
	bad := filepath.Join(t.TempDir(), "bad")
	require.NoError(t, os.WriteFile(bad, []byte("#!/no/such/program\n"), 0o700))
	_, result, _ := execute(t, script.Options{Interpreter: bad}, executor.Request{Code: "echo"})
	require.Equal(t, models.ErrStartFailed, result.Failure.Code)
	require.Contains(t, result.Failure.Message.In("en"), "the interpreter named in its first line does not exist")
}

// A script that ends what keeps it is ended with it. Whether it had started by then
// nobody can tell.
func TestScriptThatKillsItsShim(t *testing.T) {
	t.Parallel()
	_, result, _ := execute(t, script.Options{}, executor.Request{Code: "kill -KILL $PPID; while :; do sleep 1; done"})
	require.Contains(t, []models.TaskErrorCode{models.ErrKilled, models.ErrStartFailed}, result.Failure.Code)
	require.Zero(t, result.Survivors)
}

func TestAllowSteps(t *testing.T) {
	t.Parallel()
	sink, _, _ := execute(t, script.Options{}, executor.Request{AllowSteps: true, Code: `printf '::steps A | B\n::step B\n'`})
	require.Equal(t, []string{"A", "B"}, sink.Calls("Steps")[0].List)
	require.Equal(t, "B", sink.Calls("Step")[0].Text)
}

// The first deadline counts before the script does anything.
func TestLeaseFromTheStart(t *testing.T) {
	t.Parallel()
	var sink executortest.Sink
	lease, ended := make(chan time.Time, 1), make(chan struct{})
	lease <- time.Now().Add(-time.Second)
	ctx, cancel := context.WithCancelCause(t.Context())
	_, err := process.LookPath("sh")
	executortest.Need(t, "sh", err)
	e := script.New(language, script.Options{WorkRoot: t.TempDir()})
	go func() {
		defer close(ended)
		_, _ = e.Execute(ctx, executor.Request{Code: "while :; do echo tick; sleep 0.01; done", Lease: lease}, &sink)
	}()
	sink.Wait(t, "a sample of what stands still", func() bool { return len(sink.Calls("Usage")) > 0 })
	printed := len(sink.Lines(models.Stdout))
	sink.Wait(t, "another", func() bool { return len(sink.Calls("Usage")) > 1 })
	require.Len(t, sink.Lines(models.Stdout), printed)
	lease <- time.Time{}
	sink.Wait(t, "ticks", func() bool { return len(sink.Lines(models.Stdout)) > printed+3 })
	cancel(executor.ErrCancel)
	<-ended
}

// Of wishes that come faster than they are fulfilled the newest comes true.
func TestNewestWishCounts(t *testing.T) {
	t.Parallel()
	var sink executortest.Sink
	pause, ended := make(chan bool, 1), make(chan struct{})
	ctx, cancel := context.WithCancelCause(t.Context())
	_, err := process.LookPath("sh")
	executortest.Need(t, "sh", err)
	e := script.New(language, script.Options{WorkRoot: t.TempDir()})
	go func() {
		defer close(ended)
		_, _ = e.Execute(ctx, executor.Request{Code: "while :; do echo tick; sleep 0.01; done", Pause: pause}, &sink)
	}()
	for i := range 50 {
		pause <- i%2 == 0
	}
	sink.Wait(t, "the last answer", func() bool {
		answers := sink.Calls("Paused")
		return len(answers) > 0 && !answers[len(answers)-1].Paused && len(pause) == 0
	})
	printed := len(sink.Lines(models.Stdout))
	sink.Wait(t, "ticks", func() bool { return len(sink.Lines(models.Stdout)) > printed+3 })
	cancel(executor.ErrCancel)
	<-ended
}
