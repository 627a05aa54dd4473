package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/client"
	"stepcast/models"
)

// leaves is a script that leaves files of each kind, by name: the order of the results.
const leaves = `cd "$STEPCAST_RESULTS"
printf 'town,people\nOslo,717710\n"Bergen, the wet",\n' > a.csv
printf 'PK\003\004\000\377\000binary' > b.zip
printf 'first\n\nthird without an end' > c.txt
mkdir sub && printf 'a\tb\n1\t2\n' > sub/d.tsv
: > e.txt
`

// TestScriptResults leaves files in $STEPCAST_RESULTS, lists them by GraphQL, downloads
// them, and reads those that Linkis knows through openFile.
func TestScriptResults(t *testing.T) {
	t.Parallel()
	eachLegacy(t, func(t *testing.T, w legacyWorld) {
		w = w.with(t)
		task, err := w.asUser().Submit(t.Context(), sh(leaves))
		require.NoError(t, err)
		task = awaitEnd(t, w.asUser(), task.ID)
		require.Equal(t, client.StatusSucceeded, task.Status, "%+v", task.Error)

		rows := func(n int64) *int64 { return &n }
		files := []struct {
			name, kind string
			rows       *int64
			body       string
		}{
			{"a.csv", "text/csv", rows(2), "town,people\nOslo,717710\n\"Bergen, the wet\",\n"},
			{"b.zip", "application/zip", nil, "PK\x03\x04\x00\xff\x00binary"},
			{"c.txt", "text/plain", nil, "first\n\nthird without an end"},
			{"e.txt", "text/plain", nil, ""},
			{"sub/d.tsv", "text/tab-separated-values", rows(1), "a\tb\n1\t2\n"},
		}
		require.Len(t, task.Results, len(files))
		c := w.caller(t, bearer(w.secret)...)
		for i, file := range files {
			result := task.Results[i]
			require.Equal(t, []any{file.name, file.rows, int64(len(file.body))}, []any{result.Name, result.Rows, result.Bytes})
			kind, _, _ := strings.Cut(result.ContentType, ";")
			require.Equal(t, file.kind, kind, file.name)
			got := c.send(http.MethodGet, result.URL, nil, nil)
			require.Equal(t, http.StatusOK, got.status)
			require.Equal(t, file.body, string(got.body), file.name)
			require.Equal(t, result.ContentType, got.header.Get("Content-Type"))
		}
		w.requireOpened(task.ID)

		url := task.Results[0].URL
		require.Equal(t, http.StatusUnauthorized, w.caller(t).send(http.MethodGet, url, nil, nil).status)
		other := w.office(t).user("other", models.Member)
		require.Equal(t, http.StatusNotFound, w.caller(t, bearer(other)...).send(http.MethodGet, url, nil, nil).status)
	})
}

// requireOpened reads the results as a client of Linkis, which could not open the binary one.
func (w legacyWorld) requireOpened(id string) {
	w.t.Helper()
	j := newJavaToken(w)
	location := j.get(linkisPrefix + "jobhistory/" + id + "/get").key("task").key("resultLocation").text()
	sets := []resultSet{}
	for _, path := range j.resultPaths(location) {
		sets = append(sets, j.openPages(path, j.null(), 1))
	}
	require.Equal(w.t, []resultSet{
		{kind: "2", columns: []resultColumn{{"town", "string"}, {"people", "string"}}, rows: [][]string{{"Oslo", "717710"}, {"Bergen, the wet", ""}}},
		{kind: "1", rows: [][]string{{"first"}, {""}, {"third without an end"}}},
		{kind: "1", rows: [][]string{}},
		{kind: "2", columns: []resultColumn{{"a", "string"}, {"b", "string"}}, rows: [][]string{{"1", "2"}}},
	}, sets)
}

// TestResultsOfRetry: what a new attempt gives replaces what the one before gave.
func TestResultsOfRetry(t *testing.T) {
	t.Parallel()
	eachLegacy(t, func(t *testing.T, w legacyWorld) {
		w = w.with(t)
		task, err := w.asUser().Submit(t.Context(), sh(`echo "of attempt $STEPCAST_ATTEMPT" > "$STEPCAST_RESULTS/note.txt"; exit $((2 - STEPCAST_ATTEMPT))`))
		require.NoError(t, err)
		failed := awaitEnd(t, w.asUser(), task.ID)
		require.Equal(t, client.StatusFailed, failed.Status)
		require.Len(t, failed.Results, 1, "what a failed attempt left is there")
		_, err = w.asUser().Retry(t.Context(), task.ID)
		require.NoError(t, err)
		ended := await(t, w.asUser(), task.ID, func(t *client.Task) bool { return t.Status.Final() && t.Attempt == 2 })
		require.Equal(t, client.StatusSucceeded, ended.Status)
		require.Len(t, ended.Results, 1)
		require.NotEqual(t, failed.Results[0].ID, ended.Results[0].ID)
		c := w.caller(t, bearer(w.secret)...)
		got := c.send(http.MethodGet, ended.Results[0].URL, nil, nil)
		require.Equal(t, "of attempt 2\n", string(got.body))
		require.Equal(t, http.StatusNotFound, c.send(http.MethodGet, failed.Results[0].URL, nil, nil).status)
	})
}
