package cli

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"stepcast/client"
)

func TestParseInput(t *testing.T) {
	t.Parallel()
	want := client.SubmitInput{
		Description: "Build", Priority: 5, StartAfter: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC),
		Variables: map[string]any{"DAY": "2026-11-22", "ON": true},
		Labels:    []client.Label{{Key: "team", Value: "maps"}},
		Steps: []client.StepInput{{Description: "Compile", Contents: []client.ContentInput{
			{Message: "make", RunType: "shell", Code: "make\n", Params: map[string]any{"cwd": "/src"}},
		}}},
	}
	for name, text := range map[string]string{
		"JSON": `{"description":"Build","priority":5,"startAfter":"2030-01-02T03:04:05Z","variables":{"DAY":"2026-11-22","ON":true},
			"labels":[{"key":"team","value":"maps"}],
			"steps":[{"description":"Compile","contents":[{"message":"make","runType":"shell","code":"make\n","params":{"cwd":"/src"}}]}]}`,
		"YAML": `
description: Build
priority: 5
startAfter: 2030-01-02T03:04:05Z
variables: {DAY: 2026-11-22, ON: true}
labels:
  - {key: team, value: maps}
steps:
  - description: Compile
    contents:
      - message: make
        runType: shell
        code: |
          make
        params: {cwd: /src}
`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parseInput([]byte(text))
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

// TestParseInputKeepsNumbers: a number is not rounded on its way.
func TestParseInputKeepsNumbers(t *testing.T) {
	t.Parallel()
	got, err := parseInput([]byte(`{"description":"x","variables":{"N":9007199254740993,"F":0.1000000000000000055}}`))
	require.NoError(t, err)
	text, err := json.Marshal(got.Variables)
	require.NoError(t, err)
	require.JSONEq(t, `{"N":9007199254740993,"F":0.1000000000000000055}`, string(text))
	require.Contains(t, string(text), "9007199254740993")
}

func TestParseInputRefuses(t *testing.T) {
	t.Parallel()
	for text, words := range map[string]string{
		" \n":                                  "it is empty",
		"{":                                    "it is not JSON",
		"a: [":                                 "it is not YAML",
		"a: 1\n---\nb: 2":                      "several YAML documents",
		"1: 2":                                 "the keys of an object must be texts",
		`{"desciption":"x"}`:                   "desciption: there is no such field; there are description, descriptionTexts, steps,",
		"steps: [{contents: [{mesage: x}]}]":   "steps.0.contents.0.mesage: there is no such field",
		`{"priority":"high"}`:                  "priority: it is a string, but must be a whole number",
		`{"steps":{}}`:                         "steps: it is an object, but must be a list",
		`{"steps":[{"contents":"x"}]}`:         "steps.contents: it is a string, but must be a list",
		"a: &a [x, x]\nb: &b [*a,*a]\nc: [*b]": "there is no such field",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			_, err := parseInput([]byte(text))
			require.ErrorContains(t, err, words)
		})
	}
}

func FuzzParseInput(f *testing.F) {
	for _, seed := range []string{"", "{}", "description: x\nsteps: []", `{"steps":[{"contents":[{"params":{"a":1}}]}]}`, "a: &a\n  b: *a", "? [x]\n: y"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		in, err := parseInput([]byte(text))
		if err != nil {
			return
		}
		if _, err := json.Marshal(in); err != nil {
			t.Fatalf("%q was read as what cannot be sent: %v", text, err)
		}
	})
}

func TestStep(t *testing.T) {
	t.Parallel()
	o := taskOptions{runType: "shell"}
	for text, want := range map[string][2]string{
		"Build: make all":     {"Build", "make all\n"},
		"make all":            {"make all", "make all\n"},
		"curl http://x:80/y":  {"curl http://x:80/y", "curl http://x:80/y\n"},
		": make":              {": make", ": make\n"},
		"Say: echo 'a: b'":    {"Say", "echo 'a: b'\n"},
		"echo a\necho \x1b b": {"echo a", "echo a\necho \x1b b\n"},
	} {
		step := o.step(text)
		require.Equal(t, want, [2]string{step.Description, step.Contents[0].Code})
	}
	long := o.step(strings.Repeat("x", 200))
	require.Equal(t, strings.Repeat("x", describedMax-1)+"…", long.Description)
}

func TestReadTime(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("there", 2*3600)
	now := time.Date(2026, 1, 2, 15, 4, 5, 0, zone)
	for _, c := range []struct {
		text      string
		direction int
		want      string
	}{
		{"90m", 1, "2026-01-02T16:34:05+02:00"},
		{"2h", -1, "2026-01-02T13:04:05+02:00"},
		{"7d", 1, "2026-01-09T15:04:05+02:00"},
		{"1d12h", -1, "2026-01-01T03:04:05+02:00"},
		{"2027-01-02T03:04:05Z", 1, "2027-01-02T03:04:05Z"},
		{"2027-01-02 03:04", 1, "2027-01-02T03:04:00+02:00"},
		{"2027-01-02", 1, "2027-01-02T00:00:00+02:00"},
		{"22:00", 1, "2026-01-02T22:00:00+02:00"},
		{"08:00", 1, "2026-01-03T08:00:00+02:00"},
		{"08:00", -1, "2026-01-02T08:00:00+02:00"},
		{"22:00", -1, "2026-01-01T22:00:00+02:00"},
	} {
		got, err := readTime("after", c.text, now, c.direction)
		require.NoError(t, err)
		require.Equal(t, c.want, got.Format(time.RFC3339), "%s %d", c.text, c.direction)
	}
	for _, text := range []string{"soon", "-5m", "25:00", "2026-13-01", "d", "-1d", "1d-5h", "1dx", "36501d", "36500d2000000h"} {
		_, err := readTime("after", text, now, 1)
		require.Equal(t, ExitUsage, ExitCode(err), text)
		require.ErrorContains(t, err, "--after")
	}
	none, err := readTime("after", "", now, 1)
	require.NoError(t, err)
	require.True(t, none.IsZero())
}

func TestQuoted(t *testing.T) {
	t.Parallel()
	require.Equal(t, `make -j4 'a b' '' '$HOME' 'it'\''s' 'x;y' a=b`, quoted([]string{"make", "-j4", "a b", "", "$HOME", "it's", "x;y", "a=b"}))
}

func TestSpanAndSize(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Second: "0s", 0: "0s", 1230 * time.Millisecond: "1.2s", 3 * time.Second: "3s", 59900 * time.Millisecond: "59s",
		65 * time.Second: "1m05s", 200 * time.Minute: "3h20m", 52 * time.Hour: "2d04h",
	} {
		require.Equal(t, want, span(d))
	}
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 1_500_000: "1.5 MB", 1 << 62: "4.6 EB"} {
		require.Equal(t, want, size(n))
	}
}

func TestRunCode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, ExitOK},
		{&exitError{1, &scriptError{1}}, 1},
		{&exitError{2, &scriptError{2}}, 2},
		{fail(ExitUsage, nil), ExitRunFailure},
		{fail(ExitFailure, nil), ExitRunFailure},
		{usage(&cobra.Command{}, errNoProfile), ExitRunFailure},
		{errNoProfile, ExitRunFailure},
		{fail(ExitTimedOut, nil), ExitTimedOut},
		{fail(ExitUnreachable, nil), ExitUnreachable},
	} {
		require.Equal(t, c.want, ExitCode(runCode(c.err)))
	}
}
