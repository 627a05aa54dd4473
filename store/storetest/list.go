package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/store"
)

var listTests = map[string]func(*testing.T, *store.Store){
	"a list pages forwards and backwards in each order": pagesBothWays,
	"each filter narrows the list and the count":        filters,
	"a poller sees each change once, in order":          pollerSeesAll,
	"a list by submission counts its offset":            bySubmission,
	"stages are what Stage.Holds says":                  stagesHold,
}

// ids of tasks, in order.
func ids(tasks []*models.Task) []int64 {
	all := make([]int64, len(tasks))
	for i, t := range tasks {
		all[i] = t.ID
	}
	return all
}

func pagesBothWays(t *testing.T, s *store.Store) {
	var tasks []*models.Task
	for range 7 {
		tasks = append(tasks, Submit(t, s, nil))
	}
	// Two change in the same millisecond, which leaves their order to the ids.
	for _, i := range []int{4, 1, 3} {
		tasks[i] = Commit(t, s, Claim(tasks[i], "w1"))
	}
	at := func(order ...int) []int64 {
		var want []int64
		for _, i := range order {
			want = append(want, tasks[i].ID)
		}
		return want
	}
	for order, want := range map[models.Order][]int64{
		models.Newest:          at(6, 5, 4, 3, 2, 1, 0),
		"":                     at(6, 5, 4, 3, 2, 1, 0),
		models.Oldest:          at(0, 1, 2, 3, 4, 5, 6),
		models.RecentlyChanged: at(4, 3, 1, 6, 5, 2, 0),
	} {
		require.Equal(t, want, walk(t, s, order, false), "%s forwards", order)
		require.Equal(t, want, walk(t, s, order, true), "%s backwards", order)
	}
	between, err := s.List(t.Context(), models.ListQuery{Limit: 10, After: position(tasks[6]), Before: position(tasks[3])})
	require.NoError(t, err)
	require.Equal(t, at(5, 4), ids(between))
	none, err := s.List(t.Context(), models.ListQuery{})
	require.NoError(t, err)
	require.Empty(t, none)
}

func position(t *models.Task) *models.Position { return &models.Position{At: t.UpdatedAt, ID: t.ID} }

// walk reads the whole list by pages of three.
func walk(t *testing.T, s *store.Store, order models.Order, backwards bool) []int64 {
	t.Helper()
	var all []*models.Task
	for {
		q := models.ListQuery{Order: order, Limit: 3, Backwards: backwards}
		if len(all) > 0 && backwards {
			q.Before = position(all[0])
		} else if len(all) > 0 {
			q.After = position(all[len(all)-1])
		}
		page, err := s.List(t.Context(), q)
		require.NoError(t, err)
		if len(page) == 0 {
			return ids(all)
		}
		require.Nil(t, page[0].Steps)
		if backwards {
			all = append(page, all...)
		} else {
			all = append(all, page...)
		}
	}
}

func filters(t *testing.T, s *store.Store) {
	submit := func(owner string, at time.Time, text models.Text, labels ...models.Label) int64 {
		return Submit(t, s, func(task *models.Task, _ *models.TaskState) {
			task.Owner, task.CreatedAt, task.Description, task.Labels = owner, at, text, labels
		}).ID
	}
	app, web := models.Label{Key: "app", Value: "map"}, models.Label{Key: "tier", Value: "web"}
	a := submit("ann", Start, models.Plain("Copy 100% of_tiles"), app, web)
	b := submit("bob", Start.Add(time.Hour), models.Text{Texts: map[string]string{"en": "Render MAP", "de": "Karte ÄNDERN"}}, app)
	c := submit("Ann", Start.Add(2*time.Hour), models.Message("task.execute"), models.Label{Key: "app", Value: "MAP"})
	Commit(t, s, Claim(must(s.Task(t.Context(), b)), "w1"))
	hour := Start.Add(time.Hour)

	for name, test := range map[string]struct {
		filter models.Filter
		want   []int64
	}{
		"all":                        {models.Filter{}, []int64{a, b, c}},
		"ids":                        {models.Filter{IDs: []int64{c, a, 1 << 40}}, []int64{a, c}},
		"no ids":                     {models.Filter{IDs: []int64{}}, nil},
		"owner by case":              {models.Filter{Owner: "ann"}, []int64{a}},
		"statuses":                   {models.Filter{Statuses: []models.Status{models.Running, models.Failed}}, []int64{b}},
		"text in any language":       {models.Filter{Text: "render map"}, []int64{b}},
		"text beyond ASCII":          {models.Filter{Text: "ändern"}, []int64{b}},
		"text of a message":          {models.Filter{Text: "执行"}, []int64{c}},
		"percent is no wildcard":     {models.Filter{Text: "0%"}, []int64{a}},
		"underscore is no wildcard":  {models.Filter{Text: "of_t"}, []int64{a}},
		"bang is no escape":          {models.Filter{Text: "!%"}, nil},
		"no text in JSON names":      {models.Filter{Text: `"p"`}, nil},
		"a label, by case":           {models.Filter{Labels: []models.Label{app}}, []int64{a, b}},
		"all of several labels":      {models.Filter{Labels: []models.Label{app, web}}, []int64{a}},
		"creator":                    {models.Filter{Creator: "IDE"}, []int64{a, b, c}},
		"creator by case":            {models.Filter{Creator: "ide"}, nil},
		"engine":                     {models.Filter{Engine: "shell"}, []int64{a, b, c}},
		"another engine":             {models.Filter{Engine: "spark"}, nil},
		"instance":                   {models.Filter{Instance: "localhost:9001", Owner: "bob"}, []int64{b}},
		"another instance":           {models.Filter{Instance: "localhost"}, nil},
		"worker":                     {models.Filter{Worker: "w1"}, []int64{b}},
		"created after":              {models.Filter{CreatedAfter: &hour}, []int64{c}},
		"created before":             {models.Filter{CreatedBefore: &hour}, []int64{a}},
		"all that is asked together": {models.Filter{Owner: "bob", Labels: []models.Label{app}, Text: "karte"}, []int64{b}},
	} {
		got, err := s.List(t.Context(), models.ListQuery{Filter: test.filter, Order: models.Oldest, Limit: 10})
		require.NoError(t, err, name)
		require.ElementsMatch(t, test.want, ids(got), name)
		n, err := s.Count(t.Context(), test.filter, 10)
		require.NoError(t, err, name)
		require.Equal(t, len(test.want), n, name)
		counts, err := s.CountByStatus(t.Context(), test.filter, models.Statuses, 10)
		require.NoError(t, err, name)
		n = 0
		for _, count := range counts {
			n += count.Count
			require.True(t, count.Exact, name)
		}
		require.Equal(t, len(test.want), n, name)
	}
	n, err := s.Count(t.Context(), models.Filter{}, 1)
	require.NoError(t, err)
	require.Equal(t, 2, n, "it counts one beyond the limit")
}

func bySubmission(t *testing.T, s *store.Store) {
	var want []int64
	for i := range 7 {
		// Two at a time in the same millisecond, and the later ones submitted first.
		at := Start.Add(-time.Duration(i/2) * time.Hour)
		want = append(want, Submit(t, s, func(task *models.Task, _ *models.TaskState) { task.CreatedAt = at }).ID)
	}
	want = []int64{want[1], want[0], want[3], want[2], want[5], want[4], want[6]}
	var got []int64
	for offset := 0; ; offset += 2 {
		page, err := s.List(t.Context(), models.ListQuery{Order: models.Submitted, Offset: offset, Limit: 2})
		require.NoError(t, err)
		if len(page) == 0 {
			break
		}
		got = append(got, ids(page)...)
	}
	require.Equal(t, want, got)
}

func stagesHold(t *testing.T, s *store.Store) {
	at, before, after := Start.Add(time.Hour), Start, Start.Add(2*time.Hour)
	var tasks []*models.Task
	for _, status := range []models.Status{models.Waiting, models.Paused} {
		for _, startAfter := range []*time.Time{nil, &before, &at, &after} {
			for _, startedAt := range []*time.Time{nil, &at} {
				tasks = append(tasks, Submit(t, s, func(task *models.Task, first *models.TaskState) {
					task.StartAfter, first.Status, first.StartedAt = startAfter, status, startedAt
				}))
			}
		}
	}
	yes, no := true, false
	single := []models.Stage{
		{Status: models.Waiting},
		{Status: models.Running},
		{Status: models.Paused, Started: &yes},
		{Status: models.Paused, Started: &no},
		{Status: models.Waiting, StartsAfter: &at},
		{Status: models.Waiting, StartsBy: &at},
		{Status: models.Waiting, Started: &no, StartsAfter: &before, StartsBy: &at},
	}
	all := [][]models.Stage{nil, {single[2], single[4]}, single[1:]}
	for _, stage := range single {
		all = append(all, []models.Stage{stage})
	}
	for _, stages := range all {
		want := []int64{}
		for _, task := range tasks {
			if stages == nil || slices.ContainsFunc(stages, func(stage models.Stage) bool { return stage.Holds(task) }) {
				want = append(want, task.ID)
			}
		}
		for _, order := range []models.Order{models.Newest, models.Submitted} {
			got, err := s.List(t.Context(), models.ListQuery{Filter: models.Filter{Stages: stages, Owner: "ann"}, Order: order, Limit: 100})
			require.NoError(t, err)
			require.ElementsMatch(t, want, ids(got), "%+v", stages)
		}
		n, err := s.Count(t.Context(), models.Filter{Stages: stages}, 100)
		require.NoError(t, err)
		require.Equal(t, len(want), n, "%+v", stages)
	}
}

// must is for what a test has stored itself.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func pollerSeesAll(t *testing.T, s *store.Store) {
	var want []int64
	for range 5 {
		want = append(want, Submit(t, s, nil).ID)
	}
	last := Submit(t, s, nil)
	want = append(want, Commit(t, s, Claim(last, "w1")).ID)
	var seen []int64
	var from models.Position
	for {
		rows, err := s.ChangedSince(t.Context(), from, 2)
		require.NoError(t, err)
		if len(rows) == 0 {
			break
		}
		seen = append(seen, ids(rows)...)
		from = *position(rows[len(rows)-1])
	}
	require.Equal(t, want, seen)
}
