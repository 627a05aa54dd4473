package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/store"
	"stepcast/store/storetest"
)

// TestIndexes asks the databases how they would execute what runs often, on tables
// large enough that they care.
func TestIndexes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		task := manyTasks(t, s)
		ctx := t.Context()
		for name, test := range map[string]struct {
			index map[string]string
			call  func(*store.Store) error
		}{
			"Row": {both("PRIMARY", "INTEGER PRIMARY KEY"), func(s *store.Store) error {
				_, err := s.Row(ctx, task.ID)
				return err
			}},
			"Ready": {both("tasks_queue "), func(s *store.Store) error {
				_, err := s.Ready(ctx, models.QueueReady, nil, "", 10)
				return err
			}},
			"Held": {both("tasks_queue"), func(s *store.Store) error {
				_, err := s.Held(ctx)
				return err
			}},
			"Unfinished": {both("tasks_status", "COVERING INDEX tasks_status "), func(s *store.Store) error {
				_, err := s.Unfinished(ctx)
				return err
			}},
			"QueueLengths": {both("tasks_queue", "COVERING INDEX tasks_queue"), func(s *store.Store) error {
				_, err := s.QueueLengths(ctx)
				return err
			}},
			"List of an owner": {both("tasks_owner "), func(s *store.Store) error {
				_, err := s.List(ctx, models.ListQuery{Filter: models.Filter{Owner: "owner-7"}, Limit: 10})
				return err
			}},
			"List by submission": {both("tasks_created "), func(s *store.Store) error {
				_, err := s.List(ctx, models.ListQuery{Order: models.Submitted, Limit: 10, Offset: 20})
				return err
			}},
			"List by submission of an owner, a time and statuses": {both("tasks_owner_created "), func(s *store.Store) error {
				_, err := s.List(ctx, models.ListQuery{Filter: linkisFilter("owner-7"), Order: models.Submitted, Limit: 10})
				return err
			}},
			"List by submission of a time and statuses": {both("tasks_created "), func(s *store.Store) error {
				_, err := s.List(ctx, models.ListQuery{Filter: linkisFilter(""), Order: models.Submitted, Limit: 10})
				return err
			}},
			"List by submission of an owner and a status": {both("tasks_owner_created ", "COVERING INDEX tasks_owner_created "), func(s *store.Store) error {
				f := models.Filter{Owner: "owner-7", Creator: "IDE", Engine: "shell", Statuses: []models.Status{models.Waiting}}
				_, err := s.List(ctx, models.ListQuery{Filter: f, Order: models.Submitted, Limit: 10})
				return err
			}},
			"Count of an owner, a time and statuses": {both("tasks_owner", "tasks_owner_created "), func(s *store.Store) error {
				_, err := s.Count(ctx, linkisFilter("owner-7"), 1000)
				return err
			}},
			"CountByStatus": {both("tasks_status ", "COVERING INDEX tasks_status "), func(s *store.Store) error {
				_, err := s.CountByStatus(ctx, models.Filter{}, models.TaskStatuses, 100)
				return err
			}},
			"CountByStatus of an owner": {both("tasks_owner_status ", "COVERING INDEX tasks_owner_status "), func(s *store.Store) error {
				_, err := s.CountByStatus(ctx, models.Filter{Owner: "owner-7"}, models.TaskStatuses, 100)
				return err
			}},
			"Submissions": {both("PRIMARY", "sqlite_autoindex_content_sources_1"), func(s *store.Store) error {
				_, err := s.Submissions(ctx, []int64{task.ID, task.ID + 1}, 100)
				return err
			}},
			"List from a position": {both("PRIMARY", "INTEGER PRIMARY KEY"), func(s *store.Store) error {
				_, err := s.List(ctx, models.ListQuery{After: &models.Position{ID: task.ID}, Limit: 10})
				return err
			}},
			"ChangedSince": {both("tasks_updated "), func(s *store.Store) error {
				_, err := s.ChangedSince(ctx, models.Position{At: storetest.Start.Add(time.Hour)}, 10)
				return err
			}},
			"Intents": {both("tasks_worker "), func(s *store.Store) error {
				_, err := s.Intents(ctx, "w1")
				return err
			}},
			"QueuePosition": {both("tasks_queue "), func(s *store.Store) error {
				_, err := s.QueuePosition(ctx, task, 10)
				return err
			}},
			"Log": {both("PRIMARY", "sqlite_autoindex_log_chunks_1"), func(s *store.Store) error {
				_, err := s.Log(ctx, task.ID, 10, 10, 0)
				return err
			}},
			"EventRange": {both("tables optimized away", "task_events_timeline "), func(s *store.Store) error {
				_, _, err := s.EventRange(ctx, task.ID, task.TimelineID)
				return err
			}},
			"Promote": {both("tasks_queue_deferred "), func(s *store.Store) error {
				_, err := s.Promote(ctx)
				return err
			}},
		} {
			statements, err := store.Statements(s, test.call)
			require.NoError(t, err, name)
			plan, err := store.Plan(ctx, s, statements[len(statements)-1])
			require.NoError(t, err, name)
			require.Contains(t, plan, test.index[s.Dialect()], "%s: %s", name, statements)
			require.NotContains(t, plan, "filesort", "%s: %s", name, statements)
			require.NotContains(t, plan, "TEMP B-TREE", "%s: %s", name, statements)
		}
	})
}

// linkisFilter is what the history page of the Linkis console asks for.
func linkisFilter(owner string) models.Filter {
	from, to := storetest.Start.Add(time.Minute), storetest.Start.Add(time.Hour)
	return models.Filter{
		Owner: owner, CreatedAfter: &from, CreatedBefore: &to, Creator: "IDE", Engine: "shell",
		Statuses: []models.Status{models.Waiting, models.Running},
		Stages:   []models.Stage{{Status: models.Waiting, StartsBy: &to}, {Status: models.Running}},
	}
}

// both names an index of MySQL, and that of SQLite when it has another name.
func both(mysql string, sqlite ...string) map[string]string {
	return map[string]string{"mysql": mysql, "sqlite": append(sqlite, mysql)[0]}
}

// manyTasks fills the tables and gives one of the tasks.
func manyTasks(t *testing.T, s *store.Store) *models.Task {
	t.Helper()
	creates := make([]*store.Create, 2000)
	for i := range creates {
		creates[i] = storetest.NewCreate(func(task *models.Task, first *models.TaskState) {
			task.Owner, task.Priority = fmt.Sprintf("owner-%d", i%50), i%3
			task.CreatedAt = storetest.Start.Add(time.Duration(i) * time.Second)
			if i%20 == 0 {
				first.Worker, first.Status = fmt.Sprintf("w%d", i%100), models.Running
			} else if i%3 == 0 {
				first.NotBefore = &task.CreatedAt
			} else if i%3 == 1 {
				first.Status, first.FinishedAt = models.Succeeded, &task.CreatedAt
			}
		})
	}
	require.NoError(t, s.Commit(t.Context(), creates, nil))
	task := creates[1001].Stored
	for range 20 {
		task = storetest.Commit(t, s, storetest.Wrote(task, strings.Repeat("x", 100), "y"))
	}
	if s.Dialect() == "mysql" {
		// InnoDB renews its statistics by itself, some seconds later. SQLite has none,
		// here as anywhere.
		rows, err := store.Pool(s).QueryContext(t.Context(), "ANALYZE TABLE tasks, log_chunks, task_events")
		require.NoError(t, err)
		require.NoError(t, rows.Close())
	}
	return task
}
