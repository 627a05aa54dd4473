package progress

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ending is what ends a segment.
type ending int

const (
	unfinished ending = iota
	// newLine leaves the segment standing.
	newLine
	// drawnOver goes back, so that what comes next is drawn over it.
	drawnOver
)

// escape is how far a control sequence of a terminal has been read.
type escape int

const (
	plain escape = iota
	// escaped: ESC came.
	escaped
	// control: ESC [ came, and its last byte is to come.
	control
	// command: ESC ] came; it ends with BEL, or with ESC \.
	command
)

// segment collects what stands between two moves of the cursor, without colours.
type segment struct {
	buf [SegmentLimit]byte
	n   int
	// long is whether more came than fits.
	long bool
	// redrawn is whether it is drawn over another one.
	redrawn bool
	// returned is whether a carriage return came last. A line feed makes both the end of a line.
	returned bool
	state    escape
}

const (
	esc = 0x1b
	bel = 0x07
)

// take takes a byte, and says whether and how it ends the segment.
func (s *segment) take(c byte) (end ending, over bool) {
	if s.state != plain {
		return s.sequence(c)
	}
	switch c {
	case '\n':
		return newLine, true
	case '\r':
		s.returned = true
	case '\b':
		return drawnOver, true
	case esc:
		s.state = escaped
	default:
		if s.n == len(s.buf) {
			s.long = true
			break
		}
		s.buf[s.n] = c
		s.n++
	}
	return unfinished, false
}

// sequence takes a byte of a control sequence.
func (s *segment) sequence(c byte) (end ending, over bool) {
	switch {
	case c == '\n':
		s.state = plain // nobody finishes it
		return newLine, true
	case s.state == escaped && c == '[':
		s.state = control
	case s.state == escaped && c == ']':
		s.state = command
	case s.state == command:
		switch c {
		case bel:
			s.state = plain
		case esc:
			s.state = escaped // the backslash to come ends it
		}
	case s.state == escaped:
		s.state = plain
		return drawnOver, c == '8' // the cursor goes back to where it was kept
	case c >= 0x40 && c <= 0x7e:
		s.state = plain
		if strings.IndexByte("ABEFGHdfsu", c) >= 0 {
			return drawnOver, true
		}
	}
	return unfinished, false
}

// begin begins the next segment.
func (s *segment) begin(end ending) {
	s.redrawn = end == drawnOver
	s.n, s.long, s.returned = 0, false, false
}

// text is what it holds without spaces around it; empty for what is too long.
func (s *segment) text() []byte {
	if s.long {
		return nil
	}
	return bytes.TrimSpace(s.buf[:s.n])
}

// closed says whether its last byte closes what it shows: half a number does not.
func (s *segment) closed() bool {
	if s.long || s.n == 0 || s.state != plain {
		return false
	}
	switch s.buf[s.n-1] {
	case '%', ']', ')':
		return true
	}
	return s.returned
}

// trimMessage takes from a message what only connects it with its meter.
func trimMessage(b []byte) []byte {
	b = bytes.Trim(b, " \t:-|,.;=>#[](){}")
	if len(b) <= MessageLimit {
		return b
	}
	end := MessageLimit
	for end > 0 && !utf8.RuneStart(b[end]) {
		end--
	}
	return b[:end]
}

// clean makes a message of what a program printed.
func clean(b []byte) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, string(b))
}
