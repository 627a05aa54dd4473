package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"stepcast/models"
	"stepcast/store"
)

var foldTests = map[string]func(*testing.T, *store.Store){
	"what is stored is what the events fold to": foldsToStored,
}

// foldsToStored commits random changes, some decided on an old snapshot. After
// each, the stored task is the last snapshot that won; at the end it is what all
// its events fold to from the beginning.
func foldsToStored(t *testing.T, s *store.Store) {
	rapid.Check(t, func(rt *rapid.T) {
		random := NewRandom(rt)
		c := NewCreate(nil)
		require.NoError(rt, s.Commit(t.Context(), []*store.Create{c}, nil))
		require.NoError(rt, c.Err)
		current, old := c.Stored, c.Stored
		for range rapid.IntRange(1, 8).Draw(rt, "changes") {
			late := old != current && rapid.Bool().Draw(rt, "late")
			base := current
			if late {
				base = old
			}
			change := &store.Change{Before: base, Events: random.Events(base, 4)}
			change.After = models.Fold(base, change.Events...)
			if rapid.Bool().Draw(rt, "lines") {
				change.Lines = Wrote(base, "a line", "another").Lines
			}
			require.NoError(rt, s.Commit(t.Context(), nil, []*store.Change{change}))
			if late {
				require.ErrorIs(rt, change.Err, store.ErrStale)
			} else {
				require.NoError(rt, change.Err)
				old, current = current, change.After
			}
			stored, err := s.Task(t.Context(), current.ID)
			require.NoError(rt, err)
			EqualTask(rt, current, stored)
		}
		events, err := s.Events(t.Context(), current.ID, 0, 1000)
		require.NoError(rt, err)
		folded := models.Fold(models.Origin(current), events...)
		folded.LogLines, folded.LogBytes, folded.LastOutputAt = current.LogLines, current.LogBytes, current.LastOutputAt
		EqualTask(rt, current, folded)
	})
}
