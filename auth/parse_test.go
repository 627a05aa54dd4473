package auth

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"stepcast/internal/httpx"
)

func TestBearer(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]struct {
		token string
		ok    bool
	}{
		"Bearer abc":     {"abc", true},
		"bearer  abc ":   {"abc", true},
		" BEARER abc":    {"abc", true},
		"Bearer":         {"", true},
		"Bearer a b":     {"a b", true},
		"Bearerabc":      {"", false},
		"Basic YTpi":     {"", false},
		"":               {"", false},
		"Token Bearer x": {"", false},
	} {
		if token, ok := httpx.BearerToken(header); token != want.token || ok != want.ok {
			t.Errorf("%q: got %q, %v; want %q, %v", header, token, ok, want.token, want.ok)
		}
	}
}

func FuzzBearer(f *testing.F) {
	f.Add("Bearer abc")
	f.Add("bearer\tabc")
	f.Fuzz(func(t *testing.T, header string) {
		token, ok := httpx.BearerToken(header)
		if !ok && token != "" {
			t.Fatalf("%q: a token %q of another scheme", header, token)
		}
		if !strings.Contains(header, token) || token != strings.TrimSpace(token) {
			t.Fatalf("%q: token %q", header, token)
		}
	})
}

func TestAccepted(t *testing.T) {
	t.Parallel()
	many := strings.Repeat("en, de, fr, es, it, nl, pt, pl, cs, sv, fi, da, ", 3)
	for _, test := range []struct{ name, header, want string }{
		{"none", "", ""},
		{"in order of weight", "de;q=0.5, zh-CN, en;q=0.8", "zh-CN en de"},
		{"zero is refused", "de;q=0, en", "en"},
		{"anything", "*", ""},
		{"anything after one", "fr-CH, *;q=0.1", "fr-CH"},
		{"twice", "en, en;q=0.3", "en"},
		{"other case", "ZH-hant-tw", "zh-Hant-TW"},
		{"not well formed", "en;;;q, %%", ""},
		{"too long", strings.Repeat("en,", acceptMax), ""},
		{"too many", many, "en de fr es it nl pt pl cs sv"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := strings.Join(accepted(test.header), " "); got != test.want {
				t.Errorf("%q: got %q, want %q", test.header, got, test.want)
			}
		})
	}
}

func FuzzAccepted(f *testing.F) {
	f.Add("de;q=0.5, zh-CN, *")
	f.Add("x-y-z, i-klingon, en-u-co-phonebk")
	f.Fuzz(func(t *testing.T, header string) {
		languages := accepted(header)
		if len(languages) > languagesMax || slices.Contains(languages, "") {
			t.Fatalf("%q: %q", header, languages)
		}
	})
}

func TestParseName(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"alice": "alice", "Alice": "alice", "a": "a", "7up": "7up", "hdfs_user": "hdfs_user",
		"a.b@example.com": "a.b@example.com", strings.Repeat("a", 64): strings.Repeat("a", 64),
		"": "", "_a": "", ".a": "", "-a": "", "a b": "", "a/b": "", "a\x00": "", "*": "", "é": "",
		"\u212aelvin": "", strings.Repeat("a", 65): "", "server": "", "Task": "",
	} {
		name, ok := ParseName(given)
		if ok != (want != "") || ok && name != want {
			t.Errorf("%q: got %q, %v; want %q", given, name, ok, want)
		}
	}
}

func FuzzParseName(f *testing.F) {
	f.Add("Alice")
	f.Add("a.b@c-d_e")
	rule := regexp.MustCompile(`^[a-z0-9][a-z0-9._@-]{0,63}$`)
	f.Fuzz(func(t *testing.T, given string) {
		name, ok := ParseName(given)
		if ok && (!rule.MatchString(name) || !strings.EqualFold(name, given)) {
			t.Fatalf("%q was read as %q", given, name)
		}
	})
}
