// Package terminaltest has a terminal for tests: what a person would see of what was
// written.
package terminaltest

import (
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Screen is a terminal with all that has scrolled out of sight. It wraps long lines, and
// wraps them anew when it is resized. It is safe for concurrent use.
type Screen struct {
	mu            sync.Mutex // guards what follows
	columns, rows int
	// lines are the lines as they were written, before wrapping; a wide character takes
	// two cells, of which the second is empty.
	lines [][]string
	// y is the line of the cursor, x the cell in it.
	y, x int
	// rest is the beginning of what came in part.
	rest []byte
	// foreign are the control sequences that it does not know.
	foreign []string
	writes  int
}

// NewScreen makes an empty one.
func NewScreen(columns, rows int) *Screen {
	return &Screen{columns: columns, rows: rows, lines: [][]string{nil}}
}

// Size is how large it is now.
func (s *Screen) Size() (columns, rows int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.columns, s.rows
}

// Resize wraps everything anew.
func (s *Screen) Resize(columns, rows int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.columns, s.rows = columns, rows
}

// Text is all lines that were written, those out of sight included.
func (s *Screen) Text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	texts := make([]string, len(s.lines))
	for i, line := range s.lines {
		texts[i] = strings.TrimRight(strings.Join(line, ""), " ")
	}
	return strings.Join(texts, "\n")
}

// Foreign are the control sequences that no program of ours should send.
func (s *Screen) Foreign() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.foreign
}

// Writes counts the calls of Write.
func (s *Screen) Writes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writes
}

// Write obeys what a program writes.
func (s *Screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes++
	s.rest = append(s.rest, p...)
	for len(s.rest) > 0 {
		n := s.obey(s.rest)
		if n == 0 {
			break // the rest is to come
		}
		s.rest = s.rest[n:]
	}
	return len(p), nil
}

// obey does what text begins with, and says how long that was; 0 when it is incomplete.
func (s *Screen) obey(text []byte) int {
	switch c := text[0]; {
	case c == '\r':
		s.x = s.row() * s.columns
		return 1
	case c == '\n':
		s.down()
		return 1
	case c == '\x1b':
		return s.sequence(text)
	case c < ' ' || c == 0x7f:
		if c != '\t' {
			s.foreign = append(s.foreign, fmt.Sprintf("%q", c))
		}
		s.put(" ", 1)
		return 1
	case !utf8.FullRune(text):
		return 0
	}
	cluster, _, width, _ := uniseg.FirstGraphemeCluster(text, -1)
	s.put(string(cluster), width)
	return len(cluster)
}

// row is the row of the cursor's line in which the cursor is.
func (s *Screen) row() int {
	if s.x > 0 && s.x%s.columns == 0 && s.x == len(s.lines[s.y]) {
		return s.x/s.columns - 1 // it waits behind the last column
	}
	return s.x / s.columns
}

func (s *Screen) put(cluster string, width int) {
	if width <= 0 {
		return
	}
	line := s.lines[s.y]
	for len(line) < s.x+width {
		line = append(line, " ")
	}
	line[s.x] = cluster
	for i := 1; i < width; i++ {
		line[s.x+i] = ""
	}
	s.lines[s.y] = line
	s.x += width
}

func (s *Screen) down() {
	s.y++
	if s.y == len(s.lines) {
		s.lines = append(s.lines, nil)
	}
	s.x = 0 // the terminal's driver sends a carriage return along
}

// sequence obeys ESC [ parameters final.
func (s *Screen) sequence(text []byte) int {
	if len(text) < 2 {
		return 0
	}
	if text[1] != '[' {
		s.foreign = append(s.foreign, fmt.Sprintf("%q", text[:2]))
		return 2
	}
	for i := 2; i < len(text); i++ {
		if text[i] < 0x40 || text[i] > 0x7e {
			continue
		}
		s.control(string(text[2:i]), text[i])
		return i + 1
	}
	return 0
}

func (s *Screen) control(parameters string, final byte) {
	switch final {
	case 'm':
	case 'A':
		n := 1
		_, _ = fmt.Sscan(parameters, &n) // none is 1
		s.up(n)
	case 'J':
		s.lines = s.lines[:s.y+1]
		s.lines[s.y] = s.lines[s.y][:min(s.x, len(s.lines[s.y]))]
	default:
		s.foreign = append(s.foreign, fmt.Sprintf("ESC [%s%c", parameters, final))
	}
}

// up moves the cursor up by rows, but not out of sight.
func (s *Screen) up(n int) {
	below := 0 // rows from the cursor's to the last
	for y := s.y + 1; y < len(s.lines); y++ {
		below += s.height(y)
	}
	row := s.row()
	below += s.height(s.y) - 1 - row
	for above := s.rows - 1 - below; n > 0 && above > 0 && (row > 0 || s.y > 0); n, above = n-1, above-1 {
		if row > 0 {
			row--
			continue
		}
		s.y--
		row = s.height(s.y) - 1
	}
	s.x = row * s.columns
}

// height is how many rows a line takes.
func (s *Screen) height(y int) int {
	return max(1, (len(s.lines[y])+s.columns-1)/s.columns)
}
