package tasks

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"stepcast/models"
	"stepcast/store"
)

// How far one page looks for a text. It begins with few lines, because a text that is in
// many is found soon, and reads twice as many each time.
const (
	scanFirst = 1000
	// scanBytes is how much is looked through, as it is stored; the last reading may go
	// beyond it by as much as one reading gives.
	scanBytes = 4 << 20
	// scanReadings bounds the readings where chunks are small.
	scanReadings = 8
)

// lineFilter says which lines a page takes, and how many.
type lineFilter struct {
	first    int
	minLevel models.LogLevel
	// needle is folded; "" is in every line.
	needle string
}

func (q LogQuery) filter() lineFilter {
	return lineFilter{first: q.First, minLevel: q.MinLevel, needle: folded(q.Contains)}
}

func (f *lineFilter) takes(level models.LogLevel, text string) bool {
	return level.AtLeast(f.minLevel) && (f.needle == "" || strings.Contains(folded(bare(text)), f.needle))
}

// unpack gives the lines of a chunk that the filter takes. To pick before unpacking is dearer
// where all are taken.
func (f *lineFilter) unpack(c *models.LogChunk) ([]models.LogLine, error) {
	if f.minLevel == "" && f.needle == "" {
		return store.Lines(*c)
	}
	return store.LinesWhere(*c, f.takes)
}

// colours are the sequences that only colour a line. The console leaves out the same when it
// looks through lines that arrive.
var colours = regexp.MustCompile(`\x1b\[[0-9;:]{0,200}m`)

// bare is a line without its colours.
func bare(text string) string {
	if !strings.Contains(text, "\x1b[") {
		return text
	}
	return colours.ReplaceAllLiteralString(text, "")
}

// folded is a text in which letters that differ by case only are the same letter, as Unicode's
// simple case folding says.
func folded(text string) string { return strings.Map(foldedRune, text) }

func foldedRune(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z':
		return r - 'a' + 'A'
	case r < utf8.RuneSelf:
		return r
	}
	least := r
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		least = min(least, other)
	}
	return least
}
