package terminal_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"stepcast/internal/terminal"
	"stepcast/internal/terminal/terminaltest"
)

// lines makes lines of an area.
func lines(texts ...string) []terminal.Line {
	all := make([]terminal.Line, len(texts))
	for i, text := range texts {
		all[i] = terminal.Line{Text: text, Width: terminal.Width(text)}
	}
	return all
}

func TestAreaIsDrawnInPlace(t *testing.T) {
	t.Parallel()
	screen := terminaltest.NewScreen(20, 6)
	area := terminal.NewArea(screen, screen.Size)
	require.NoError(t, area.Draw(lines("one", "two")))
	require.Equal(t, "one\ntwo\n", screen.Text())

	area.Print("first")
	require.NoError(t, area.Draw(lines("one", "two", "three")))
	require.Equal(t, "first\none\ntwo\nthree\n", screen.Text())

	require.NoError(t, area.Draw(lines("1")))
	require.Equal(t, "first\n1\n", screen.Text())

	before := screen.Writes()
	require.NoError(t, area.Draw(lines("1")))
	require.Equal(t, before, screen.Writes(), "nothing has changed")
}

// TestAreaIsRight draws, prints and resizes at random: what is on the screen is always what
// was printed, and then what was drawn last.
func TestAreaIsRight(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const rows = 60 // more than the lines take when they wrap most
		screen := terminaltest.NewScreen(40, rows)
		area := terminal.NewArea(screen, screen.Size)
		printed, drawn := []string{}, []string{}
		text := rapid.StringMatching(`[a-z复制 ]{0,30}[a-z]`)
		t.Repeat(map[string]func(*rapid.T){
			"print": func(t *rapid.T) {
				line := fmt.Sprintf("%d %s", len(printed), text.Draw(t, "line"))
				printed = append(printed, line)
				area.Print(line)
				require.NoError(t, area.Draw(lines(drawn...)))
			},
			"draw": func(t *rapid.T) {
				columns, _ := screen.Size()
				drawn = nil
				for range rapid.IntRange(0, 5).Draw(t, "count") {
					drawn = append(drawn, terminal.Truncate(text.Draw(t, "text"), columns-1))
				}
				require.NoError(t, area.Draw(lines(drawn...)))
			},
			"resize": func(t *rapid.T) {
				screen.Resize(rapid.IntRange(6, 60).Draw(t, "columns"), rows)
			},
			"": func(t *rapid.T) {
				want := strings.Join(append(append([]string{}, printed...), drawn...), "\n")
				if want != "" {
					want += "\n"
				}
				require.Equal(t, want, screen.Text())
				require.Empty(t, screen.Foreign())
			},
		})
	})
}
