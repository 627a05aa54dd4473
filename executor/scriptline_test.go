package executor_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"stepcast/executor"
	"stepcast/executor/executortest"
	"stepcast/models"
)

// printed gives what a script that wrote text to standard output told, as one text per call.
func printed(o executor.ScriptOptions, text string) []string {
	var sink executortest.Sink
	lines := executor.NewScriptLines(&sink, o)
	_, _ = io.WriteString(lines.Stdout(), text)
	lines.Close()
	told := []string{}
	for _, e := range sink.Events() {
		switch e.Call {
		case "Log":
			told = append(told, fmt.Sprintf("%s %q", e.Level, e.Text))
		case "Progress":
			told = append(told, fmt.Sprintf("progress %v %q", e.Percent, e.Text))
		case "Plan", "Steps":
			told = append(told, fmt.Sprintf("%s %q", e.Call, e.List))
		default:
			told = append(told, fmt.Sprintf("%s %q", e.Call, e.Text))
		}
	}
	return told
}

func TestMarkers(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"::progress 42.5 Copying tiles": `progress 42.5 "Copying tiles"`,
		"::progress 42.5":               `progress 42.5 ""`,
		"::progress   7   a  b ":        `progress 7 "a  b"`,
		"::progress 1e1 x%0Ay":          `progress 10 "x\ny"`,
		"::progress -3":                 `progress 0 ""`,
		"::progress 250 far":            `progress 100 "far"`,
		"::content Download a.zip":      `Content "Download a.zip"`,
		"::content 100%25%0Adone%0D":    `Content "100%\ndone\r"`,
		"::content %2525":               `Content "%25"`,
		"::plan A | B || C ":            `Plan ["A" "B" "C"]`,
		"::plan A":                      `Plan ["A"]`,
		"::steps A | B%0Ab":             `Steps ["A" "B\nb"]`,
		"::step B":                      `Step "B"`,
		"::warning Careful":             `WARN "Careful"`,
		"::error It broke":              `ERROR "It broke"`,
		"::debug x=1":                   `DEBUG "x=1"`,
	} {
		require.Equal(t, []string{want}, printed(executor.ScriptOptions{AllowSteps: true}, line+"\n"), line)
	}
}

func TestMalformedMarkersAreLines(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"::", ":: progress 3", "::progress", "::progress ", "::progress fast", "::progress NaN", "::progress +Inf", "::progress 1e999",
		"::progress 0x10", "::progress 1_0", "::progress 42,5", "::progress 42%", "::content", "::content  ", "::plan", "::plan | |", "::steps |",
		"::steps", "::step", "::warning", "::error ", "::debug", "::unknown x", "::progress\t5", " ::progress 5", ":progress 5", "::Progress 5",
	} {
		require.Equal(t, []string{fmt.Sprintf("INFO %q", line)}, printed(executor.ScriptOptions{AllowSteps: true}, line+"\n"), line)
	}
}

func TestStepsElsewhereAreWarnings(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"::steps A | B%0A", "::step B"} {
		require.Equal(t, []string{fmt.Sprintf("WARN %q", line)}, printed(executor.ScriptOptions{}, line+"\n"))
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                              {},
		"a\nb\n":                        {`INFO "a"`, `INFO "b"`},
		"no line feed at the end":       {`INFO "no line feed at the end"`},
		"a\n\n b \n":                    {`INFO "a"`, `INFO ""`, `INFO " b "`},
		"dos\r\n\r\nend\r":              {`INFO "dos"`, `INFO ""`, `INFO "end"`},
		"10%\r50%\r100%\ndone\n":        {`INFO "100%"`, `INFO "done"`},
		"10%\r50%\r100%\r\r\n":          {`INFO "100%"`},
		"::progress 1\r::progress 2\n":  {`progress 2 ""`},
		"::error a%0A%0Ab%0D%0Ac%0d\nd": {`ERROR "a"`, `ERROR ""`, `ERROR "b"`, `ERROR "c"`, `INFO "d"`},
		"\xff\x00\n":                    {`INFO "\xff\x00"`},
	} {
		require.Equal(t, want, printed(executor.ScriptOptions{}, text), "%q", text)
	}
}

func TestLongLinesAreCut(t *testing.T) {
	t.Parallel()
	const limit = executor.LineLimit
	var sink executortest.Sink
	lines := executor.NewScriptLines(&sink, executor.ScriptOptions{AllowSteps: true})
	fits := strings.Repeat("x", limit)
	long := strings.Repeat("é", limit)
	for _, text := range []string{fits + "\n", long + "\n", "next\n", "::error " + long + "\n", "::plan A | " + long + "\n", "redrawn" + long + "\rshort\n"} {
		_, err := io.WriteString(lines.Stdout(), text)
		require.NoError(t, err)
	}
	lines.Close()
	got := sink.Events()
	require.Len(t, got, 6)
	require.Equal(t, fits, got[0].Text)
	require.Equal(t, "next", got[2].Text)
	require.Equal(t, "short", got[5].Text)
	for _, i := range []int{1, 3, 4} {
		require.LessOrEqual(t, len(got[i].Text), limit, "with the words that say what is missing")
		require.True(t, utf8.ValidString(got[i].Text), "cut between characters")
	}
	require.Equal(t, models.Error, got[3].Level)
	require.Equal(t, "Log", got[4].Call, "half a plan is no plan")

	kept, words, found := strings.Cut(got[1].Text, " … [cut: ")
	require.True(t, found)
	require.Equal(t, fmt.Sprintf("%d bytes]", len(long)-len(kept)), words)
}

func TestOutputLimit(t *testing.T) {
	t.Parallel()
	var sink executortest.Sink
	calls := 0
	lines := executor.NewScriptLines(&sink, executor.ScriptOptions{Limit: 10, OnLimit: func() { calls++ }})
	for _, text := range []string{"12345\n", "6789"} {
		_, _ = io.WriteString(lines.Stdout(), text)
	}
	require.False(t, lines.LimitExceeded(), "the limit itself may be reached")
	for _, w := range []io.Writer{lines.Stderr(), lines.Stdout(), lines.Stderr()} {
		n, err := io.WriteString(w, "more\n")
		require.NoError(t, err, "a script that goes on writing is not blocked")
		require.Equal(t, 5, n)
	}
	lines.Close()
	require.True(t, lines.LimitExceeded())
	require.Equal(t, 1, calls)
	require.Equal(t, int64(25), lines.Bytes())
	require.Equal(t, []string{"12345", "6789"}, sink.Lines(models.Stdout))
	require.Empty(t, sink.Lines(models.Stderr))
}

func TestStreamsAreApart(t *testing.T) {
	t.Parallel()
	var sink executortest.Sink
	lines := executor.NewScriptLines(&sink, executor.ScriptOptions{})
	var wait sync.WaitGroup
	for name, w := range map[string]io.Writer{"out": lines.Stdout(), "err": lines.Stderr()} {
		wait.Go(func() {
			for i := range 1000 {
				for _, piece := range []string{name, " ", fmt.Sprint(i), "\n"} {
					_, _ = io.WriteString(w, piece)
				}
			}
		})
	}
	wait.Wait()
	lines.Close()
	for name, stream := range map[string]models.LogStream{"out": models.Stdout, "err": models.Stderr} {
		got := sink.Lines(stream)
		require.Len(t, got, 1000)
		for i, line := range got {
			require.Equal(t, fmt.Sprintf("%s %d", name, i), line)
		}
	}
}

// FuzzScriptLines writes data in pieces. Whatever it is, no line is longer than the
// limit, and where nothing has a meaning of its own nothing is lost.
func FuzzScriptLines(f *testing.F) {
	f.Add([]byte("a\nb\r\n::progress 5 x\n::plan a|b\n"), uint16(3), true)
	f.Add([]byte("::error %0A%25%\n\r\r\n\xff\xfe::"), uint16(1), false)
	f.Fuzz(func(t *testing.T, data []byte, piece uint16, steps bool) {
		var sink executortest.Sink
		lines := executor.NewScriptLines(&sink, executor.ScriptOptions{AllowSteps: steps})
		for rest := data; len(rest) > 0; {
			n := min(len(rest), int(piece)+1)
			if _, err := lines.Stdout().Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		lines.Close()
		var log []string
		for _, e := range sink.Events() {
			if len(e.Text) > executor.LineLimit {
				t.Fatalf("a text of %d bytes", len(e.Text))
			}
			if e.Call == "Progress" && !(e.Percent >= 0 && e.Percent <= 100) {
				t.Fatalf("progress %v", e.Percent)
			}
			if e.Call == "Log" {
				log = append(log, e.Text)
			}
		}
		if bytes.Contains(data, []byte("\r")) || bytes.Contains(data, []byte("::")) {
			return
		}
		want := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
		if len(data) == 0 {
			want = nil
		}
		for _, line := range want {
			if len(line) > executor.LineLimit {
				return
			}
		}
		if strings.Join(log, "\n") != strings.Join(want, "\n") || len(log) != len(want) {
			t.Fatalf("wrote %q, got %q", want, log)
		}
	})
}
