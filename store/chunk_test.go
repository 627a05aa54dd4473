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
			all = append(all, unpacked...)
			next = c.Last + 1
		}
		require.Equal(rt, after+1+int64(len(lines)), next)
		require.Equal(rt, append([]models.LogLine(nil), lines...), all)
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
