package cli

import (
	"strings"

	"stepcast/client"
	"stepcast/internal/terminal"
)

// glyphs are the signs and colours that a terminal can show.
type glyphs struct {
	// unicode allows signs beyond ASCII.
	unicode bool
	// colour allows the 16 base colours, which each terminal has for its own background.
	colour bool
}

// Colours, as SGR parameters.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
	bold   = "1"
)

func (e *env) glyphs() glyphs {
	return glyphs{unicode: terminal.UTF8(e.get), colour: e.isTerminal() && terminal.Colours(e.get)}
}

// isLive says whether the output is a terminal on which lines can be drawn anew.
func (e *env) isLive() bool { return e.isTerminal() && terminal.Moves(e.get) }

// size is how large the terminal is now.
func (e *env) size() (columns, rows int) { return terminal.Size(e.Stdout) }

// sign is how a status is shown.
type sign struct{ unicode, ascii, colour string }

var signs = map[client.Status]sign{
	client.StatusWaiting:    {"·", ".", ""},
	client.StatusRunning:    {"▶", ">", cyan},
	client.StatusPausing:    {"‖", "=", yellow},
	client.StatusPaused:     {"‖", "=", yellow},
	client.StatusCancelling: {"◼", "!", yellow},
	client.StatusCancelled:  {"◼", "!", yellow},
	client.StatusSucceeded:  {"✔", "+", green},
	client.StatusFailed:     {"✘", "x", red},
	client.StatusTimedOut:   {"✘", "x", red},
	client.StatusSkipped:    {"-", "-", ""},
}

func (g glyphs) sign(status client.Status) part {
	s, known := signs[status]
	switch {
	case !known:
		return part{"?", ""}
	case g.unicode:
		return part{s.unicode, s.colour}
	}
	return part{s.ascii, s.colour}
}

// pick is the first text where it can be shown, else the second.
func (g glyphs) pick(unicode, ascii string) string {
	if g.unicode {
		return unicode
	}
	return ascii
}

// bar is a progress of 0 to 100 over a number of columns.
func (g glyphs) bar(progress float64, columns int, colour string) []part {
	full := min(columns, max(0, int(progress/100*float64(columns))))
	return []part{
		{strings.Repeat(g.pick("━", "#"), full), colour},
		{strings.Repeat(g.pick("─", "-"), columns-full), ""},
	}
}

// part is a piece of a line in one colour, "" for none.
type part struct{ text, colour string }

// line joins parts to a line that is safe to write.
func (g glyphs) line(parts ...part) terminal.Line {
	var b strings.Builder
	width := 0
	for _, p := range parts {
		width += terminal.Width(p.text)
		if g.colour && p.colour != "" && p.text != "" {
			b.WriteString("\x1b[" + p.colour + "m" + p.text + "\x1b[0m")
			continue
		}
		b.WriteString(p.text)
	}
	return terminal.Line{Text: b.String(), Width: width}
}
