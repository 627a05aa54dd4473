package tasks

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// CleanLine makes a text fit to be one line of a log: valid UTF-8 without NUL or
// line breaks, and at most MaxLine bytes; what is cut is said.
func CleanLine(text string) string {
	text = strings.TrimSuffix(text, "\r")
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	if strings.ContainsAny(text, "\x00\n\r") {
		text = strings.NewReplacer("\x00", "\uFFFD", "\n", " ", "\r", " ").Replace(text)
	}
	if len(text) <= MaxLine {
		return text
	}
	end := MaxLine
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return fmt.Sprintf("%s … [cut: %d bytes]", text[:end], len(text)-end)
}
