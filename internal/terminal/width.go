package terminal

import (
	"strings"

	"github.com/rivo/uniseg"
)

// ellipsis stands where a text was cut.
const ellipsis = "…"

// Width is how many columns a text takes that Escape has been through: two for a character
// of Chinese, Japanese or Korean.
func Width(text string) int { return uniseg.StringWidth(text) }

// Truncate cuts a text that Escape has been through to a number of columns, between
// characters, and says so with an ellipsis. Less than a column is nothing.
func Truncate(text string, columns int) string {
	if columns <= 0 {
		return ""
	}
	if Width(text) <= columns {
		return text
	}
	var b strings.Builder
	used, state := 0, -1
	for len(text) > 0 {
		cluster, rest, width, next := uniseg.FirstGraphemeClusterInString(text, state)
		if used+width > columns-1 {
			break
		}
		b.WriteString(cluster)
		used, text, state = used+width, rest, next
	}
	return b.String() + ellipsis
}

// Pad fills a text up with blanks to a number of columns.
func Pad(text string, columns int) string {
	return text + strings.Repeat(" ", max(0, columns-Width(text)))
}
