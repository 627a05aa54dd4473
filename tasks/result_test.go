package tasks_test

import (
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/executor"
	"stepcast/internal/randomtest"
	"stepcast/models"
	"stepcast/tasks"
)

// producing gives a task that runs, and where its execution puts results.
func producing(t *testing.T, b *bundle) (*models.Task, *tasks.ResultStore) {
	t.Helper()
	b.submit(t, member, tasks.SubmitInput{
		Description: models.Plain("x"), MaxAttempts: 3, BackoffSeconds: new(int), Steps: []tasks.StepInput{step("x", "shell")},
	})
	task := b.claim(t, "w1")
	_, err := b.Begin(b.ctx, tasks.LeaseOf(task), models.ContentRef{Step: 1, Content: 1})
	require.NoError(t, err)
	return task, b.NewResults(b.ctx, tasks.LeaseOf(task), task.Attempt, models.ContentRef{Step: 1, Content: 1})
}

func file(t *testing.T, into *tasks.ResultStore, name, content string) {
	t.Helper()
	w, err := into.File(name)
	require.NoError(t, err)
	_, err = io.WriteString(w, content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
}

// plainRows shows rows with NULL as "<null>".
func plainRows(rows [][]*string) [][]string {
	shown := [][]string{}
	for _, row := range rows {
		values := []string{}
		for _, v := range row {
			if v == nil {
				values = append(values, "<null>")
				continue
			}
			values = append(values, *v)
		}
		shown = append(shown, values)
	}
	return shown
}

func TestWhatAFileIs(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		task, into := producing(t, b)
		for i, c := range []struct {
			name, content string
			format        models.ResultFormat
			contentType   string
			columns       []string
			rows          [][]string
		}{
			{"a.csv", "id,name\n1,\"Ann, \"\"A\"\"\"\n2,\"two\nlines\"\n", models.FormatCSV, "text/csv; charset=utf-8", []string{"id", "name"}, [][]string{{"1", `Ann, "A"`}, {"2", "two\nlines"}}},
			{"excel.CSV", "\ufeffid;x\r\n1;2\r\n", models.FormatCSV, "text/csv; charset=utf-8", []string{"id;x"}, [][]string{{"1;2"}}},
			{"a.tsv", "id\tname\n1\t中文", models.FormatTSV, "text/tab-separated-values; charset=utf-8", []string{"id", "name"}, [][]string{{"1", "中文"}}},
			{"heading.csv", "id,name\n", models.FormatCSV, "text/csv; charset=utf-8", []string{"id", "name"}, [][]string{}},
			{"ragged.csv", "id,name\n1\n", models.FormatText, "text/csv; charset=utf-8", nil, [][]string{{"id,name"}, {"1"}}},
			{"unclosed.csv", "id\n\"1\n", models.FormatText, "text/csv; charset=utf-8", nil, [][]string{{"id"}, {"\"1"}}},
			{"empty.csv", "", models.FormatText, "text/csv; charset=utf-8", nil, [][]string{}},
			{"a.txt", "one\n\nthree\r\nlast", models.FormatText, "text/plain; charset=utf-8", nil, [][]string{{"one"}, {""}, {"three"}, {"last"}}},
			{"a.json", `{"a": 1}`, models.FormatText, "application/json", nil, [][]string{{`{"a": 1}`}}},
			{"a.html", "<!DOCTYPE html><p>", models.FormatText, "text/html; charset=utf-8", nil, [][]string{{"<!DOCTYPE html><p>"}}},
			{"latin1.txt", "caf\xe9\n", models.FormatBinary, "text/plain; charset=utf-8", nil, nil},
			{"a.csv", "\x00\x01\x02", models.FormatBinary, "application/octet-stream", nil, nil},
		} {
			file(t, into, c.name, c.content)
			got, err := b.ResultRows(b.ctx, member, task.ID, i+1, 0, 100)
			name := fmt.Sprintf("%d %s", i, c.name)
			if c.format == models.FormatBinary {
				requireFault(t, err, models.CodeInvalid)
			} else {
				require.NoError(t, err, name)
				require.Equal(t, c.rows, plainRows(got.Rows), name)
				require.EqualValues(t, len(c.rows), got.Result.Units, name)
			}
			require.Equal(t, c.format, got.Result.Format, name)
			require.Equal(t, c.contentType, got.Result.ContentType, name)
			require.EqualValues(t, len(c.content), got.Result.Bytes, name)
			require.Len(t, got.Result.Columns, len(c.columns), name)
			for j, column := range got.Result.Columns {
				require.Equal(t, c.columns[j], column.Name, name)
			}
		}
	})
}

// TestPagesOfResults reads tables and files of many chunks at random places.
func TestPagesOfResults(t *testing.T) {
	seed := randomtest.Seed(t)
	each(t, func(t *testing.T, b *bundle) {
		random := rand.New(rand.NewPCG(seed, 1))
		task, into := producing(t, b)
		var want [][]string
		text := new(strings.Builder)
		sheet := new(strings.Builder)
		table := csv.NewWriter(sheet)
		require.NoError(t, table.Write([]string{"a", "b"}))
		rows, err := into.Table("", []models.ResultColumn{{Name: "a"}, {Name: "b"}})
		require.NoError(t, err)
		for i := range 3000 {
			a, long := fmt.Sprint(i), strings.Repeat("€", 1+random.IntN(400))
			if i == 1500 {
				long = strings.Repeat("x", 900_000) // longer than a chunk
			}
			want = append(want, []string{a, long})
			require.NoError(t, rows.Row([]*string{&a, &long}))
			require.NoError(t, table.Write([]string{a, long}))
			fmt.Fprintf(text, "%s %s\n", a, long[:min(len(long), 3000)])
		}
		require.NoError(t, rows.Close())
		table.Flush()
		file(t, into, "a.csv", sheet.String())
		file(t, into, "a.txt", text.String())
		for range 60 {
			from, limit := random.IntN(3010), random.IntN(700)
			expected := want[min(from, len(want)):min(from+limit, len(want))]
			for number, result := range []string{"table", "csv", "text"} {
				page, err := b.ResultRows(b.ctx, member, task.ID, number+1, int64(from), limit)
				require.NoError(t, err)
				got := plainRows(page.Rows)
				require.Len(t, got, len(expected), "%s from %d, %d rows", result, from, limit)
				for i, row := range got {
					if result == "text" {
						require.Equal(t, expected[i][0]+" "+expected[i][1][:min(len(expected[i][1]), 3000)], row[0])
						continue
					}
					require.Equal(t, expected[i], row, result)
				}
			}
		}
	})
}

func TestResultLimits(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		task, into := producing(t, b)
		value := strings.Repeat("x", 300)
		rows, err := into.Table("t\nwo\x00 lines", []models.ResultColumn{{Name: "a"}})
		require.NoError(t, err)
		kept := 0
		for ; ; kept++ {
			if err := rows.Row([]*string{&value}); err != nil {
				require.ErrorIs(t, err, executor.ErrResultsFull)
				break
			}
		}
		require.ErrorIs(t, rows.Row([]*string{&value}), executor.ErrResultsFull)
		require.Error(t, rows.Row([]*string{&value, nil}), "as many values as columns")
		require.NoError(t, rows.Close())
		w, err := into.File("rest.bin")
		require.NoError(t, err)
		n, err := w.Write([]byte(strings.Repeat("y", 1000)))
		require.ErrorIs(t, err, executor.ErrResultsFull)
		require.NoError(t, w.Close())
		require.NoError(t, w.Close(), "closed already")
		_, err = w.Write(nil)
		require.Error(t, err)

		results, err := b.Results(b.ctx, member, task.ID)
		require.NoError(t, err)
		require.Len(t, results, 2)
		require.EqualValues(t, kept, results[0].Units)
		require.True(t, results[0].Cut)
		require.True(t, results[1].Cut)
		require.EqualValues(t, n, results[1].Bytes)
		require.EqualValues(t, 10_000, results[0].Bytes+results[1].Bytes, "all that is allowed")
		require.NotContains(t, results[0].Name, "\n")
		require.NotContains(t, results[0].Name, "\x00")

		huge := strings.Repeat("z", tasks.MaxRow)
		rows, err = into.Table("", []models.ResultColumn{{Name: "a"}})
		require.NoError(t, err)
		require.ErrorContains(t, rows.Row([]*string{&huge}), "are allowed")
		_, err = into.Table("", nil)
		require.Error(t, err)
		_, err = into.Table("", make([]models.ResultColumn, tasks.MaxColumns+1))
		require.Error(t, err)
		for err == nil || !strings.Contains(err.Error(), "limit") {
			_, err = into.File("one more")
		}
		require.ErrorIs(t, err, executor.ErrResultsFull)
	}, func(o *tasks.Options) { o.ResultLimit = 10_000 })
}

// TestResultsOfAttempts: what runs again loses what it made before; a lease that is
// lost writes nothing any more.
func TestResultsOfAttempts(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		task, into := producing(t, b)
		file(t, into, "first.txt", "1")
		late, err := into.File("late.txt")
		require.NoError(t, err)
		ref := models.ContentRef{Step: 1, Content: 1}
		_, err = b.EndExecution(b.ctx, tasks.LeaseOf(task), ref, ref, tasks.Outcome{
			Status: models.Failed, Failure: &models.TaskError{Code: models.ErrExitCode, Message: models.Plain("x")},
		})
		require.NoError(t, err)
		again := b.claim(t, "w1")
		require.Equal(t, 2, again.Attempt)
		list, err := b.Results(b.ctx, member, task.ID)
		require.NoError(t, err)
		require.Len(t, list, 1, "until its content begins again")

		_, err = b.Begin(b.ctx, tasks.LeaseOf(again), ref)
		require.NoError(t, err)
		require.Equal(t, models.CodeStaleLease, models.CodeOf(late.Close()))
		file(t, b.NewResults(b.ctx, tasks.LeaseOf(again), again.Attempt, ref), "second.txt", "2")
		list, err = b.Results(b.ctx, member, task.ID)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, "second.txt", list[0].Name)
		require.Equal(t, 2, list[0].Number, "numbers are not given again")
	})
}

func TestWhoSeesResults(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		task, into := producing(t, b)
		file(t, into, "a.txt", "1")
		for name, c := range map[string]struct {
			viewer models.Viewer
			sees   bool
		}{
			"owner": {member, true}, "admin": {admin, true}, "operator": {operator, true}, "observer": {observer, true},
			"another member":     {other, false},
			"without scope read": {models.Viewer{Name: "max", Role: models.Member, Scopes: []models.Scope{models.ScopeWork}}, false},
		} {
			_, errList := b.Results(b.ctx, c.viewer, task.ID)
			_, errOpen := b.OpenResult(b.ctx, c.viewer, task.ID, 1)
			_, errRows := b.ResultRows(b.ctx, c.viewer, task.ID, 1, 0, 1)
			many, err := b.ResultsOf(b.ctx, c.viewer, []*models.Task{task})
			require.NoError(t, err)
			if c.sees {
				require.NoError(t, errList, name)
				require.NoError(t, errOpen, name)
				require.NoError(t, errRows, name)
				require.Len(t, many[task.ID], 1, name)
				continue
			}
			for _, err := range []error{errList, errOpen, errRows} {
				require.Equal(t, models.CodeNotFound, models.CodeOf(err), name)
			}
			require.Empty(t, many, name)
		}
		_, err := b.ResultRows(b.ctx, member, task.ID, 1, -1, 1)
		requireFault(t, err, models.CodeInvalid, "from")
		_, err = b.ResultRows(b.ctx, member, task.ID, 1, 0, tasks.MaxResultPage+1)
		requireFault(t, err, models.CodeInvalid, "limit")
		_, err = b.ResultRows(b.ctx, member, task.ID, 2, 0, 1)
		requireFault(t, err, models.CodeNotFound)
	})
}
