package cli

import (
	"fmt"
	"strings"
	"time"

	"stepcast/client"
	"stepcast/internal/terminal"
)

// measured is a line with a status, a text, and figures at its right end.
type measured struct {
	before   string // the branches of the tree
	text     string // escaped
	colour   string // of the text
	status   client.Status
	progress float64
	bar      bool
	took     time.Duration
	eta      time.Duration
}

// Widths from which a line has its parts.
const (
	columnsForBar  = 50
	columnsForLong = 80
)

// measured lays the line out over all columns but the last, in which terminals wrap.
func (v view) measured(m measured) terminal.Line {
	sign := v.sign(m.status)
	head := []part{{m.before, ""}, sign, {" ", ""}}
	tail := v.figures(m, sign.colour)
	room := v.columns - 1 - widthOf(head) - widthOf(tail)
	if room < 8 { // too narrow for figures
		tail, room = nil, v.columns-1-widthOf(head)
	}
	if room < 0 { // too narrow for anything
		return v.line(part{terminal.Truncate(sign.text, v.columns-1), sign.colour})
	}
	text := terminal.Truncate(m.text, room)
	if len(tail) > 0 {
		text = terminal.Pad(text, room)
	}
	return v.line(append(append(head, part{text, m.colour}), tail...)...)
}

// figures are the bar, the percentage, and the times. Their columns stand below each other
// in all lines of a tree.
func (v view) figures(m measured, colour string) []part {
	bar := 0
	switch {
	case v.columns >= columnsForLong:
		bar = 20
	case v.columns >= columnsForBar:
		bar = 10
	}
	parts := []part{{" ", ""}}
	switch {
	case m.bar && bar > 0:
		parts = append(parts, v.bar(m.progress, bar, colour)...)
	case bar > 0:
		parts = append(parts, part{strings.Repeat(" ", bar), ""})
	}
	done := ""
	if m.bar {
		done = percent(m.progress)
	}
	took := ""
	if m.took > 0 {
		took = span(m.took)
	}
	parts = append(parts, part{fmt.Sprintf("%5s%7s", done, took), ""})
	if v.columns < columnsForLong {
		return parts
	}
	eta := ""
	if m.eta > 0 {
		eta = "ETA " + span(m.eta.Truncate(time.Second))
	}
	return append(parts, part{fmt.Sprintf("%11s", eta), ""})
}

// cut is a line of parts of which the last is cut to fit.
func (v view) cut(parts ...part) terminal.Line {
	last := &parts[len(parts)-1]
	room := v.columns - 1 - widthOf(parts[:len(parts)-1])
	if room < 0 {
		return v.line(part{terminal.Truncate(last.text, v.columns-1), last.colour})
	}
	last.text = terminal.Truncate(last.text, room)
	return v.line(parts...)
}

func widthOf(parts []part) int {
	width := 0
	for _, p := range parts {
		width += terminal.Width(p.text)
	}
	return width
}
