package terminal

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// EscapeJSON writes what Escape writes out as JSON's \u escapes. The text is JSON without
// line breaks of its own, as encoding/json gives it; what it means stays the same.
func EscapeJSON(text string) string {
	if isPlain(text) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf && r != 0x7f, visible(r):
			b.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
