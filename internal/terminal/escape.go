package terminal

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Escape shows text that somebody else wrote as what it is: in one line, with everything
// that a terminal would obey or a reader would not see written out, as \x1b or \u202e.
// That is every control character, line breaks and tabs included, what is not UTF-8, and
// every invisible character, bidirectional controls above all. The variation selectors 15
// and 16, which only choose how the character before them looks, are left out.
func Escape(text string) string { return escape(text, escapeAll) }

// EscapeLine is Escape for a line of a log: tabs stay, and colours, which are SGR
// sequences, are left out.
func EscapeLine(text string) string { return escape(text, dropColours) }

// ColourLine is EscapeLine for a terminal: colours stay, and end with the line.
func ColourLine(text string) string { return escape(text, passColours) }

// treatment is what becomes of the tabs and colours of a text.
type treatment int

const (
	escapeAll treatment = iota
	dropColours
	passColours
)

const reset = "\x1b[0m"

func escape(text string, t treatment) string {
	if isPlain(text) {
		return text
	}
	var b strings.Builder
	coloured := false
	for len(text) > 0 {
		if sgr := colourSequence(text); sgr > 0 && t != escapeAll {
			if t == passColours {
				b.WriteString(text[:sgr])
				coloured = true
			}
			text = text[sgr:]
			continue
		}
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteString(hexByte(text[0]))
		case r == '\t' && t != escapeAll, visible(r):
			b.WriteString(text[:size])
		case r == '\uFE0E' || r == '\uFE0F':
		default:
			b.WriteString(written(r))
		}
		text = text[size:]
	}
	if coloured {
		b.WriteString(reset)
	}
	return b.String()
}

// isPlain spares the texts that need nothing, which most are, the work.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] >= 0x7f {
			return false
		}
	}
	return true
}

// visible says whether a reader sees r, and a terminal only draws it.
func visible(r rune) bool { return unicode.IsGraphic(r) && !unicode.Is(unseen, r) }

// unseen are the characters that count as letters or marks and yet show nothing: those of
// Unicode's Default_Ignorable_Code_Point that unicode.IsGraphic lets pass, and the blank
// Braille pattern.
var unseen = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x034f, Hi: 0x034f, Stride: 1},
		{Lo: 0x115f, Hi: 0x1160, Stride: 1},
		{Lo: 0x17b4, Hi: 0x17b5, Stride: 1},
		{Lo: 0x180b, Hi: 0x180f, Stride: 1},
		{Lo: 0x2800, Hi: 0x2800, Stride: 1},
		{Lo: 0x3164, Hi: 0x3164, Stride: 1},
		{Lo: 0xfe00, Hi: 0xfe0f, Stride: 1},
		{Lo: 0xffa0, Hi: 0xffa0, Stride: 1},
	},
	R32: []unicode.Range32{{Lo: 0xe0100, Hi: 0xe01ef, Stride: 1}},
}

// written is r as Go and many other languages write it.
func written(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < utf8.RuneSelf:
		return hexByte(byte(r))
	}
	return strings.Trim(strconv.QuoteRuneToASCII(r), "'")
}

func hexByte(b byte) string {
	const digits = "0123456789abcdef"
	return `\x` + digits[b>>4:b>>4+1] + digits[b&15:b&15+1]
}
