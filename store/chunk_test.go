package store_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"stepcast/models"
	"stepcast/store"
	"stepcast/store/storetest"
)

// TestChunks: whatever the lines, chunks follow each other without a hole, name the
// levels in them, stay small, and unpack to the lines.
func TestChunks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		after := rapid.Int64Range(0, 1<<40).Draw(rt, "after")
		lines := make([]models.LogLine, rapid.IntRange(0, 40).Draw(rt, "lines"))
		for i := range lines {
			lines[i] = models.LogLine{
				At: storetest.Start, Level: rapid.SampledFrom(models.LogLevels).Draw(rt, "level"),
				Text: strings.Repeat(rapid.String().Draw(rt, "text"), rapid.IntRange(0, 4000).Draw(rt, "times")),
			}
		}
		chunks, err := store.Pack(7, after, lines)
		require.NoError(rt, err)
		next := after + 1
		var all []models.LogLine
		for _, c := range chunks {
			require.Equal(rt, next, c.First)
			require.Equal(rt, len(c.Data), c.Size)
			if c.First < c.Last {
				require.LessOrEqual(rt, c.Size, 64<<10)
			}
			unpacked, err := store.Lines(c.LogChunk)
			require.NoError(rt, err)
			require.EqualValues(rt, c.Last-c.First+1, len(unpacked))
			levels := 0
			for _, l := range unpacked {
				levels |= l.Level.Bit()
			}
			require.Equal(rt, levels, c.Levels)
			requireSameLines(rt, c.LogChunk, unpacked, rapid.SampledFrom(models.LogLevels).Draw(rt, "from"))
			all = append(all, unpacked...)
			next = c.Last + 1
		}
		require.Equal(rt, after+1+int64(len(lines)), next)
		require.Equal(rt, append([]models.LogLine(nil), lines...), all)
	})
}

// requireSameLines checks that some lines of a chunk are the same whether they are picked
// before they are unpacked or after.
func requireSameLines(t require.TestingT, c models.LogChunk, unpacked []models.LogLine, from models.LogLevel) {
	takes := func(level models.LogLevel, text string) bool { return level.AtLeast(from) && len(text)%2 == 0 }
	var want []models.LogLine
	for _, l := range unpacked {
		if takes(l.Level, l.Text) {
			want = append(want, l)
		}
	}
	got, err := store.LinesWhere(c, takes)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// FuzzLinesWhere: whatever a chunk has become, its lines are given or refused.
func FuzzLinesWhere(f *testing.F) {
	f.Add([]byte(`[{"a":1,"t":"2026-03-01T12:00:00Z","l":"INFO","s":"STDOUT","x":"\"l\":\"WARN\" {}"},{"x":"a","l":"WARN"}]`))
	f.Add([]byte(`[{"l":"INFO","x":"cut`))
	f.Add([]byte(`[{"l":"INFO","x":1}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		lines, err := store.LinesWhere(models.LogChunk{First: 5, Data: data}, func(models.LogLevel, string) bool { return true })
		require.False(t, err != nil && lines != nil)
		for i, l := range lines {
			require.Equal(t, int64(5+i), l.Number)
		}
	})
}

func FuzzLines(f *testing.F) {
	f.Add([]byte(`[{"a":1,"t":"2026-03-01T12:00:00Z","l":"INFO","s":"STDOUT","x":"hello"}]`))
	f.Add([]byte("null"))
	f.Add([]byte(`[{"x":"\ud800"}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		lines, err := store.Lines(models.LogChunk{First: 5, Data: data})
		if err != nil {
			require.Nil(t, lines)
			return
		}
		for i, l := range lines {
			require.EqualValues(t, 5+i, l.Number)
			require.True(t, utf8.ValidString(l.Text))
		}
	})
}
