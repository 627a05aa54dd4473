package tasks_test

import (
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/tasks"
)

// TestStreamsOfDeletedTasks: whoever has not read all of a task that is deleted meanwhile
// comes to an end, whichever process deleted it.
func TestStreamsOfDeletedTasks(t *testing.T) {
	eachWay(t, func(t *testing.T, b *bundle) {
		for _, here := range []bool{true, false} {
			task := b.submit(t, member, oneStep())
			held := b.claim(t, "w")
			b.begin(t, held, first)
			b.end(t, held, first, models.Succeeded)
			events, err := b.WatchEvents(b.ctx, member, task.ID, tasks.EventRange{})
			require.NoError(t, err)
			defer events.Close()
			log, err := b.WatchLog(b.ctx, member, task.ID, tasks.LogRange{})
			require.NoError(t, err)
			defer log.Close()
			deleted, err := b.store.DeleteFinishedBefore(b.ctx, time.Now().Add(time.Hour), 10)
			require.NoError(t, err)
			require.Equal(t, 1, deleted)
			if here {
				b.Hub.ForgetFinishedBefore(time.Now().Add(time.Hour))
			}
			_, err = events.Next(b.ctx)
			require.ErrorIs(t, err, io.EOF)
			_, err = log.Next(b.ctx)
			require.ErrorIs(t, err, io.EOF)
		}
	})
}
