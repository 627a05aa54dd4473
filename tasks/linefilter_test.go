package tasks_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/tasks"
)

// written is a task that wrote texts, each a line of the level that its place gives.
func (b *bundle) written(t *testing.T, texts ...string) *models.Task {
	t.Helper()
	task := b.submit(t, member, oneStep())
	held := b.claim(t, "w")
	b.begin(t, held, first)
	for len(texts) > 0 {
		n := min(len(texts), 100)
		lines := make([]models.LogLine, n)
		for i, text := range texts[:n] {
			lines[i] = models.LogLine{Attempt: 1, At: time.Now().UTC(), Level: models.LogLevels[i%4], Stream: models.Stdout, Text: text}
		}
		require.NoError(t, b.AppendLog(b.ctx, tasks.LeaseOf(held), lines))
		texts = texts[n:]
	}
	b.end(t, held, first, models.Succeeded)
	return b.requireFolded(t, task.ID)
}

func textsOf(lines []models.LogLine) (all []string) {
	for _, l := range lines {
		all = append(all, l.Text)
	}
	return all
}

func TestContainsFindsTexts(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		texts := []string{
			"Copied Tile 1", "a.*b [x]", "\x1b[32mcop\x1b[0mied tile 2", "STRAẞE ÉTÉ 300 K", "quoted \"tile\" \\ ok", "copied\x1b[Ktile", "ς at the end",
		}
		task := b.written(t, texts...)
		for needle, want := range map[string][]int{
			"copied tile": {0, 2}, "COPIED": {0, 2, 5}, ".*B [": {1}, "straße été": {3}, "300 \u212a": {3}, `"TILE" \`: {4}, "Σ AT": {6},
			"[32m": nil, "\x1b[k": {5}, "axxb": nil,
		} {
			batch, err := b.Log(b.ctx, member, task.ID, tasks.LogQuery{First: 100, Contains: needle})
			require.NoError(t, err, needle)
			var wanted []string
			for _, i := range want {
				wanted = append(wanted, texts[i])
			}
			require.Equal(t, wanted, textsOf(batch.Lines), needle)
			require.True(t, batch.CaughtUp, needle)
			require.Equal(t, task.LogLines, batch.Cursor, "the cursor is the last line examined")
		}
		severe, err := b.Log(b.ctx, member, task.ID, tasks.LogQuery{First: 100, Contains: "copied", MinLevel: models.Warn})
		require.NoError(t, err)
		require.Equal(t, texts[2:3], textsOf(severe.Lines), "both count")
		one, err := b.Log(b.ctx, member, task.ID, tasks.LogQuery{First: 1, Contains: "copied"})
		require.NoError(t, err)
		require.Equal(t, texts[:1], textsOf(one.Lines))
		require.Equal(t, one.Lines[0].Number, one.Cursor, "what follows is looked at with the next page")
		require.False(t, one.CaughtUp)
	})
}

func TestContainsLooksThroughAPartAtOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		texts := make([]string, 1500) // of 8 kB each
		for i := range texts {
			texts[i] = fmt.Sprintf("%d %s", i, strings.Repeat("12345678", 1000))
		}
		texts[1400] += " needle"
		task := b.written(t, texts...)
		var found []string
		var after int64
		pages := 0
		for over := false; !over; pages++ {
			batch, err := b.Log(b.ctx, member, task.ID, tasks.LogQuery{After: after, First: tasks.MaxLogPage, Contains: "NEEDLE"})
			require.NoError(t, err)
			require.Greater(t, batch.Cursor, after)
			require.LessOrEqual(t, batch.Cursor-after, int64(1100), "lines that one page looked through: no more than 8 MiB")
			found = append(found, textsOf(batch.Lines)...)
			after, over = batch.Cursor, batch.CaughtUp
		}
		require.Equal(t, texts[1400:1401], found)
		require.Equal(t, task.LogLines, after)
		require.Greater(t, pages, 1)
	})
}

func TestContainsIsBounded(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		task := b.submit(t, member, oneStep())
		_, err := b.Log(b.ctx, member, task.ID, tasks.LogQuery{First: 1, Contains: strings.Repeat("ß", tasks.MaxContains)})
		require.NoError(t, err)
		_, err = b.Log(b.ctx, member, task.ID, tasks.LogQuery{First: 1, Contains: strings.Repeat("x", tasks.MaxContains+1)})
		fault := models.AsFault(err)
		require.Equal(t, models.CodeInvalid, fault.Code)
		require.Equal(t, []string{"contains"}, fault.Field)
		require.ErrorContains(t, err, "200 characters, not 201")
	})
}
