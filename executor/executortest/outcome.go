package executortest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/executor"
	"stepcast/models"
)

func succeeds(t *testing.T, c Case) {
	r := execute(t, c.New(t, Limits{}), c.Program.Hello)
	require.Nil(t, r.Result.Failure)
	require.Equal(t, 0, *r.Result.ExitCode)
	require.Empty(t, r.Result.Signals)
	require.Equal(t, []string{"hello"}, r.Lines(models.Stdout))
	require.Equal(t, []string{"oops"}, r.Lines(models.Stderr))
	for _, line := range r.Calls("Log") {
		require.Equal(t, models.Info, line.Level, "also standard error")
	}
}

func failsWithExitCode(t *testing.T, c Case) {
	r := execute(t, c.New(t, Limits{}), c.Program.Exit3)
	requireFailure(t, r.Result, models.ErrExitCode, "Exited with code 3")
	require.Equal(t, 3, *r.Result.ExitCode)
	require.Equal(t, []string{"leaving"}, r.Lines(models.Stdout))
}

func isKilled(t *testing.T, c Case) {
	r := execute(t, c.New(t, Limits{}), c.Program.KillItself)
	requireFailure(t, r.Result, models.ErrKilled, "Ended by signal KILL")
	require.Nil(t, r.Result.ExitCode)
	require.Empty(t, r.Result.Signals, "it was not us")
}

func keepsOrder(t *testing.T, c Case) {
	r := execute(t, c.New(t, Limits{}), c.Program.Count)
	var want []string
	for i := 1; i <= 1000; i++ {
		want = append(want, fmt.Sprint(i))
	}
	require.Equal(t, want, r.Lines(models.Stdout))
}

func obeysMarkers(t *testing.T, c Case) {
	r := execute(t, c.New(t, Limits{}), c.Program.Markers)
	require.Nil(t, r.Result.Failure)
	var got []Event
	for _, e := range r.Events() {
		if e.Call != "Usage" {
			got = append(got, e)
		}
	}
	require.Equal(t, []Event{
		{Call: "Plan", List: []string{"Download", "Unpack"}},
		{Call: "Content", Text: "Download"},
		{Call: "Progress", Percent: 42.5, Text: "half way\nthere"},
		{Call: "Log", Level: models.Info, Stream: models.Stdout, Text: "plain"},
		{Call: "Log", Level: models.Warn, Stream: models.Stdout, Text: "careful"},
		{Call: "Content", Text: "Unpack"},
		{Call: "Log", Level: models.Warn, Stream: models.Stdout, Text: "::steps A | B"},
	}, got)
}

func hasEnvironment(t *testing.T, c Case) {
	var sink Sink
	req := request(c.Program.Environment)
	req.Env = map[string]string{"GREETING": "hello  world", "PATH": "/nowhere"}
	result, err := c.New(t, Limits{}).Execute(t.Context(), req, &sink)
	require.NoError(t, err)
	require.Nil(t, result.Failure, "%v", sink.Events())
	require.Equal(t, []string{"690", "2", "690-1-2", "hello  world"}, sink.Lines(models.Stdout))
	require.Contains(t, strings.Join(sink.Lines(models.System), "\n"), "PATH", "that it is left out is said")
}

func cutsLongLine(t *testing.T, c Case) {
	r := execute(t, c.New(t, Limits{}), c.Program.LongLine)
	lines := r.Lines(models.Stdout)
	require.Len(t, lines, 2)
	require.LessOrEqual(t, len(lines[0]), executor.LineLimit)
	require.Regexp(t, `^x+ … \[cut: \d+ bytes\]$`, lines[0])
	require.Equal(t, "after", lines[1])
}

func describesItself(t *testing.T, c Case) {
	info := c.New(t, Limits{}).Info()
	require.NotEmpty(t, info.Name)
	require.NotEmpty(t, info.Description)
	require.Empty(t, info.Reason)
	var schema map[string]any
	require.NoError(t, json.Unmarshal(info.ParamsSchema, &schema))
	require.Equal(t, "object", schema["type"])
	require.Equal(t, false, schema["additionalProperties"])
}

func refusesParams(t *testing.T, c Case) {
	e := c.New(t, Limits{})
	checker, ok := e.(executor.ParamsChecker)
	require.True(t, ok)
	require.NoError(t, checker.CheckParams(nil))
	require.NoError(t, checker.CheckParams([]byte(`{}`)))
	for params, field := range c.BadParams {
		f := models.AsFault(checker.CheckParams([]byte(params)))
		require.NotNil(t, f, params)
		require.Equal(t, models.CodeInvalid, f.Code, params)
		require.Equal(t, field, f.Field, params)
		require.NotEmpty(t, f.Message)

		var sink Sink
		req := request(c.Program.Hello)
		req.Params = []byte(params)
		result, err := e.Execute(t.Context(), req, &sink)
		require.NoError(t, err)
		requireFailure(t, result, models.ErrStartFailed, f.Message)
		require.Empty(t, sink.Lines(models.Stdout), "it did not run")
	}
}
