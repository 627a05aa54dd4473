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

// Of a million tasks ten were submitted in each second, half of them by one owner. They
// ended when they were submitted, but for one in a hundred.
const (
	million   = 1_000_000
	perSecond = 10
)

// BenchmarkFigures counts among a million tasks. Filling the databases takes minutes.
func BenchmarkFigures(b *testing.B) {
	end := storetest.Start.Add(million / perSecond * time.Second)
	middle := storetest.Start.Add(end.Sub(storetest.Start) / 2)
	gis := []models.Label{{Key: "team", Value: "gis"}}
	eachDatabase(b, func(b *testing.B, s *store.Store) {
		fillMillion(b, s)
		for name, f := range map[string]models.Filter{
			"all": {}, "owner": {Owner: "owner-0"},
			"since": {CreatedAfter: &middle}, "since-of-owner": {Owner: "owner-0", CreatedAfter: &middle},
			"text": {Text: "nothing has it"}, "text-of-owner": {Owner: "owner-0", Text: "nothing has it"},
			"label": {Labels: gis}, "label-of-owner": {Owner: "owner-1", Labels: gis},
		} {
			b.Run("counts="+name, func(b *testing.B) {
				for b.Loop() {
					_, err := s.CountByStatus(b.Context(), f, models.TaskStatuses, 10_000)
					require.NoError(b, err)
				}
			})
		}
		for name, from := range map[string]time.Time{"hour": end.Add(-time.Hour), "whole": storetest.Start} {
			for _, owner := range []string{"", "owner-0"} {
				for _, n := range []int{60, 240} {
					periods := periodsOf(from, end, n)
					b.Run(fmt.Sprintf("throughput=%s/owner=%s/periods=%d", name, owner, n), func(b *testing.B) {
						for b.Loop() {
							_, err := s.Throughput(b.Context(), owner, periods, 200_000/n)
							require.NoError(b, err)
						}
					})
				}
			}
		}
	})
}

// BenchmarkResourceSamples reads the series of an attempt of many events, of which every
// twentieth has the usage.
func BenchmarkResourceSamples(b *testing.B) {
	eachDatabase(b, func(b *testing.B, s *store.Store) {
		task := storetest.Submit(b, s, nil)
		c := storetest.Decide(task, func(state *models.TaskState) {
			state.Usage = &models.ResourceUsage{At: storetest.Start, CPUSeconds: 1}
		})
		task = storetest.Commit(b, s, c)
		have := task.Version
		for _, events := range []int64{10, 1000, 100_000} {
			copyEvents(b, s, task, have, events)
			have = events
			b.Run(fmt.Sprintf("events=%d", events), func(b *testing.B) {
				for b.Loop() {
					_, err := s.ResourceSamples(b.Context(), task.ID, task.TimelineID, 120)
					require.NoError(b, err)
				}
			})
		}
	})
}

// copyEvents copies the newest event of the task under the numbers after have and up to
// want, a tenth of a second apart.
func copyEvents(b *testing.B, s *store.Store, task *models.Task, have, want int64) {
	b.Helper()
	at := fmt.Sprintf("TIMESTAMPADD(MICROSECOND, n * 100000, '%s')", storetest.Start.Format(time.DateTime))
	setting := "SET STATEMENT max_recursive_iterations = 1000000 FOR "
	if s.Dialect() == "sqlite" {
		at = fmt.Sprintf("strftime('%%Y-%%m-%%d %%H:%%M:%%f+00:00', %d + n / 10.0, 'unixepoch')", storetest.Start.Unix())
		setting = ""
	}
	const columns = "task_id, number, attempt, timeline_id, at, kind, data"
	numbers := fmt.Sprintf("WITH RECURSIVE numbers (n) AS (SELECT %d UNION ALL SELECT n + 1 FROM numbers WHERE n < %d) ", have+1, want)
	insert := "INSERT INTO task_events (" + columns + ") "
	from := "SELECT task_id, n, attempt, timeline_id, " + at + ", CASE WHEN n % 20 = 0 THEN kind ELSE 'CONTENT' END, data " +
		fmt.Sprintf("FROM numbers JOIN task_events ON task_id = %d AND number = %d", task.ID, task.Version)
	statement := numbers + insert + from
	if setting != "" {
		statement = setting + insert + numbers + from
	}
	_, err := store.Pool(s).ExecContext(b.Context(), statement)
	require.NoError(b, err)
}

func periodsOf(from, to time.Time, n int) (periods []models.Period) {
	length := to.Sub(from) / time.Duration(n)
	for i := range n {
		begin := from.Add(time.Duration(i) * length)
		periods = append(periods, models.Period{From: begin, To: begin.Add(length)})
	}
	return periods
}

// fillMillion copies the row of a task under other ids, with other owners, times and ends.
func fillMillion(b *testing.B, s *store.Store) {
	b.Helper()
	task := storetest.Submit(b, s, nil)
	db := store.Pool(s)
	exec := func(statement string, vars ...any) {
		_, err := db.ExecContext(b.Context(), statement, vars...)
		require.NoError(b, err)
	}
	rows, err := db.QueryContext(b.Context(), "SELECT * FROM tasks LIMIT 0")
	require.NoError(b, err)
	columns, err := rows.Columns()
	require.NoError(b, err)
	require.NoError(b, rows.Close())
	other := "CONCAT('owner-', n % 50)"
	at := fmt.Sprintf("TIMESTAMPADD(SECOND, n DIV %d, '%s')", perSecond, storetest.Start.Format(time.DateTime))
	if s.Dialect() == "sqlite" {
		other = "'owner-' || (n % 50)"
		at = fmt.Sprintf("datetime(%d + n / %d, 'unixepoch') || '+00:00'", storetest.Start.Unix(), perSecond)
	}
	values := map[string]string{
		"id": "n", "owner": "CASE WHEN n % 2 = 0 THEN 'owner-0' ELSE " + other + " END", "created_at": at,
		"finished_at": "CASE WHEN n % 100 = 0 THEN NULL ELSE " + at + " END",
		"status":      "CASE WHEN n % 100 = 0 THEN 'RUNNING' WHEN n % 7 = 0 THEN 'FAILED' ELSE 'SUCCEEDED' END",
	}
	selected := make([]string, len(columns))
	for i, column := range columns {
		columns[i] = "`" + column + "`"
		selected[i] = columns[i]
		if value, ok := values[column]; ok {
			selected[i] = value
		}
	}
	// A statement for a part: one for all would take longer than a connection waits.
	const part = 50_000
	for first := int(task.ID) + 1; first <= million; first += part {
		last := min(first+part-1, million)
		numbers := fmt.Sprintf("WITH RECURSIVE numbers (n) AS (SELECT %d UNION ALL SELECT n + 1 FROM numbers WHERE n < %d)", first, last)
		insert := fmt.Sprintf("INSERT INTO tasks (%s)", strings.Join(columns, ", "))
		from := fmt.Sprintf("SELECT %s FROM numbers JOIN tasks ON id = %d", strings.Join(selected, ", "), task.ID)
		if s.Dialect() == "sqlite" {
			exec(numbers + insert + from)
		} else {
			exec("SET STATEMENT max_recursive_iterations = 100000 FOR " + insert + numbers + from)
		}
	}
	exec("INSERT INTO task_labels (task_id, label_key, label_value) SELECT id, 'team', 'gis' FROM tasks WHERE id % 3 = 0")
	if s.Dialect() == "mysql" {
		exec("ANALYZE TABLE tasks, task_labels")
	}
}
