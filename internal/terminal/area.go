package terminal

import (
	"io"
	"slices"
	"strconv"
	"strings"
)

// Line is a line of an Area: a text that is safe to write, colours included, and how many
// columns it takes.
type Line struct {
	Text  string
	Width int
}

// Area is a few lines at the bottom of a terminal that are drawn anew in place, while other
// lines scroll by above them. Each change is one write. It is not safe for concurrent use.
type Area struct {
	out   io.Writer
	size  func() (columns, rows int)
	drawn []Line
	// above waits to be written above the lines.
	above strings.Builder
	// columns is the width that drawn was drawn at.
	columns int
}

// NewArea makes an area at the cursor, which stands at the beginning of a line. size says
// how large the terminal is now.
func NewArea(out io.Writer, size func() (columns, rows int)) *Area {
	return &Area{out: out, size: size}
}

// Print writes a line above the area, with the next Draw.
func (a *Area) Print(line string) {
	a.above.WriteString(line)
	a.above.WriteString("\n")
}

// Pending is how many bytes Print has taken that are not written yet.
func (a *Area) Pending() int { return a.above.Len() }

// Draw makes the area show these lines. It writes nothing when nothing has changed.
func (a *Area) Draw(lines []Line) error {
	columns, _ := a.size()
	if a.above.Len() == 0 && columns == a.columns && slices.Equal(lines, a.drawn) {
		return nil
	}
	var b strings.Builder
	if up := a.rows(columns); up > 0 {
		b.WriteString("\x1b[" + strconv.Itoa(up) + "A")
	}
	if len(a.drawn) > 0 {
		// Not line by line: what was wrapped must not show between the new ones.
		b.WriteString("\r\x1b[J")
	}
	b.WriteString(a.above.String())
	for _, line := range lines {
		b.WriteString(line.Text + "\n")
	}
	a.above.Reset()
	a.drawn, a.columns = slices.Clone(lines), columns
	_, err := io.WriteString(a.out, b.String())
	return err
}

// rows is how many rows the lines take by now: a terminal that became narrower has
// wrapped them.
func (a *Area) rows(columns int) int {
	rows := 0
	for _, line := range a.drawn {
		rows += max(1, (line.Width+columns-1)/columns)
	}
	return rows
}
