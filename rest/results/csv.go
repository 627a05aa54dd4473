package results

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"stepcast/models"
)

// csvWriter makes CSV of the rows as they are stored: one JSON array of strings and
// nulls a line. encoding/csv is not used because it writes NULL and "" alike. out keeps
// the first error of the writer below.
type csvWriter struct{ out *bufio.Writer }

// newCSV begins with the record of the columns' names.
func newCSV(w io.Writer, columns []models.ResultColumn) *csvWriter {
	c := &csvWriter{out: bufio.NewWriter(w)}
	names := make([]*string, len(columns))
	for i := range columns {
		names[i] = &columns[i].Name
	}
	_ = c.record(names) // out gives the error again
	return c
}

// Write takes whole lines.
func (c *csvWriter) Write(lines []byte) (int, error) {
	for line := range bytes.Lines(lines) {
		var row []*string
		if err := json.Unmarshal(line, &row); err != nil {
			return 0, fmt.Errorf("read a row: %w", err)
		}
		if err := c.record(row); err != nil {
			return 0, err
		}
	}
	return len(lines), nil
}

func (c *csvWriter) record(values []*string) error {
	for i, value := range values {
		if i > 0 {
			c.out.WriteByte(',')
		}
		if value != nil {
			c.value(*value)
		}
	}
	_, err := c.out.WriteString("\r\n") // bufio keeps the first error
	return err
}

// value quotes what needs it, and the empty text, which is not NULL.
func (c *csvWriter) value(text string) {
	if text != "" && !strings.ContainsAny(text, "\",\r\n") && text[0] != ' ' && text[len(text)-1] != ' ' {
		c.out.WriteString(text)
		return
	}
	c.out.WriteByte('"')
	c.out.WriteString(strings.ReplaceAll(text, `"`, `""`))
	c.out.WriteByte('"')
}

func (c *csvWriter) close() error { return c.out.Flush() }
