package progress

import "bytes"

// sight is a segment that is looked at, and what it has that a meter may have.
type sight struct {
	text []byte
	// redrawn is whether it is drawn over another one, or another one over it.
	redrawn bool
	end     ending
	// percent: a digit stands before a percent sign. count: a slash, or "of", stands
	// between digits or their units.
	percent, count bool
	// bar: there is a character that bars begin with.
	bar bool
}

// firstOfCells is the first byte of each character in cells.
const firstOfCells = 0xe2

// find looks once for what meters have, so that ordinary lines cost no more.
func (s *sight) find() {
	digit := false // a digit came
	for i, c := range s.text {
		switch {
		case isDigit(c):
			digit = true
		case c == '[', c == '|', c == firstOfCells:
			s.bar = true
		case c == '%':
			s.percent = s.percent || digit
		case c == '/':
			s.count = s.count || digit && nextDigit(s.text[i+1:])
		case c == 'o':
			s.count = s.count || digit && bytes.HasPrefix(s.text[i:], []byte("of ")) && nextDigit(s.text[i+3:])
		}
	}
}

// hasNumber says whether anything can be a percentage or a count, or a bar without either.
func (s *sight) hasNumber() bool {
	return s.percent || s.count || s.text[len(s.text)-1] == ']' || s.text[len(s.text)-1] == '|' || s.redrawn
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func nextDigit(b []byte) bool {
	b = bytes.TrimLeft(b, " ")
	return len(b) > 0 && isDigit(b[0])
}
