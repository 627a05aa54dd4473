package linkis

import (
	"net/url"
	"strconv"

	"stepcast/models"
	"stepcast/tasks"
)

// The types of an opened file that are in use here (FileSource of Linkis).
const (
	typeText  = "1"
	typeTable = "2"
)

// fileData is the data of openFile.
type fileData struct {
	// Metadata is null for a text.
	Metadata []columnData `json:"metadata"`
	// FileContent is a row for each line, with one value for a text. Values are texts.
	FileContent [][]string `json:"fileContent"`
	Type        string     `json:"type"`
	// TotalLine counts the rows of this page; clients ask for pages until it is 0.
	TotalLine int `json:"totalLine"`
	Page      int `json:"page"`
	// TotalPage is 0 always, as in Linkis.
	TotalPage int `json:"totalPage"`
	// TotalColumn counts the columns, those that are on other column pages included.
	TotalColumn int `json:"totalColumn"`
}

// columnData is a column of a table.
type columnData struct {
	ColumnName string `json:"columnName"`
	Comment    string `json:"comment"`
	DataType   string `json:"dataType"`
}

// What openFile gives when the query does not say.
const (
	filePageDefault   = 5000
	columnPageDefault = 500
	columnPageMax     = 500
	nullDefault       = "NULL"
)

// fileBytesMax bounds the text of a page, in bytes.
const fileBytesMax = 30 << 20

// blankNull is how clients ask for an empty text in the place of NULL.
const blankNull = "BLANK"

// fileWish is what the query of openFile asks for.
type fileWish struct {
	page, size int
	// null stands for what has no value.
	null string
	// columns bounds the columns of a page, the first of which are left out by
	// skipColumns; 0 is all.
	columns, skipColumns int
}

func (w fileWish) from() int64 { return int64(w.page-1) * int64(w.size) }

// openFile answers GET filesystem/openFile: a page of a result, or of the log as a text.
func openFile(c *call) (answer, error) {
	p, sent, err := c.place()
	if err != nil {
		return answer{}, err
	}
	wish, err := parseFileWish(c.r.URL.Query())
	if err != nil {
		return answer{}, err
	}
	var data fileData
	switch p.kind {
	case placeResult:
		data, err = c.resultPage(p, wish)
	case placeLog:
		data, err = c.logAsFile(p, wish)
	default:
		return answer{}, errNoFile(sent)
	}
	if err != nil {
		return answer{}, c.filed(err, sent)
	}
	if tooLarge(data.FileContent) {
		return answer{}, errTooLarge
	}
	data.Page, data.TotalLine = wish.page, len(data.FileContent)
	return okAnswer(data), nil
}

func tooLarge(rows [][]string) bool {
	size := 0
	for _, row := range rows {
		for _, value := range row {
			size += len(value)
		}
	}
	return size > fileBytesMax
}

func parseFileWish(query url.Values) (fileWish, error) {
	w := fileWish{null: orText(query.Get("nullValue"), nullDefault)}
	if w.null == blankNull {
		w.null = ""
	}
	page, err := javaInt(query.Get("page"), 1)
	if err != nil {
		return w, err
	}
	size, err := javaInt(query.Get("pageSize"), filePageDefault)
	switch {
	case err != nil:
		return w, err
	case page < 1:
		return w, failedf("page is 1 or more, not %d", page)
	case size < 1:
		return w, failedf("pageSize is 1 to %d, not %d", tasks.MaxResultPage, size)
	case size > tasks.MaxResultPage:
		return w, errTooManyRows(tasks.MaxResultPage)
	}
	w.page, w.size = int(page), int(size)
	return w, w.readColumns(query)
}

// readColumns reads which columns are wanted. As in Linkis they are paged only with
// enableLimit=true, and checked always.
func (w *fileWish) readColumns(query url.Values) error {
	page, err := javaInt(query.Get("columnPage"), 1)
	if err != nil {
		return err
	}
	size, err := javaInt(query.Get("columnPageSize"), columnPageDefault)
	if err != nil {
		return err
	}
	if page < 1 || size < 1 || size > columnPageMax {
		return errColumnPage
	}
	if query.Get("enableLimit") == "true" {
		w.columns, w.skipColumns = int(size), int(min((page-1)*size, tasks.MaxColumns))
	}
	return nil
}

// resultPage reads rows of a table, or lines of a text.
func (c *call) resultPage(p place, wish fileWish) (fileData, error) {
	page, err := c.Tasks.ResultRows(c.r.Context(), c.viewer, p.task, p.number, wish.from(), wish.size)
	if err != nil {
		return fileData{}, err
	}
	data := fileData{Type: typeText, TotalColumn: 1, FileContent: make([][]string, len(page.Rows))}
	first, last := 0, 1
	if page.Result.Format.Table() {
		data.Type, data.TotalColumn = typeTable, len(page.Result.Columns)
		if first, last, err = wish.window(data.TotalColumn); err != nil {
			return fileData{}, err
		}
		data.Metadata = columns(page.Result.Columns[first:last])
	}
	for i, row := range page.Rows {
		data.FileContent[i] = wish.values(row, first, last)
	}
	return data, nil
}

// window is which of so many columns are wanted.
func (w fileWish) window(total int) (first, last int, err error) {
	switch {
	case w.columns == 0:
		return 0, total, nil
	case w.skipColumns > 0 && w.skipColumns >= total:
		return 0, 0, errColumnPage
	}
	return w.skipColumns, min(w.skipColumns+w.columns, total), nil
}

// values writes the wanted values of a row, which may have fewer than there are columns.
func (w fileWish) values(row []*string, first, last int) []string {
	values := make([]string, 0, last-first)
	for i := first; i < last; i++ {
		if i < len(row) && row[i] != nil {
			values = append(values, *row[i])
		} else {
			values = append(values, w.null)
		}
	}
	return values
}

func columns(list []models.ResultColumn) []columnData {
	data := make([]columnData, len(list))
	for i, column := range list {
		data[i] = columnData{ColumnName: column.Name, Comment: column.Comment, DataType: column.Type}
	}
	return data
}

// logAsFile reads lines of the log as those of a text.
func (c *call) logAsFile(p place, wish fileWish) (fileData, error) {
	data := fileData{Type: typeText, TotalColumn: 1, FileContent: [][]string{}}
	after, size := wish.from(), 0
	for len(data.FileContent) < wish.size && size <= fileBytesMax {
		// A batch may be shorter than asked for, because it is bounded in bytes as well.
		batch, err := c.Tasks.Log(c.r.Context(), c.viewer, p.task, tasks.LogQuery{After: after, First: wish.size - len(data.FileContent)})
		if err != nil {
			return fileData{}, err
		}
		stamp := stamper{zone: c.Zone}
		for i := range batch.Lines {
			text := stamp.line(&batch.Lines[i])
			size += len(text)
			data.FileContent = append(data.FileContent, []string{text})
		}
		if batch.CaughtUp || batch.Cursor <= after {
			break
		}
		after = batch.Cursor
	}
	return data, nil
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
