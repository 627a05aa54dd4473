package bench

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// results is what the benchmarks found: tables that TestMain prints at the end.
var results sheet

// sheet is tables in Markdown, in the order in which they were begun.
type sheet struct{ tables []*table }

type table struct {
	head string
	// names are those of the rows, by which a benchmark that runs again finds its own.
	names, rows []string
}

// column is one figure of a row, and the unit under which go test shows it.
type column struct {
	head, unit string
	value      float64
}

// add reports the figures of a benchmark, and puts them into the table that has them.
func (s *sheet) add(b *testing.B, kind, what string, columns ...column) {
	b.Helper()
	b.ReportMetric(0, "ns/op") // one operation of go test is a whole measurement here
	heads, cells := []string{"database", "what"}, []string{kind, what}
	for _, c := range columns {
		heads, cells = append(heads, c.head), append(cells, number(c.value))
		b.ReportMetric(c.value, c.unit)
	}
	head := row(heads) + "\n|---|---|" + strings.Repeat("---:|", len(columns))
	s.table(head).put(kind+"/"+what, row(cells))
}

func (s *sheet) table(head string) *table {
	for _, t := range s.tables {
		if t.head == head {
			return t
		}
	}
	t := &table{head: head}
	s.tables = append(s.tables, t)
	return t
}

func (t *table) put(name, row string) {
	if i := slices.Index(t.names, name); i >= 0 {
		t.rows[i] = row
		return
	}
	t.names, t.rows = append(t.names, name), append(t.rows, row)
}

// String gives the tables.
func (s *sheet) String() string {
	var out strings.Builder
	for _, t := range s.tables {
		fmt.Fprintf(&out, "\n%s\n%s\n", t.head, strings.Join(t.rows, "\n"))
	}
	return out.String()
}

func row(cells []string) string { return "| " + strings.Join(cells, " | ") + " |" }

// number shows three digits, and no more than two after the point.
func number(v float64) string {
	switch size := math.Abs(v); {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "–"
	case size >= 100:
		scale := math.Pow(10, math.Floor(math.Log10(size))-2)
		return fmt.Sprintf("%.0f", math.Round(v/scale)*scale)
	case size >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
