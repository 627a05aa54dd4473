package e2e

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// resultSet is a result as openFile gives it.
type resultSet struct {
	// kind is "1" for a text, "2" for a table.
	kind    string
	columns []resultColumn
	rows    [][]string
}

type resultColumn struct{ name, dataType string }

// readSet reads a page of openFile, which is what its page and the count of its rows say.
func readSet(data wire, page int) (set resultSet, rows int) {
	data.t.Helper()
	set.kind, set.rows = data.key("type").text(), [][]string{}
	if metadata := data.key("metadata"); !metadata.null() {
		for _, column := range metadata.list() {
			column.key("comment").text()
			set.columns = append(set.columns, resultColumn{column.key("columnName").text(), column.key("dataType").text()})
		}
	}
	for _, row := range data.key("fileContent").list() {
		set.rows = append(set.rows, row.texts())
	}
	require.EqualValues(data.t, page, data.key("page").int())
	require.EqualValues(data.t, len(set.rows), data.key("totalLine").int(), "totalLine counts the rows of the page")
	require.Zero(data.t, data.key("totalPage").int())
	return set, len(set.rows)
}

// listResults gives the paths of the results at a location, in the order they come.
func (c *caller) listResults(location string) (paths []string) {
	c.t.Helper()
	tree := c.send(http.MethodGet, linkisPrefix+"filesystem/getDirFileTrees", query("path", location), nil).success().key("dirFileTrees")
	require.Equal(c.t, location, tree.key("path").text())
	for _, child := range tree.key("children").list() {
		require.True(c.t, child.key("isLeaf").bool())
		child.key("name").text()
		paths = append(paths, child.key("path").text())
	}
	return paths
}

// openPages reads a result page by page until one is empty.
func (c *caller) openPages(path, null string, size int) (whole resultSet) {
	c.t.Helper()
	for page := 1; ; page++ {
		data := c.send(http.MethodGet, linkisPrefix+"filesystem/openFile", query(
			"path", path, "page", strconv.Itoa(page), "pageSize", strconv.Itoa(size), "charset", "utf-8", "nullValue", null), nil).success()
		set, rows := readSet(data, page)
		if page == 1 {
			whole = set
		} else {
			require.Equal(c.t, []any{whole.kind, whole.columns}, []any{set.kind, set.columns}, "page %d", page)
			whole.rows = append(whole.rows, set.rows...)
		}
		if rows == 0 {
			return whole
		}
	}
}

// TestLargeResult selects 12,000 rows and reads them in pages of 5,000, the last of
// which is empty.
func TestLargeResult(t *testing.T) {
	t.Parallel()
	eachLegacy(t, func(t *testing.T, w legacyWorld) {
		const rows = 12_000
		digits := "SELECT 0 AS n"
		for n := 1; n < 10; n++ {
			digits += " UNION ALL SELECT " + strconv.Itoa(n)
		}
		j := newJavaToken(w.with(t))
		_, task := j.submit(job{engine: "hive-2.3.3", runType: "hql", code: "CREATE TABLE digits AS " + digits + ";\n" +
			"SELECT * FROM (SELECT e.n * 10000 + d.n * 1000 + c.n * 100 + b.n * 10 + a.n AS n, CASE WHEN a.n > 0 THEN 'row' END AS filler\n" +
			"FROM digits a, digits b, digits c, digits d, digits e WHERE e.n < 2) numbers WHERE n < 12000 ORDER BY n"})
		var info javaJob
		until(t, "the end of the task", func() bool { info = j.jobInfo(task); return info.final })
		require.Equal(t, "Succeed", info.state)
		paths := j.resultPaths(info.resultLocation)
		require.Len(t, paths, 1)
		whole := j.openPages(paths[0], "LINKIS_NULL", 5000)
		require.Len(t, whole.rows, rows)
		for i, row := range whole.rows {
			want := []string{strconv.Itoa(i), "row"}
			if i%10 == 0 {
				want[1] = "LINKIS_NULL"
			}
			require.Equal(t, want, row)
		}
		tooMany := j.send(http.MethodGet, linkisPrefix+"filesystem/openFile", query("path", paths[0], "pageSize", "5000000"), nil)
		require.Contains(t, tooMany.refused(http.StatusBadRequest, 1), "80034")
	})
}
