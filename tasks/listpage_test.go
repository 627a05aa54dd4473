package tasks_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/tasks"
)

func TestListPage(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		var mine []int64
		for range 5 {
			mine = append([]int64{b.submit(t, member, oneStep()).ID}, mine...)
		}
		theirs := b.submit(t, other, oneStep()).ID
		page := func(v models.Viewer, number, size int, f models.Filter) (ids []int64, total int) {
			t.Helper()
			got, err := b.ListPage(b.ctx, v, tasks.PageInput{Filter: f, Number: number, Size: size})
			require.NoError(t, err)
			for _, task := range got.Tasks {
				require.Nil(t, task.Steps)
				ids = append(ids, task.ID)
			}
			return ids, got.Total
		}
		var all []int64
		for number := 1; number <= 4; number++ {
			ids, total := page(member, number, 2, models.Filter{})
			require.Equal(t, 5, total)
			all = append(all, ids...)
		}
		require.Equal(t, mine, all)
		for _, v := range []models.Viewer{admin, observer} {
			ids, total := page(v, 1, 100, models.Filter{})
			require.Equal(t, 6, total)
			require.Equal(t, theirs, ids[0])
			require.True(t, tasks.SeesAll(v))
		}
		ids, total := page(member, 1, 10, models.Filter{Owner: theirOwner})
		require.Empty(t, ids)
		require.Zero(t, total)
		ids, _ = page(member, 1, 10, models.Filter{IDs: []int64{theirs, mine[0]}})
		require.Equal(t, mine[:1], ids)
		ids, total = page(member, 1, 10, models.Filter{IDs: []int64{}})
		require.Empty(t, ids)
		require.Zero(t, total)

		submitter := admin
		submitter.Scopes = []models.Scope{models.ScopeSubmit}
		ids, total = page(submitter, 1, 10, models.Filter{})
		require.Empty(t, ids)
		require.Zero(t, total)
		require.False(t, tasks.SeesAll(submitter))
		require.False(t, tasks.SeesAll(member))

		for field, in := range map[string]tasks.PageInput{
			"size": {Number: 1, Size: tasks.MaxPage + 1}, "number": {Number: tasks.MaxCount/10 + 1, Size: 10},
		} {
			_, err := b.ListPage(b.ctx, member, in)
			requireFault(t, err, models.CodeInvalid, field)
		}
		_, err := b.ListPage(b.ctx, member, tasks.PageInput{Number: 1})
		requireFault(t, err, models.CodeInvalid, "size")
		_, err = b.ListPage(b.ctx, member, tasks.PageInput{Size: 1})
		requireFault(t, err, models.CodeInvalid, "number")
		_, err = b.ListPage(b.ctx, member, tasks.PageInput{Number: 1, Size: 1, Filter: models.Filter{Labels: make([]models.Label, tasks.MaxLabels+1)}})
		requireFault(t, err, models.CodeInvalid, "filter", "labels")
	})
}

// theirOwner is the name of other.
var theirOwner = other.Name

func TestSubmissions(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		in := oneStep()
		in.Original = models.JSON(`{"params":{"a":1}}`)
		mine, theirs := b.submit(t, member, in), b.submit(t, other, in)
		got, err := b.Submissions(b.ctx, member, []*models.Task{mine, theirs}, 2)
		require.NoError(t, err)
		require.Len(t, got, 1, "what one may not see is left out")
		require.Equal(t, in.Original, got[mine.ID].Original)
		require.Equal(t, in.Steps[0].Contents[0].Code[:2], got[mine.ID].Code)

		in.Original = models.JSON(fmt.Sprintf(`{"x":"%*s"}`, tasks.MaxOriginal, ""))
		_, err = b.Submit(b.ctx, member, in)
		requireFault(t, err, models.CodeInvalid, "original")
		in.Original = models.JSON(`{`)
		_, err = b.Submit(b.ctx, member, in)
		requireFault(t, err, models.CodeInvalid, "original")
	})
}
