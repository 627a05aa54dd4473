package models

import (
	"strconv"
	"strings"
	"time"
)

// ResultFormat says how the bytes of a result are to be read.
type ResultFormat string

const (
	// FormatRows is a table that an executor gave row by row: one JSON array of strings
	// and nulls a line.
	FormatRows ResultFormat = "rows"
	// FormatCSV and FormatTSV are files in the form of RFC 4180, the latter with tabs. The
	// first record names the columns, and all have as many values.
	FormatCSV ResultFormat = "csv"
	FormatTSV ResultFormat = "tsv"
	// FormatText is any other file of lines, FormatBinary one that is not.
	FormatText   ResultFormat = "text"
	FormatBinary ResultFormat = "binary"
)

// Table says whether it has columns.
func (f ResultFormat) Table() bool {
	return f == FormatRows || f == FormatCSV || f == FormatTSV
}

// Separator is what stands between the values of a CSV or TSV file.
func (f ResultFormat) Separator() rune {
	if f == FormatTSV {
		return '\t'
	}
	return ','
}

// ResultColumn is a column of a table. Type is the name that the data source gave it
// ("VARCHAR"), "string" where it has none.
type ResultColumn struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Comment string `json:"comment,omitempty"`
}

// Result is a result set or file that a task produced: the row of task_results. Its
// bytes are in chunks.
type Result struct {
	TaskID int64 `gorm:"primaryKey;autoIncrement:false"`
	// Number counts from 1 through all attempts of the task; one is never given again.
	Number  int `gorm:"primaryKey;autoIncrement:false"`
	Attempt int
	// StepNumber and ContentNumber name the submitted content that produced it.
	StepNumber    int
	ContentNumber int
	Name          string
	ContentType   string
	Format        ResultFormat
	// Columns are those of a table.
	Columns []ResultColumn `gorm:"serializer:json"`
	// Units counts rows of a table, lines of a text; 0 for what has neither.
	Units int64
	Bytes int64
	// Cut: it reached a limit, and what came after is not there.
	Cut       bool
	CreatedAt time.Time
	// FinishedAt is nil while it is being written; then nobody sees it.
	FinishedAt *time.Time
	// DroppedAt is set when a later attempt runs its content again; nobody sees it any more.
	DroppedAt *time.Time
}

// TableName implements gorm's Tabler.
func (Result) TableName() string { return "task_results" }

// ID is how it is known: "690-r1".
func (r *Result) ID() string { return ResultID(r.TaskID, r.Number) }

// Rows counts the rows of a table; nil for anything else.
func (r *Result) Rows() *int64 {
	if !r.Format.Table() {
		return nil
	}
	return &r.Units
}

// ResultChunk is a run of a result's bytes: the row of result_chunks.
type ResultChunk struct {
	TaskID       int64 `gorm:"primaryKey;autoIncrement:false"`
	ResultNumber int   `gorm:"primaryKey;autoIncrement:false"`
	// FirstByte is where it begins.
	FirstByte int64 `gorm:"primaryKey;autoIncrement:false"`
	// FirstUnit is the number, from 0, of the line that begins with it; lines are not
	// broken over chunks unless they are longer. It is 0 throughout a binary file.
	FirstUnit int64
	Data      []byte
}

// TableName implements gorm's Tabler.
func (ResultChunk) TableName() string { return "result_chunks" }

// ResultID writes the id of a result.
func ResultID(task int64, number int) string { return TaskID(task) + "-r" + strconv.Itoa(number) }

// ParseResultID reads "690-r1".
func ParseResultID(s string) (task int64, number int, ok bool) {
	head, tail, found := strings.Cut(s, "-r")
	if !found {
		return 0, 0, false
	}
	task, okTask := ParseTaskID(head)
	n, okNumber := parseNumber(tail, 1<<31-1)
	return task, int(n), okTask && okNumber
}
