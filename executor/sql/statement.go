package sql

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// summaryRunes is how much of a statement its content's message shows.
const summaryRunes = 120

// class says what a statement does, as far as it matters here.
type class struct {
	// verb is its first keyword, in capitals; of WITH … it is that of the main statement.
	verb string
	// returning: it changes rows and gives them too.
	returning bool
	// cutOff: it has more BEGIN than END, as the beginning of a procedure that was split has.
	cutOff bool
}

// reads says whether it only gives rows, so that nothing is lost when it is ended early.
func (c class) reads() bool {
	return slices.Contains([]string{"SELECT", "VALUES", "TABLE", "SHOW", "DESCRIBE", "DESC", "EXPLAIN"}, c.verb)
}

// changes says whether it gives no rows, but a number of rows that it changed.
func (c class) changes() bool {
	return !c.returning && slices.Contains([]string{"INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD"}, c.verb)
}

// ready is a statement that may be run.
type ready struct {
	statement
	class
	// query is the text with a placeholder for each of args.
	query string
	args  []string
	// quoted names the variables that are left as they are because they stand in quotes.
	quoted []string
	// summary is the beginning of its text, in one line.
	summary string
}

// prepare reads a statement once more, and puts placeholders for the defined
// variables. The error is for who wrote it.
func prepare(s statement, d dialect, variables map[string]string) (ready, error) {
	p := preparer{ready: ready{statement: s}, variables: variables}
	l := newLexer(s.text, d)
	// A semicolon in it is code: of a trigger, or because there was another delimiter.
	for {
		t, err := l.next()
		if err != nil {
			return ready{}, fmt.Errorf("line %d: %w", s.line, err)
		}
		if t.kind == end {
			break
		}
		p.take(t, s.text[t.from:t.to], l.conditional)
	}
	if p.placeholders {
		return ready{}, fmt.Errorf("line %d: nothing fills the placeholder ?; write ${name}, and give the task a variable of that name", s.line)
	}
	p.cutOff = p.verb == "CREATE" && p.begins > 0
	p.query = p.rewritten.String()
	p.summary = p.summarised.String()
	return p.ready, nil
}

type preparer struct {
	ready
	variables  map[string]string
	rewritten  strings.Builder
	summarised strings.Builder
	// runes counts those of the summary; gap is whether white space came last.
	runes        int
	gap          bool
	placeholders bool
	// depth counts open parentheses, begins what BEGIN or CASE opened and END did not
	// close; with is after WITH, before the main statement.
	depth, begins int
	with          bool
}

func (p *preparer) take(t token, text string, conditional bool) {
	code := text
	switch t.kind {
	case variable:
		name, _ := variableName(text)
		if value, defined := p.variables[name]; defined && !conditional {
			p.args = append(p.args, value)
			code = "?"
		}
	case quoted:
		p.noteQuoted(text)
	case placeholder:
		p.placeholders = true
	case word:
		p.classify(strings.ToUpper(text))
	case punctuation:
		p.nest(text)
	}
	p.rewritten.WriteString(code)
	p.summarise(t.kind, text)
}

// noteQuoted notes the defined variables in a text.
func (p *preparer) noteQuoted(text string) {
	for {
		at := strings.Index(text, "${")
		if at < 0 {
			return
		}
		text = text[at:]
		name, length := variableName(text)
		if _, defined := p.variables[name]; defined && !slices.Contains(p.quoted, name) {
			p.quoted = append(p.quoted, name)
		}
		text = text[max(length, len("${")):]
	}
}

func (p *preparer) nest(text string) {
	switch text {
	case "(":
		p.depth++
	case ")":
		p.depth--
	}
}

func (p *preparer) classify(keyword string) {
	switch keyword {
	case "BEGIN", "CASE":
		p.begins++
	case "END":
		p.begins--
	}
	switch {
	case p.verb == "" && '0' <= keyword[0] && keyword[0] <= '9': // the version in /*!50003 CREATE … */
	case p.verb == "" && keyword == "WITH":
		p.verb, p.with = "SELECT", true
	case p.verb == "":
		p.verb = keyword
	case p.depth > 0:
	case p.with && slices.Contains([]string{"SELECT", "VALUES", "TABLE", "INSERT", "UPDATE", "DELETE", "REPLACE"}, keyword):
		p.verb, p.with = keyword, false
	case keyword == "RETURNING":
		p.returning = true
	}
}

// summarise adds to the summary what still fits, white space and comments as one space.
func (p *preparer) summarise(k kind, text string) {
	if k == comment {
		text = " "
	}
	for _, r := range text {
		if p.runes > summaryRunes {
			return
		}
		if unicode.IsSpace(r) {
			p.gap = p.runes > 0
			continue
		}
		if p.gap {
			p.write(' ')
		}
		p.gap = false
		p.write(r)
	}
}

func (p *preparer) write(r rune) {
	switch p.runes++; {
	case p.runes <= summaryRunes:
		p.summarised.WriteRune(r)
	case p.runes == summaryRunes+1:
		p.summarised.WriteRune('…')
	}
}
