package linkis_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/rest/resttest"
	"stepcast/store/storetest"
	"stepcast/tasks"
)

// giveTable writes a result set of the first content.
func (b *bundle) giveTable(into *tasks.ResultStore, names []string, rows ...[]*string) {
	b.t.Helper()
	columns := make([]models.ResultColumn, len(names))
	for i, name := range names {
		columns[i] = models.ResultColumn{Name: name, Type: "VARCHAR", Comment: "the " + name}
	}
	w, err := into.Table("", columns)
	require.NoError(b.t, err)
	for _, row := range rows {
		require.NoError(b.t, w.Row(row))
	}
	require.NoError(b.t, w.Close())
}

func (b *bundle) giveFile(into *tasks.ResultStore, name, content string) {
	b.t.Helper()
	w, err := into.File(name)
	require.NoError(b.t, err)
	_, err = io.WriteString(w, content)
	require.NoError(b.t, err)
	require.NoError(b.t, w.Close())
}

func text(s string) *string { return &s }

// finishedWithResults is a task with a table, a text, a binary file and another table.
func (b *bundle) finishedWithResults() *models.Task {
	b.t.Helper()
	b.Submit(resttest.Member)
	task := b.Claim()
	into := b.newResults(task)
	b.giveTable(into, []string{"id", "name", "note"},
		[]*string{text("1"), text("Ann <&> \"界\""), nil}, []*string{text("2"), text(""), text("NULL")}, []*string{nil, nil, nil})
	b.giveFile(into, "report.txt", "one\n\n三\n")
	b.giveFile(into, "image.png", "\x89PNG\r\n\x1a\n\x00")
	b.giveFile(into, "data.csv", "a,b\n1,2\n")
	b.End(task, resttest.First, tasks.Outcome{Status: models.Succeeded})
	return b.Row(task.ID)
}

func filePath(task int64, name string) string {
	return url.QueryEscape(fmt.Sprintf("file:///stepcast/tasks/%d/%s", task, name))
}

func TestResultTree(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.finishedWithResults()
	results, err := b.Store.Results(t.Context(), []int64{task.ID})
	require.NoError(t, err)
	require.Len(t, results, 4)
	child := func(number int) string {
		r := results[number]
		return fmt.Sprintf(`{"name":"_%[2]d.dolphin","path":"file:///stepcast/tasks/%[1]d/results/_%[2]d.dolphin","properties":{"size":"%[3]d","modifytime":"%[4]d"},`+
			`"children":null,"isLeaf":true,"parentPath":"file:///stepcast/tasks/%[1]d/results"}`, task.ID, number, r.Bytes, r.FinishedAt.UnixMilli())
	}
	want := fmt.Sprintf(`{"data":{"dirFileTrees":{"name":"results","path":"file:///stepcast/tasks/%d/results","properties":null,"children":[%s,%s,%s],"isLeaf":false,"parentPath":null}},`+
		`"message":"OK","method":"/api/filesystem/getDirFileTrees","status":0}`, task.ID, child(0), child(1), child(3))
	plain := fmt.Sprintf("/stepcast/tasks/%d/results", task.ID)
	for _, path := range []string{"file://" + plain, plain, plain + "/", "hdfs://" + plain, "hdfs://host:8020" + plain, url.QueryEscape("file://" + plain)} {
		require.Equal(t, want, b.get("/filesystem/getDirFileTrees?path="+url.QueryEscape(path), b.as(resttest.Member)).body, path)
	}

	empty := b.Submit(resttest.Member)
	r := b.get("/filesystem/getDirFileTrees?path="+filePath(empty.ID, "results"), b.as(resttest.Member))
	require.Equal(t, []any{}, r.data["dirFileTrees"].(map[string]any)["children"], "it is there, and empty")
	for _, path := range []string{filePath(99999, "results"), filePath(task.ID, "log.txt"), filePath(task.ID, "results/_0.dolphin"), "%2Ftmp", "x"} {
		require.Equal(t, `{"data":{"dirFileTrees":null},"message":"OK","method":"/api/filesystem/getDirFileTrees","status":0}`,
			b.get("/filesystem/getDirFileTrees?path="+path, b.as(resttest.Member)).body, path)
	}
}

// javaFile is what openFile answers, as clients read it.
type javaFile struct {
	Metadata []struct {
		ColumnName string `json:"columnName"`
		Comment    string `json:"comment"`
		DataType   string `json:"dataType"`
	} `json:"metadata"`
	FileContent [][]string `json:"fileContent"`
	Type        string     `json:"type"`
	TotalLine   int32      `json:"totalLine"`
	Page        int32      `json:"page"`
	TotalPage   int32      `json:"totalPage"`
	TotalColumn int32      `json:"totalColumn"`
}

func (b *bundle) openFile(task int64, name, query string) (file javaFile) {
	b.t.Helper()
	r := b.get("/filesystem/openFile?path="+filePath(task, name)+query, b.as(resttest.Member))
	requireOK(b.t, r)
	data, err := json.Marshal(r.data)
	require.NoError(b.t, err)
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	require.NoError(b.t, decoder.Decode(&file), r.body)
	require.Len(b.t, r.data, 7)
	require.NotNil(b.t, file.FileContent)
	require.EqualValues(b.t, len(file.FileContent), file.TotalLine)
	require.Zero(b.t, file.TotalPage)
	return file
}

func TestOpenFileOfATable(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.finishedWithResults()
	require.Equal(t, `{"data":{"metadata":[{"columnName":"id","comment":"the id","dataType":"VARCHAR"},{"columnName":"name","comment":"the name","dataType":"VARCHAR"},{"columnName":"note","comment":"the note","dataType":"VARCHAR"}],`+
		`"fileContent":[["1","Ann <&> \"界\"","NULL"],["2","","NULL"],["NULL","NULL","NULL"]],"type":"2","totalLine":3,"page":1,"totalPage":0,"totalColumn":3},"message":"OK","method":"/api/filesystem/openFile","status":0}`,
		b.get("/filesystem/openFile?charset=utf-8&path="+filePath(task.ID, "results/_0.dolphin"), b.as(resttest.Member)).body)
	for query, want := range map[string][][]string{
		"&nullValue=LINKIS_NULL":         {{"1", "Ann <&> \"界\"", "LINKIS_NULL"}, {"2", "", "NULL"}, {"LINKIS_NULL", "LINKIS_NULL", "LINKIS_NULL"}},
		"&nullValue=BLANK&page=1":        {{"1", "Ann <&> \"界\"", ""}, {"2", "", "NULL"}, {"", "", ""}},
		"&nullValue=&pageSize=1":         {{"1", "Ann <&> \"界\"", "NULL"}},
		"&page=2&pageSize=1":             {{"2", "", "NULL"}},
		"&page=2&pageSize=2":             {{"NULL", "NULL", "NULL"}},
		"&page=3&pageSize=2":             {},
		"&page=2":                        {},
		"&page=2147483647":               {},
		"&columnPage=2&columnPageSize=1": {{"1", "Ann <&> \"界\"", "NULL"}, {"2", "", "NULL"}, {"NULL", "NULL", "NULL"}},
	} {
		file := b.openFile(task.ID, "results/_0.dolphin", query)
		require.Equal(t, want, file.FileContent, query)
		require.Equal(t, "2", file.Type)
		require.Len(t, file.Metadata, 3)
	}
	columns := b.openFile(task.ID, "results/_0.dolphin", "&enableLimit=true&columnPage=2&columnPageSize=2&pageSize=2")
	require.Equal(t, [][]string{{"NULL"}, {"NULL"}}, columns.FileContent)
	require.Equal(t, "note", columns.Metadata[0].ColumnName)
	require.Len(t, columns.Metadata, 1)
	require.EqualValues(t, 3, columns.TotalColumn)
	require.EqualValues(t, 2, b.openFile(task.ID, "results/_0.dolphin", "&page=2&pageSize=2").Page)

	csv := b.openFile(task.ID, "results/_3.dolphin", "")
	require.Equal(t, "b", csv.Metadata[1].ColumnName)
	require.Equal(t, [][]string{{"1", "2"}}, csv.FileContent)
}

func TestOpenFileOfAText(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.finishedWithResults()
	require.Equal(t, `{"data":{"metadata":null,"fileContent":[["one"],[""],["三"]],"type":"1","totalLine":3,"page":1,"totalPage":0,"totalColumn":1},"message":"OK","method":"/api/filesystem/openFile","status":0}`,
		b.get("/filesystem/openFile?path="+filePath(task.ID, "results/_1.dolphin"), b.as(resttest.Member)).body)
	file := b.openFile(task.ID, "results/_1.dolphin", "&page=2&pageSize=2&enableLimit=true&columnPage=9")
	require.Equal(t, [][]string{{"三"}}, file.FileContent)

	log := b.openFile(task.ID, "log.txt", "")
	require.Equal(t, "1", log.Type)
	require.Nil(t, log.Metadata)
	var paged []string
	for page := 1; ; page++ {
		file := b.openFile(task.ID, "log.txt", fmt.Sprintf("&page=%d&pageSize=2", page))
		for _, row := range file.FileContent {
			require.Len(t, row, 1)
			paged = append(paged, row[0])
		}
		if file.TotalLine == 0 {
			break
		}
	}
	require.Len(t, paged, len(log.FileContent))
	r := b.get("/filesystem/openLog?path="+filePath(task.ID, "log.txt"), b.as(resttest.Member))
	require.Equal(t, strings.Join(paged, "\n")+"\n", r.data["log"].([]any)[3])
}

func TestFilesRefuseBadInput(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.finishedWithResults()
	coded := func(code int, text string) string {
		return fmt.Sprintf("error code(错误码): %d, error message(错误信息): %s.", code, text)
	}
	missing := func(path string) string {
		return coded(80013, fmt.Sprintf("File: %s does not exist(文件:%[1]s不存在)", path))
	}
	file, dir := filePath(task.ID, "results/_0.dolphin"), fmt.Sprintf("file:///stepcast/tasks/%d", task.ID)
	columns := coded(80036, "Parameter error, page size is incorrect, please pass in a number within [1-500] (分页参数错误，页码从1开始，页大小需在[1-500]范围内，获取的列索引需在实际结果集列数范围内)")
	for query, want := range map[string]string{
		"getDirFileTrees":                               coded(80004, "The path: is empty(路径: 为空)!"),
		"openFile":                                      coded(80004, "The path: is empty(路径: 为空)!"),
		"openLog?path=%20":                              coded(80004, "The path:  is empty(路径:  为空)!"),
		"openFile?path=/etc/passwd":                     missing("/etc/passwd"),
		"openFile?path=%FF":                             missing("\uFFFD"),
		"openFile?path=%22abc%22":                       missing(`"abc"`),
		"openLog?path=/etc/passwd":                      missing("/etc/passwd"),
		"openLog?path=" + file:                          missing(dir + "/results/_0.dolphin"),
		"openFile?path=" + filePath(task.ID, "results"): missing(dir + "/results"),
		"openFile?path=" + filePath(task.ID, "results/_9.dolphin"): missing(dir + "/results/_9.dolphin"),
		"openFile?path=" + filePath(99999, "log.txt"):              missing("file:///stepcast/tasks/99999/log.txt"),
		"openLog?path=" + filePath(99999, "log.txt"):               missing("file:///stepcast/tasks/99999/log.txt"),
		"openFile?path=" + filePath(task.ID, "results/_2.dolphin"): generic + "image.png is neither a table nor a text; download it",
		"openFile?page=x&path=" + file:                             generic + `NumberFormatException: For input string: "x"`,
		"openFile?page=0&path=" + file:                             generic + "page is 1 or more, not 0",
		"openFile?pageSize=0&path=" + file:                         generic + "pageSize is 1 to 10000, not 0",
		"openFile?pageSize=-1&path=" + file:                        generic + "pageSize is 1 to 10000, not -1",
		"openFile?pageSize=10001&path=" + file:                     coded(80034, "The result set exceeds 10000 rows and page viewing is currently not supported. Please download to view or view in the shared directory(结果集行数超过10000行，暂不支持页面查看。请下载查看或在共享目录中查看)"),
		"openFile?columnPage=0&path=" + file:                       columns,
		"openFile?columnPageSize=501&path=" + file:                 columns,
		"openFile?columnPageSize=y&path=" + file:                   generic + `NumberFormatException: For input string: "y"`,
		"openFile?enableLimit=true&columnPage=2&path=" + file:      columns,
	} {
		requireRefused(t, b.get("/filesystem/"+query, b.as(resttest.Member)), 400, 1, want)
	}
	r := b.get("/filesystem/openLog?path="+filePath(task.ID, "log.txt"), b.as(resttest.Other))
	require.Equal(t, coded(80010, fmt.Sprintf("The user: mia has no permission to view the contents of the directory:%s(该用户:mia无权限查看该目录:%[1]s的内容)", dir+"/log.txt")+"."), r.message)
	require.EqualValues(t, 80010, r.data["errorMsg"].(map[string]any)["errCode"])
}

func TestOpenLog(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := storetest.Submit(t, b.Store, func(task *models.Task, _ *models.TaskState) { task.Owner = resttest.Member })
	change := storetest.Wrote(task, "one", "two <&>", "", "four")
	for i, level := range []models.LogLevel{models.Info, models.Warn, models.Info, models.Error} {
		change.Lines[i].At, change.Lines[i].Level = storetest.Start, level
	}
	storetest.Commit(t, b.Store, change)
	const stamp = "2026-03-01 20:00:00.000 "
	require.Equal(t, fmt.Sprintf(`{"data":{"log":["%[1]sERROR four\n","%[1]sWARN two <&>\n","%[1]sINFO one\n%[1]sINFO \n","%[1]sINFO one\n%[1]sWARN two <&>\n%[1]sINFO \n%[1]sERROR four\n"]},`+
		`"message":"OK","method":"/api/filesystem/openLog","status":0}`, stamp),
		b.get("/filesystem/openLog?path="+filePath(task.ID, "log.txt"), b.as(resttest.Member)).body)
}

// TestOpenLogOfManyLines: the log is read in batches, and none is lost between them.
func TestOpenLogOfManyLines(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := storetest.Submit(t, b.Store, func(task *models.Task, _ *models.TaskState) { task.Owner = resttest.Member })
	lines := make([]string, 12_000)
	for i := range lines {
		lines[i] = fmt.Sprint("line ", i)
	}
	task = storetest.Commit(t, b.Store, storetest.Wrote(task, lines...))
	got := strings.Split(b.get("/filesystem/openLog?path="+filePath(task.ID, "log.txt"), b.as(resttest.Member)).data["log"].([]any)[3].(string), "\n")
	require.Len(t, got, len(lines)+1)
	for i, line := range lines {
		require.True(t, strings.HasSuffix(got[i], " "+line), got[i])
	}
}

// TestOpenLogOfTooManyLines: a log that is too long says where it goes on.
func TestOpenLogOfTooManyLines(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := storetest.Submit(t, b.Store, func(task *models.Task, _ *models.TaskState) { task.Owner = resttest.Member })
	for range 10 {
		lines := make([]string, 100)
		for i := range lines {
			lines[i] = strings.Repeat("x", 10_000)
		}
		task = storetest.Commit(t, b.Store, storetest.Wrote(task, lines...))
	}
	r := b.get("/filesystem/openLog?path="+filePath(task.ID, "log.txt"), b.as(resttest.Member))
	requireOK(t, r)
	log := r.data["log"].([]any)
	require.LessOrEqual(t, len(log[3].(string)), 8<<20+200)
	lines := strings.Split(strings.TrimSuffix(log[3].(string), "\n"), "\n")
	require.Contains(t, lines[len(lines)-1], fmt.Sprintf(" SYSTEM-WARN The log goes on. Read the rest from entrance/<id>/log?fromLine=%d", len(lines)))
	require.Equal(t, lines[len(lines)-1]+"\n", log[1])
	require.Greater(t, len(lines), 800)

	require.EqualValues(t, 1000, b.openFile(task.ID, "log.txt", "").TotalLine, "a page is whole, however many batches it takes")
}

// newResults is where the first content of a task puts what it produces.
func (b *bundle) newResults(task *models.Task) *tasks.ResultStore {
	return b.Tasks.NewResults(b.t.Context(), tasks.LeaseOf(task), task.Attempt, resttest.First)
}

// endNow ends a task of one content well.
func (b *bundle) endNow(task *models.Task) {
	b.t.Helper()
	b.End(task, resttest.First, tasks.Outcome{Status: models.Succeeded})
}
