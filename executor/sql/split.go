package sql

import (
	"fmt"
	"slices"
	"strings"
)

// maxDelimiter is the length of a delimiter in bytes.
const maxDelimiter = 16

// statement is one of a script, from its first to its last code, without the delimiter.
type statement struct {
	text string
	// line is where it begins in the script, from 1.
	line int
}

// split takes a script apart. What has no code, comments only, is left out. The errors
// are for who wrote the script, and name the line.
func split(code string, d dialect) ([]statement, error) {
	code = strings.TrimPrefix(code, "\ufeff") // a byte order mark
	s := splitter{lexer: newLexer(code, d), line: 1}
	if i := strings.IndexByte(code, 0); i >= 0 {
		return nil, s.errorAt(i, "there is a NUL character")
	}
	for {
		t, err := s.lexer.next()
		if err != nil {
			return nil, s.errorAt(t.from, "%s", err)
		}
		switch t.kind {
		case end:
			s.flush()
			return s.statements, nil
		case space, comment:
		case delimiter:
			if s.insideTrigger() {
				s.code(t)
			} else {
				s.flush()
			}
		default:
			if err := s.take(t); err != nil {
				return nil, err
			}
		}
	}
}

// splitter is a script that is being split.
type splitter struct {
	lexer      *lexer
	statements []statement
	// from and to are the bounds of the code of the current statement; to is 0 without one.
	from, to int
	// head has its first words, in capitals; before and last are its last two tokens.
	head         []string
	before, last string
	// line is that of the byte counted.
	line, counted int
}

// take adds code to the current statement, or obeys a command of the client.
func (s *splitter) take(t token) error {
	text := s.lexer.text[t.from:t.to]
	if s.to == 0 {
		// No statement begins like these.
		if t.kind == word && strings.EqualFold(text, "DELIMITER") {
			return s.setDelimiter(t)
		}
		if text == "." && !s.lexer.mysql {
			return s.errorAt(t.from, "commands of the sqlite3 program, which begin with a dot, are not SQL; leave them out")
		}
	}
	s.code(t)
	return nil
}

func (s *splitter) code(t token) {
	if s.to == 0 {
		s.from = t.from
	}
	s.to = t.to
	s.before, s.last = s.last, ""
	switch t.kind {
	case delimiter:
		s.last = ";"
	case word:
		s.last = strings.ToUpper(s.lexer.text[t.from:t.to])
		if len(s.head) < 6 {
			s.head = append(s.head, s.last)
		}
	}
}

// flush ends the current statement.
func (s *splitter) flush() {
	if s.to > 0 {
		s.statements = append(s.statements, statement{s.lexer.text[s.from:s.to], s.lineAt(s.from)})
	}
	s.from, s.to, s.head, s.before, s.last = 0, 0, nil, "", ""
}

// insideTrigger says whether the current statement is a trigger of SQLite whose body
// goes on after the delimiter: it ends at END that follows a semicolon. This is the
// rule of sqlite3_complete.
func (s *splitter) insideTrigger() bool {
	if s.lexer.mysql || s.lexer.delimiter != ";" || s.before == ";" && s.last == "END" {
		return false
	}
	head := s.head
	for _, optional := range []string{"EXPLAIN", "QUERY", "PLAN"} {
		if len(head) > 0 && head[0] == optional {
			head = head[1:]
		}
	}
	if len(head) < 2 || head[0] != "CREATE" {
		return false
	}
	if head[1] == "TEMP" || head[1] == "TEMPORARY" {
		head = head[1:]
	}
	return slices.Contains(head[1:min(2, len(head))], "TRIGGER")
}

// setDelimiter obeys DELIMITER, whose argument is the next word of its line.
func (s *splitter) setDelimiter(t token) error {
	rest := s.lexer.text[t.to:]
	line, _, _ := strings.Cut(rest, "\n")
	arguments := strings.Fields(line)
	if len(arguments) == 0 || len(arguments[0]) > maxDelimiter || strings.ContainsAny(arguments[0], "'\"`\\#?") || strings.Contains(arguments[0], "/*") {
		return s.errorAt(t.from, "DELIMITER takes the new delimiter, 1 to %d characters without quotes, backslashes, # and ?, for example DELIMITER //", maxDelimiter)
	}
	s.lexer.delimiter = arguments[0]
	s.lexer.at = t.to + len(line)
	return nil
}

// lineAt counts lines up to a place, which is not before the one of the last call.
func (s *splitter) lineAt(at int) int {
	s.line += strings.Count(s.lexer.text[s.counted:at], "\n")
	s.counted = at
	return s.line
}

func (s *splitter) errorAt(at int, format string, args ...any) error {
	return fmt.Errorf("line %d: %s", s.lineAt(at), fmt.Sprintf(format, args...))
}
