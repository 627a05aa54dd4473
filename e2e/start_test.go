package e2e

import (
	"database/sql"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/store/storetest"
)

// ran is how a run of the program ended.
type ran struct {
	exit           int
	stdout, stderr string
}

// runToEnd runs a command that must end by itself.
func runToEnd(t *testing.T, cmd *exec.Cmd) ran {
	t.Helper()
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	require.NoError(t, cmd.Start())
	overdue := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	_ = cmd.Wait() // how it ended is in cmd.ProcessState
	require.True(t, overdue.Stop(), "it goes on:\n%s%s", &stdout, &stderr)
	return ran{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// requireRefused checks that a start ended at once, with one sentence that has all the
// words: what is wrong, and what to do about it.
func requireRefused(t *testing.T, r ran, words ...string) {
	t.Helper()
	require.Equal(t, 1, r.exit, r.stderr)
	require.Empty(t, r.stdout)
	require.Equal(t, 1, strings.Count(r.stderr, "\n"), "one line:\n%s", r.stderr)
	require.True(t, strings.HasPrefix(r.stderr, "stepcast: "), r.stderr)
	for _, trace := range []string{"goroutine", "panic", ".go:"} {
		require.NotContains(t, r.stderr, trace)
	}
	for _, word := range words {
		require.Contains(t, r.stderr, word)
	}
}

// TestStartRefused starts the program in every way that cannot work.
func TestStartRefused(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = busy.Close() })
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "stepcast.yaml")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	for name, try := range map[string]struct {
		args, words []string
	}{
		"busy port":        {[]string{"--addr", busy.Addr().String()}, []string{busy.Addr().String(), "stop it", "--addr"}},
		"foreign address":  {[]string{"--addr", "192.0.2.1:0"}, []string{"192.0.2.1:0", "choose another address with --addr"}},
		"busy metrics":     {[]string{"--metrics-addr", busy.Addr().String()}, []string{busy.Addr().String(), "stop it", "--metrics-addr"}},
		"foreign metrics":  {[]string{"--metrics-addr", "192.0.2.1:0"}, []string{"192.0.2.1:0", "choose another address with --metrics-addr"}},
		"bad metrics":      {[]string{"--metrics-addr", "9090"}, []string{"STEPCAST_METRICS_ADDR", "9090 is not host:port", "write for example"}},
		"unknown flag":     {[]string{"--queue-limt", "5"}, []string{"--queue-limt", "--help"}},
		"flag of nothing":  {[]string{"--max-tasks"}, []string{"--max-tasks", "--help"}},
		"unknown command":  {[]string{"server"}, []string{`"server"`, "--help"}},
		"bad value":        {[]string{"--lease", "5"}, []string{"--lease", "STEPCAST_LEASE", "5 is not a duration", "write for example 10s"}},
		"unknown key":      {[]string{"--config", file("queue-limt: 5")}, []string{"stepcast.yaml", "queue-limt", "did you mean queue-limit?"}},
		"not YAML":         {[]string{"--config", file("addr: [")}, []string{"stepcast.yaml", "line 1"}},
		"no such file":     {[]string{"--config", "nowhere.yaml"}, []string{"--config", "nowhere.yaml", "make it, or leave the setting out"}},
		"unreachable":      {[]string{"--database", "mysql://root:hunter2@127.0.0.1:1/x"}, []string{"refused", "start that server", "--database"}},
		"not a database":   {[]string{"--database", "sqlite://" + filepath.ToSlash(file("what is this?"))}, []string{"not a database", "--database"}},
		"unknown database": {[]string{"--database", "oracle://x"}, []string{"--database", "sqlite://", "mysql://"}},
		"folder in a file": {[]string{"--data", filepath.Join(file(""), "data")}, []string{"data folder", "--data"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"--data", filepath.Join(t.TempDir(), "data"), "--addr", "127.0.0.1:0"}, try.args...)
			if name == "busy port" || name == "foreign address" {
				args = append(args[:2:2], try.args...) // addresses add up
			}
			r := runToEnd(t, command(t, args...))
			requireRefused(t, r, try.words...)
			require.NotContains(t, r.stderr, "hunter2")
		})
	}
}

// TestStartRefusesSecrets checks that what is wrong with a secret is told without it.
func TestStartRefusesSecrets(t *testing.T) {
	t.Parallel()
	for variable, value := range map[string]string{"STEPCAST_ADMIN_TOKEN": "hunter2", "STEPCAST_ADMIN_PASSWORD": "hunter2"} {
		t.Run(variable, func(t *testing.T) {
			t.Parallel()
			cmd := command(t, "--addr", "127.0.0.1:0")
			cmd.Env = append(cmd.Env, variable+"="+value)
			r := runToEnd(t, cmd)
			requireRefused(t, r, variable, "has")
			require.NotContains(t, r.stderr, value)
		})
	}
}

// TestStartRefusesUnwritableFolder is for whoever is not root, whom every folder lets in.
func TestStartRefusesUnwritableFolder(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	folder := filepath.Join(t.TempDir(), "closed")
	require.NoError(t, os.Mkdir(folder, 0o500))
	for _, data := range []string{folder, filepath.Join(folder, "data")} {
		requireRefused(t, runToEnd(t, command(t, "--data", data, "--addr", "127.0.0.1:0")), "permission denied", "--data")
	}
}

// TestSecondServer starts a second server on the data folder of one that runs. The
// first goes on, and the folder is free again when it has ended, however it did.
func TestSecondServer(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	s := start(t)
	second := func() ran { return runToEnd(t, command(t, "--data", s.data, "--addr", "127.0.0.1:0")) }
	requireRefused(t, second(), s.data, "stop it", "--data")
	status, _, _ := s.get("/readyz")
	require.Equal(t, 200, status)
	s.kill9()
	s.run()
	require.Zero(t, s.stop())
	s.run()
}

// TestNewerDatabase starts on a database that a later version has upgraded.
func TestNewerDatabase(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	for name, database := range map[string]func(t testing.TB) string{
		"sqlite": func(t testing.TB) string { return "sqlite://" + filepath.Join(t.TempDir(), "stepcast.db") },
		"mysql":  storetest.NewMySQL,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := database(t)
			s := start(t, "--database", url)
			require.Zero(t, s.stop())
			upgrade(t, url)
			r := runToEnd(t, command(t, "--data", s.data, "--addr", "127.0.0.1:0", "--database", url))
			requireRefused(t, r, "version 99999", "start the version of stepcast that upgraded them", "backup")
			link := runToEnd(t, command(t, "login-link", "--data", s.data, "--database", url))
			requireRefused(t, link, "version 99999")
		})
	}
}

// upgrade notes in a database that a migration was applied which this program has not.
func upgrade(t *testing.T, database string) {
	t.Helper()
	var db *sql.DB
	if path, ok := strings.CutPrefix(database, "sqlite://"); ok {
		var err error
		db, err = sql.Open("sqlite", path)
		require.NoError(t, err)
	} else {
		db = storetest.Connect(t, database)
	}
	_, err := db.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)")
	require.NoError(t, err)
	require.NoError(t, db.Close())
}
