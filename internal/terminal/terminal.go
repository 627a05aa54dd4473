// Package terminal writes to a terminal what programs and people elsewhere wrote, without
// letting them govern it: it escapes, measures and cuts texts, and keeps a few lines at the
// bottom up to date while others scroll above them.
package terminal

import (
	"os"
	"strings"

	"golang.org/x/term"
)

// Is says whether w is a terminal.
func Is(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Size is how many columns and rows a terminal has; 80 and 24 when it does not say.
func Size(w any) (columns, rows int) {
	if f, ok := w.(*os.File); ok {
		if columns, rows, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 && rows > 0 {
			return columns, rows
		}
	}
	return 80, 24
}

// Lookup gives the value of an environment variable, "" when it is not set.
type Lookup func(name string) string

// Moves says whether the terminal of this environment lets lines be drawn anew.
func Moves(env Lookup) bool { return env("TERM") != "dumb" && (env("TERM") != "" || isWindows) }

// Colours says whether texts may have colours: as https://no-color.org asks.
func Colours(env Lookup) bool { return env("NO_COLOR") == "" && Moves(env) }

// UTF8 says whether the characters beyond ASCII can be shown.
func UTF8(env Lookup) bool {
	if isWindows {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := env(name); value != "" {
			value = strings.ToLower(value)
			return strings.Contains(value, "utf-8") || strings.Contains(value, "utf8")
		}
	}
	return false
}
