package storetest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/store"
)

var logTests = map[string]func(*testing.T, *store.Store){
	"lines read back in order from any position":         linesFromAnywhere,
	"chunks stay small and answers bounded":              boundedAnswers,
	"levels leave out data, not positions":               levelsKeepPositions,
	"lines carry all they came with, escapes and breaks": linesWhole,
}

// read reads the log to its end, at most about maxLines at once.
func read(t *testing.T, s *store.Store, task, after int64, maxLines, levels int) (lines []models.LogLine) {
	t.Helper()
	for {
		chunks, err := s.Log(t.Context(), task, after, maxLines, levels)
		require.NoError(t, err)
		if len(chunks) == 0 {
			return lines
		}
		for _, c := range chunks {
			require.LessOrEqual(t, c.First, after+1)
			require.Greater(t, c.Last, after, "each chunk moves the position")
			unpacked, err := store.Lines(c)
			require.NoError(t, err)
			for _, l := range unpacked {
				if l.Number > after {
					lines = append(lines, l)
				}
			}
			after = c.Last
		}
	}
}

func linesFromAnywhere(t *testing.T, s *store.Store) {
	a, other := Submit(t, s, nil), Submit(t, s, nil)
	var want []models.LogLine
	for _, texts := range [][]string{{"1"}, {"2", "3", "4"}, {"5", "6"}, {"7"}} {
		c := Wrote(a, texts...)
		a = Commit(t, s, c)
		want = append(want, c.Lines...)
		other = Commit(t, s, Wrote(other, "other"))
	}
	require.EqualValues(t, 7, a.LogLines)
	require.EqualValues(t, 14, a.LogBytes, "a line break counts one byte")
	for after := range len(want) + 1 {
		for _, maxLines := range []int{0, 1, 3, 100} {
			require.Equal(t, append([]models.LogLine(nil), want[after:]...), read(t, s, a.ID, int64(after), maxLines, 0))
		}
	}
	require.EqualValues(t, 7, want[6].Number)
	chunks, err := s.Log(t.Context(), a.ID, 0, 2, 0)
	require.NoError(t, err)
	require.Len(t, chunks, 2, "it stops once there are enough lines")
}

func boundedAnswers(t *testing.T, s *store.Store) {
	a := Submit(t, s, nil)
	texts := make([]string, 3000)
	for i := range texts {
		texts[i] = strings.Repeat("<x>", 1000)
	}
	texts[5] = strings.Repeat("long", 50_000)
	c := Wrote(a, texts...)
	a = Commit(t, s, c)
	require.Equal(t, c.Lines, read(t, s, a.ID, 0, 1<<20, 0))
	var after int64
	answers := 0
	for ; after < a.LogLines; answers++ {
		chunks, err := s.Log(t.Context(), a.ID, after, 1<<20, 0)
		require.NoError(t, err)
		total := 0
		for _, chunk := range chunks {
			total += len(chunk.Data)
			if chunk.First != chunk.Last {
				require.LessOrEqual(t, len(chunk.Data), 64<<10)
			}
			after = chunk.Last
		}
		require.LessOrEqual(t, total, 4<<20)
	}
	require.Equal(t, 3, answers, "9 MB come in pieces of up to 4 MiB")
}

func levelsKeepPositions(t *testing.T, s *store.Store) {
	a := Submit(t, s, nil)
	for i, level := range []models.LogLevel{models.Debug, models.Error, models.Info, models.Info, models.Warn, models.Debug} {
		c := Wrote(a, "line")
		c.Lines[0].Level = level
		a = Commit(t, s, c)
		require.EqualValues(t, i+1, a.LogLines)
	}
	severe := models.Warn.Bit() | models.Error.Bit()
	chunks, err := s.Log(t.Context(), a.ID, 0, 100, severe)
	require.NoError(t, err)
	require.Len(t, chunks, 6)
	for i, c := range chunks {
		require.Equal(t, i == 1 || i == 4, c.Data != nil, "chunk %d", i)
	}
	lines := read(t, s, a.ID, 0, 1, severe)
	require.Len(t, lines, 2)
	require.EqualValues(t, 2, lines[0].Number)
	require.EqualValues(t, 5, lines[1].Number)
}

func linesWhole(t *testing.T, s *store.Store) {
	a := Submit(t, s, nil)
	c := Wrote(a, "", `tab	quote" back\slash <b>&amp;`, "nul \x00 bell \x07 del \x7f", "界😀", "\u2028line separator", "bad \xff byte")
	c.Lines[1].Stream, c.Lines[1].Content = models.Stderr, 0
	a = Commit(t, s, c)
	got := read(t, s, a.ID, 0, 100, 0)
	c.Lines[5].Text = "bad \ufffd byte" // text is UTF-8 everywhere
	require.Equal(t, c.Lines, got)
}
