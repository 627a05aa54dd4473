package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/store"
	"stepcast/store/storetest"
)

// TestFigureIndexes asks the databases which indexes each statement that counts would walk
// along: none but those that bound it.
func TestFigureIndexes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		task := manyTasks(t, s)
		ctx := t.Context()
		minute, hour := storetest.Start.Add(time.Minute), storetest.Start.Add(time.Hour)
		gis := []models.Label{{Key: "team", Value: "gis"}}
		count := func(f models.Filter) func(*store.Store) error {
			return func(s *store.Store) error {
				_, err := s.CountByStatus(ctx, f, models.TaskStatuses, 100)
				return err
			}
		}
		flow := func(owner string) func(*store.Store) error {
			return func(s *store.Store) error {
				_, err := s.Throughput(ctx, owner, periodsOf(minute, hour, 3), 100)
				return err
			}
		}
		for name, test := range map[string]struct {
			call func(*store.Store) error
			// indexes are those of each statement.
			indexes [][]map[string]string
		}{
			"counts since":          {count(models.Filter{CreatedAfter: &minute}), [][]map[string]string{{both("tasks_created ", "COVERING INDEX tasks_created ")}}},
			"counts since of owner": {count(models.Filter{CreatedAfter: &minute, Owner: "owner-7"}), [][]map[string]string{{both("tasks_owner_created ", "COVERING INDEX tasks_owner_created ")}}},
			"counts of a text": {count(models.Filter{Text: "tiles"}), [][]map[string]string{
				{both("tasks_created ", "COVERING INDEX tasks_created")}, {both("tasks_created ", "COVERING INDEX tasks_created"), both("PRIMARY", "INTEGER PRIMARY KEY")},
			}},
			"counts of a label of an owner": {count(models.Filter{Labels: gis, Owner: "owner-7"}), [][]map[string]string{
				{both("PRIMARY", "COVERING INDEX sqlite_autoindex_task_labels_1")}, {both("PRIMARY", "INTEGER PRIMARY KEY")},
			}},
			"samples": {func(s *store.Store) error {
				_, err := s.ResourceSamples(ctx, task.ID, task.TimelineID, 10)
				return err
			}, [][]map[string]string{
				{both("tables optimized away", "COVERING INDEX task_events_timeline ")},
				{both("PRIMARY", "sqlite_autoindex_task_events_1 (task_id=? AND number>? AND number<?)")},
				{both("PRIMARY", "sqlite_autoindex_task_events_1 (task_id=? AND number=?)")},
			}},
			"throughput": {flow(""), [][]map[string]string{
				{both("tasks_created ", "COVERING INDEX tasks_created ")}, {both("tasks_finished ", "COVERING INDEX tasks_finished ")},
			}},
			"throughput of an owner": {flow("owner-7"), [][]map[string]string{
				{both("tasks_owner_created ", "COVERING INDEX tasks_owner_created ")}, {both("tasks_owner_status ", "COVERING INDEX tasks_owner_status ")},
			}},
		} {
			statements, err := store.Statements(s, test.call)
			require.NoError(t, err, name)
			require.Len(t, statements, len(test.indexes), name)
			for i, statement := range statements {
				plan, err := store.Plan(ctx, s, statement)
				require.NoError(t, err, name)
				for _, index := range test.indexes[i] {
					require.Contains(t, plan, index[s.Dialect()], "%s: %s", name, statement)
				}
				require.NotContains(t, plan, "SCAN tasks\n", "%s: %s", name, statement)
			}
		}
	})
}
