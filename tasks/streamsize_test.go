package tasks_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/internal/randomtest"
	"stepcast/models"
	"stepcast/tasks"
)

// elementBytes is what the texts of one element may take together.
const elementBytes = 32 << 10

// TestElementsAreSmall: an element of a stream holds few bytes, or one line or event that
// has more; together the elements hold everything, and each leads on from the one before.
func TestElementsAreSmall(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		random := randomtest.New(t)
		task := b.submit(t, member, oneStep())
		held := b.claim(t, "w")
		lease := tasks.LeaseOf(held)
		b.begin(t, held, first)
		for i := range 60 {
			size := 1 + random.IntN(12<<10)
			if i%20 == 0 {
				size = 40 << 10
			}
			text := strings.Repeat("x", size)
			line := models.LogLine{Attempt: 1, At: time.Now().UTC(), Level: models.Info, Stream: models.Stdout, Text: text}
			require.NoError(t, b.AppendLog(b.ctx, lease, []models.LogLine{line}))
			_, err := b.OpenContent(b.ctx, lease, first, first, fmt.Sprint(i, " ", text[:min(size, 3<<10)]))
			require.NoError(t, err)
		}
		b.end(t, held, first, models.Succeeded)
		stored := b.requireFolded(t, task.ID)

		var events []models.Event
		stream, err := b.WatchEvents(b.ctx, member, task.ID, tasks.EventRange{})
		drain(t, stream, err, func(batch tasks.EventBatch) {
			size := 0
			for _, e := range batch.Events {
				events = append(events, e.Event)
				size += e.Data.Size()
			}
			require.True(t, size <= elementBytes || len(batch.Events) == 1, "%d bytes in %d events", size, len(batch.Events))
			last := events[len(events)-1]
			require.Equal(t, last.Cursor(), batch.Cursor)
			require.Equal(t, last.Number == stored.Version, batch.CaughtUp)
		})
		all, err := b.store.Events(b.ctx, task.ID, 0, int(stored.Version))
		require.NoError(t, err)
		require.Equal(t, asJSON(t, all), asJSON(t, events))

		var lines []models.LogLine
		logged, err := b.WatchLog(b.ctx, member, task.ID, tasks.LogRange{})
		drain(t, logged, err, func(batch tasks.LogBatch) {
			size := 0
			for _, line := range batch.Lines {
				size += len(line.Text)
			}
			require.True(t, size <= elementBytes || len(batch.Lines) == 1, "%d bytes in %d lines", size, len(batch.Lines))
			lines = append(lines, batch.Lines...)
			require.Equal(t, lines[len(lines)-1].Number, batch.Cursor)
			require.Equal(t, batch.Cursor == stored.LogLines, batch.CaughtUp)
		})
		require.Equal(t, asJSON(t, b.lines(t, stored)), asJSON(t, lines))
	})
}
