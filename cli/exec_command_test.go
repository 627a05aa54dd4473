//go:build unix

package cli

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/client"
)

// command runs "exec" with arguments in an environment, and gives what it wrote and its
// error.
func command(t *testing.T, environ []string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	none, err := os.Open(os.DevNull)
	require.NoError(t, err)
	defer none.Close()
	var out, problems bytes.Buffer
	e := &env{Options: Options{Environ: environ, Stdin: none, Stdout: &out, Stderr: &problems}}
	c := e.execCommand()
	c.SetArgs(args)
	err = c.ExecuteContext(t.Context())
	return out.String(), problems.String(), err
}

func TestExecCommand(t *testing.T) {
	t.Parallel()
	s := serve(t)
	environ := []string{"STEPCAST_URL=" + s.url, "STEPCAST_TOKEN=" + testToken}

	stdout, stderr, err := command(t, environ, "--label", "host=a1", "--description", "Say it", "--", "echo", "--label", "x")
	require.NoError(t, err)
	require.Equal(t, "--label x\n", stdout)
	require.Equal(t, "stepcast exec: task 1\n", stderr)
	task, err := s.client().Task(t.Context(), "1")
	require.NoError(t, err)
	require.Equal(t, "Say it", task.Description)
	require.Equal(t, []client.Label{{Key: "host", Value: "a1"}}, task.Labels)

	_, stderr, err = command(t, environ, "--quiet", "sh", "-c", "exit 9")
	var exit *exitError
	require.ErrorAs(t, err, &exit)
	require.Equal(t, 9, exit.code)
	require.NoError(t, exit.err)
	require.Empty(t, stderr)
}

func TestExecCommandRefusals(t *testing.T) {
	t.Parallel()
	environ := []string{"STEPCAST_DATA=" + t.TempDir()}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--label", "host", "true"}, `--label: "host" is not KEY=VALUE; write for example --label team=maps`},
		{[]string{"--label", "=x", "true"}, `--label: "=x" is not KEY=VALUE`},
		{[]string{"true"}, "no server runs on"},
	} {
		_, _, err := command(t, environ, c.args...)
		var exit *exitError
		require.ErrorAs(t, err, &exit)
		require.Equal(t, ExitExec, exit.code)
		require.ErrorContains(t, exit, c.want)
	}
}
