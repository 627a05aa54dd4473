package sql

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// dialect says how code is read.
type dialect struct {
	// mysql has # comments, comments that are code, and -- only before a space; without
	// it the rules are those of SQLite, which quotes with brackets too.
	mysql bool
	// backslash escapes the next character in a text.
	backslash bool
}

// kind says what a token is.
type kind int

const (
	// end comes after the last token.
	end kind = iota
	space
	comment
	// word is a keyword, a name or a number.
	word
	// quoted is a text or a quoted name. What doubles its quote are two tokens.
	quoted
	// variable is ${name}.
	variable
	// placeholder is a question mark.
	placeholder
	// delimiter ends a statement.
	delimiter
	// punctuation is any other character, also what opens and closes a comment that is code.
	punctuation
)

// token is a part of the code: text[from:to].
type token struct {
	kind     kind
	from, to int
}

// lexer takes code apart without gaps. It knows as much as it takes to find the end of
// a statement, and what is code in it.
type lexer struct {
	text string
	dialect
	delimiter string
	at        int
	// conditional is inside of a comment that is code: /*!50003 … */.
	conditional bool
}

func newLexer(text string, d dialect) *lexer { return &lexer{text: text, dialect: d, delimiter: ";"} }

// next gives the next token. Its error tells what is never closed; then token is where it begins.
func (l *lexer) next() (token, error) {
	from := l.at
	k, length, err := l.scan(l.text[from:])
	l.at += length
	return token{k, from, l.at}, err
}

func (l *lexer) scan(rest string) (kind, int, error) {
	if rest == "" {
		if l.conditional {
			return end, 0, unclosed("a comment", "/*!")
		}
		return end, 0, nil
	}
	if !l.conditional && l.delimits(rest) {
		return delimiter, len(l.delimiter), nil
	}
	if length := l.comment(rest); length != 0 {
		if length < 0 {
			return comment, len(rest), unclosed("a comment", "/*")
		}
		return comment, length, nil
	}
	switch c := rest[0]; {
	case isSpace(c):
		return space, prefix(rest, isSpace), nil
	case c == '\'' || c == '"' || c == '`' || c == '[' && !l.mysql:
		return l.quoted(rest)
	case c == '?':
		return placeholder, 1, nil
	case strings.HasPrefix(rest, "${"):
		if _, length := variableName(rest); length > 0 {
			return variable, length, nil
		}
		return punctuation, 1, nil
	case isWord(c):
		return word, l.word(rest), nil
	}
	return punctuation, l.punctuation(rest), nil
}

// delimits says whether the delimiter is next. One of letters stands for itself only,
// not in front of a longer word.
func (l *lexer) delimits(rest string) bool {
	if !strings.HasPrefix(rest, l.delimiter) {
		return false
	}
	last, after := l.delimiter[len(l.delimiter)-1], rest[len(l.delimiter):]
	return !isLetter(last) || after == "" || !isLetter(after[0])
}

// comment gives the length of the comment that is next, 0 when none is, and -1 when it
// is never closed. The line break that ends one is not part of it.
func (l *lexer) comment(rest string) int {
	if l.mysql && rest[0] == '#' || strings.HasPrefix(rest, "--") && (!l.mysql || len(rest) == 2 || rest[2] <= ' ') {
		if length := strings.IndexByte(rest, '\n'); length >= 0 {
			return length
		}
		return len(rest)
	}
	if !strings.HasPrefix(rest, "/*") || l.opensCode(rest) > 0 {
		return 0
	}
	length := strings.Index(rest[2:], "*/")
	if length < 0 {
		return -1
	}
	return length + 4
}

// opensCode gives the length of what opens a comment that MySQL or MariaDB executes.
func (l *lexer) opensCode(rest string) int {
	if l.mysql && !l.conditional {
		for _, open := range []string{"/*!", "/*M!"} {
			if strings.HasPrefix(rest, open) {
				return len(open)
			}
		}
	}
	return 0
}

func (l *lexer) quoted(rest string) (kind, int, error) {
	closing := rest[0]
	if closing == '[' {
		closing = ']'
	}
	escapes := l.backslash && (closing == '\'' || closing == '"')
	for i := 1; i < len(rest); i++ {
		switch {
		case escapes && rest[i] == '\\':
			i++
		case rest[i] == closing:
			return quoted, i + 1, nil
		}
	}
	return quoted, len(rest), unclosed("a quote", rest[:1])
}

// word gives the length of the word that is next. A delimiter that is not made of
// letters, such as $$, ends it.
func (l *lexer) word(rest string) int {
	inside := !isLetter(l.delimiter[0])
	for i := 1; i < len(rest); i++ {
		if !isWord(rest[i]) || rest[i] == '$' && strings.HasPrefix(rest[i:], "${") || inside && strings.HasPrefix(rest[i:], l.delimiter) {
			return i
		}
	}
	return len(rest)
}

func (l *lexer) punctuation(rest string) int {
	if length := l.opensCode(rest); length > 0 {
		l.conditional = true
		return length
	}
	if l.conditional && strings.HasPrefix(rest, "*/") {
		l.conditional = false
		return 2
	}
	_, length := utf8.DecodeRuneInString(rest)
	return length
}

// variableName reads ${name} and gives the name and its length with what is around it;
// 0 when there is none.
func variableName(rest string) (name string, length int) {
	const open, longest = "${", 128
	closing := strings.IndexByte(rest[:min(len(rest), longest+len(open)+1)], '}')
	if closing <= len(open) || strings.ContainsAny(rest[len(open):closing], " \t\r\n'\"`;${") {
		return "", 0
	}
	return rest[len(open):closing], closing + 1
}

func unclosed(what, open string) error {
	return fmt.Errorf("%s that %s opens is never closed", what, open)
}

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

func isLetter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}

func isWord(c byte) bool { return isLetter(c) || c == '$' || c >= utf8.RuneSelf }

// prefix counts the bytes at the beginning that are of a kind.
func prefix(text string, is func(byte) bool) int {
	for i := range len(text) {
		if !is(text[i]) {
			return i
		}
	}
	return len(text)
}
