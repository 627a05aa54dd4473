package terminal

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestEscape(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, all, line, colour string }{
		{"nothing", "", "", "", ""},
		{"ASCII", "Copy 3 of 10", "Copy 3 of 10", "Copy 3 of 10", "Copy 3 of 10"},
		{"other scripts", "复制 öß мир", "复制 öß мир", "复制 öß мир", "复制 öß мир"},
		{"wide blank", "a\u3000b", "a\u3000b", "a\u3000b", "a\u3000b"},
		{"emoji", "🚀 ok", "🚀 ok", "🚀 ok", "🚀 ok"},
		{"presentation", "⚠\uFE0F!", "⚠!", "⚠!", "⚠!"},
		{"line breaks", "a\nb\rc", `a\nb\rc`, `a\nb\rc`, `a\nb\rc`},
		{"tab", "a\tb", `a\tb`, "a\tb", "a\tb"},
		{"C0", "\x00\a\b\x1f", `\x00\x07\x08\x1f`, `\x00\x07\x08\x1f`, `\x00\x07\x08\x1f`},
		{"DEL", "a\x7f", `a\x7f`, `a\x7f`, `a\x7f`},
		{"C1", "\u0085\u009b31m", `\u0085\u009b31m`, `\u0085\u009b31m`, `\u0085\u009b31m`},
		{"not UTF-8", "a\xff\x9bb", `a\xff\x9bb`, `a\xff\x9bb`, `a\xff\x9bb`},
		{"colour", "\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`, "red", "\x1b[31mred\x1b[0m\x1b[0m"},
		{"colour left on", "\x1b[1;38;5;9mred", `\x1b[1;38;5;9mred`, "red", "\x1b[1;38;5;9mred\x1b[0m"},
		{"true colour", "\x1b[38;2;1;2;3mx", `\x1b[38;2;1;2;3mx`, "x", "\x1b[38;2;1;2;3mx\x1b[0m"},
		{"reset", "\x1b[mx", `\x1b[mx`, "x", "\x1b[mx\x1b[0m"},
		{"concealed", "\x1b[8mx", `\x1b[8mx`, `\x1b[8mx`, `\x1b[8mx`},
		{"concealed behind a colour", "\x1b[38;5;8;8mx", `\x1b[38;5;8;8mx`, `\x1b[38;5;8;8mx`, `\x1b[38;5;8;8mx`},
		{"half a colour", "\x1b[38;5mx", `\x1b[38;5mx`, `\x1b[38;5mx`, `\x1b[38;5mx`},
		{"cursor", "\x1b[2J\x1b[H", `\x1b[2J\x1b[H`, `\x1b[2J\x1b[H`, `\x1b[2J\x1b[H`},
		{"title", "\x1b]0;x\a", `\x1b]0;x\x07`, `\x1b]0;x\x07`, `\x1b]0;x\x07`},
		{"cut sequence", "\x1b[3", `\x1b[3`, `\x1b[3`, `\x1b[3`},
		{"bidi embedding", "a\u202eb\u2066", `a\u202eb\u2066`, `a\u202eb\u2066`, `a\u202eb\u2066`},
		{"bidi marks", "\u200e\u200f\u061c", `\u200e\u200f\u061c`, `\u200e\u200f\u061c`, `\u200e\u200f\u061c`},
		{"joiners", "a\u200bb\u200d\ufeff", `a\u200bb\u200d\ufeff`, `a\u200bb\u200d\ufeff`, `a\u200bb\u200d\ufeff`},
		{"separators", "\u2028\u2029", `\u2028\u2029`, `\u2028\u2029`, `\u2028\u2029`},
		{"fillers", "\u3164\u115f\u2800", `\u3164\u115f\u2800`, `\u3164\u115f\u2800`, `\u3164\u115f\u2800`},
		{"tags", "\U000e0041", `\U000e0041`, `\U000e0041`, `\U000e0041`},
		{"private use", "\ue000", `\ue000`, `\ue000`, `\ue000`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.all, Escape(c.text))
			require.Equal(t, c.line, EscapeLine(c.text))
			require.Equal(t, c.colour, ColourLine(c.text))
		})
	}
}

func FuzzEscape(f *testing.F) {
	for _, seed := range []string{"", "plain", "\x1b[31mred", "\x1b[8;31m", "\u202e\x9b\xff", "复\t制\r\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		requireSafe(t, Escape(text), "")
		requireSafe(t, EscapeLine(text), "\t")
		coloured := ColourLine(text)
		without := coloured
		for i := strings.Index(without, "\x1b"); i >= 0; i = strings.Index(without, "\x1b") {
			n := colourSequence(without[i:])
			if n == 0 {
				t.Fatalf("%q passed something else than a colour: %q", text, coloured)
			}
			without = without[:i] + without[i+n:]
		}
		requireSafe(t, without, "\t")
		if strings.Contains(coloured, "\x1b") && !strings.HasSuffix(coloured, reset) {
			t.Fatalf("%q leaves a colour on: %q", text, coloured)
		}
	})
}

func requireSafe(t *testing.T, text, besides string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Fatalf("%q is not UTF-8", text)
	}
	for _, r := range text {
		if !strings.ContainsRune(besides, r) && (!unicode.IsGraphic(r) || unicode.In(r, unicode.Cf, unicode.Cc)) {
			t.Fatalf("%q has %U", text, r)
		}
	}
}

func TestTruncate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text    string
		columns int
		want    string
	}{
		{"hello", 5, "hello"},
		{"hello", 4, "hel…"},
		{"hello", 1, "…"},
		{"hello", 0, ""},
		{"hello", -3, ""},
		{"复制文件", 8, "复制文件"},
		{"复制文件", 7, "复制文…"},
		{"复制文件", 6, "复制…"},
		{"e\u0301e\u0301e\u0301", 2, "e\u0301…"},
	} {
		got := Truncate(c.text, c.columns)
		require.Equal(t, c.want, got)
		require.LessOrEqual(t, Width(got), max(0, c.columns))
	}
	require.Equal(t, "复  ", Pad("复", 4))
	require.Equal(t, "long", Pad("long", 2))
}

func FuzzEscapeJSON(f *testing.F) {
	for _, seed := range []string{"", "plain", "\x1b[31m\x7f\u009b", "\u202e\U000e0041\u2028", "复制"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "")
		encoded, err := json.Marshal(text)
		require.NoError(t, err)
		escaped := EscapeJSON(string(encoded))
		requireSafe(t, escaped, "")
		var back string
		require.NoError(t, json.Unmarshal([]byte(escaped), &back))
		require.Equal(t, text, back)
	})
}
