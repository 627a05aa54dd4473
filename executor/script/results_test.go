package script_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/executor"
	"stepcast/executor/executortest"
	"stepcast/executor/script"
	"stepcast/models"
)

// names gives the names of results, and whether each would be seen.
func names(results []executortest.Result) map[string]bool {
	named := map[string]bool{}
	for _, r := range results {
		named[r.Name] = r.Closed
	}
	return named
}

func TestFilesAreResults(t *testing.T) {
	t.Parallel()
	sink, result, _ := execute(t, script.Options{}, executor.Request{Code: `
		cd "$STEPCAST_RESULTS" && mkdir sub && printf 'a,b\n1,2\n' > b.csv && printf x > sub/c.txt && : > "a b.txt"
		ln -s /etc/passwd link.txt; ln -s / root; mkfifo pipe`})
	require.Nil(t, result.Failure)
	require.Equal(t, map[string]bool{"a b.txt": true, "b.csv": true, "sub/c.txt": true}, names(sink.Results()))
	require.Equal(t, "a,b\n1,2\n", string(sink.Results()[1].Bytes))
	require.Contains(t, sink.Lines(models.System), "Result b.csv: 8 bytes")
	require.Contains(t, sink.Lines(models.System), "link.txt is no file, so it is no result: links and the like are left out")
}

func TestResultsOfScriptsThatFail(t *testing.T) {
	t.Parallel()
	sink, result, _ := execute(t, script.Options{}, executor.Request{Code: `echo part > "$STEPCAST_RESULTS/part.txt"; exit 3`})
	require.NotNil(t, result.Failure)
	require.Equal(t, map[string]bool{"part.txt": true}, names(sink.Results()))

	sink, result, _ = execute(t, script.Options{}, executor.Request{Code: `rm -r "$STEPCAST_RESULTS"`})
	require.Nil(t, result.Failure, "a script may remove the directory")
	require.Empty(t, sink.Results())
}

func TestResultsBeyondTheLimit(t *testing.T) {
	t.Parallel()
	sink := executortest.Sink{ResultLimit: 5}
	e := withShell(t, script.Options{WorkRoot: t.TempDir()})
	_, err := e.Execute(t.Context(), executor.Request{Code: `cd "$STEPCAST_RESULTS"; echo 1234 > a; echo 12 > b; echo > c; echo > d`}, &sink)
	require.NoError(t, err)
	require.Equal(t, map[string]bool{"a": true, "b": true}, names(sink.Results()))
	require.True(t, sink.Results()[1].Cut)
	require.Contains(t, sink.Lines(models.System), "The result b is cut after 0 bytes: the results of an execution are limited")
	require.Contains(t, sink.Lines(models.System), "Further results that were left out: 2")
}

func TestCancelledScriptsHaveNoResults(t *testing.T) {
	t.Parallel()
	e := withShell(t, script.Options{WorkRoot: t.TempDir()})
	ctx, cancel := context.WithCancelCause(t.Context())
	sink := executortest.Sink{OnLog: func(string) { cancel(executor.ErrCancel) }}
	result, err := e.Execute(ctx, executor.Request{Code: `echo x > "$STEPCAST_RESULTS/x"; echo ready; while :; do sleep 0.01; done`}, &sink)
	require.NoError(t, err)
	require.Equal(t, []string{"TERM"}, result.Signals)
	require.Empty(t, sink.Results())
}
