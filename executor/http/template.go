package http

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"stepcast/internal/httpx"
)

var placeholder = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

func hasPlaceholder(text string) bool { return placeholder.MatchString(text) }

// sample writes an address as it may be once its variables are filled in. Of a host with
// variables nothing more is known than that it has no user name.
func sample(template string) string {
	if scheme, rest, ok := strings.Cut(template, "://"); ok {
		authority := rest
		if end := strings.IndexAny(rest, "/?#"); end >= 0 {
			authority = rest[:end]
		}
		if hasPlaceholder(authority) && !strings.Contains(authority, "@") {
			template = scheme + "://sample" + rest[len(authority):]
		}
	}
	return placeholder.ReplaceAllString(template, "1")
}

// filler fills variables into the texts of one request and remembers which.
type filler struct {
	values map[string]string
	// used and unknown are the names that were met.
	used, unknown map[string]bool
}

func newFiller(values map[string]string) *filler {
	return &filler{values: values, used: map[string]bool{}, unknown: map[string]bool{}}
}

// fill replaces each ${name} by its value as encode writes it, in one pass. More than
// limit bytes are an error.
func (f *filler) fill(text string, encode func(string) string, limit int) (string, error) {
	var out strings.Builder
	add := func(piece string) error {
		if out.Len()+len(piece) > limit {
			return fmt.Errorf("with its variables filled in it is longer than %d bytes", limit)
		}
		out.WriteString(piece)
		return nil
	}
	end := 0
	for _, at := range placeholder.FindAllStringSubmatchIndex(text, -1) {
		if err := add(text[end:at[0]]); err != nil {
			return "", err
		}
		end = at[1]
		piece, name := text[at[0]:at[1]], text[at[2]:at[3]]
		if value, known := f.values[name]; known {
			f.used[name] = true
			piece = encode(value)
		} else {
			f.unknown[name] = true
		}
		if err := add(piece); err != nil {
			return "", err
		}
	}
	if err := add(text[end:]); err != nil {
		return "", err
	}
	return out.String(), nil
}

// legible gives a replacer for texts that are shown: what stands there for a value, in
// an encoded form, becomes the value itself, which the sink masks when it is a secret.
func (f *filler) legible() *strings.Replacer {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(f.used)) {
		value := f.values[name]
		for _, encode := range []func(string) string{percentEncode, jsonEscape} {
			if encoded := encode(value); encoded != value {
				pairs = append(pairs, encoded, value)
			}
		}
	}
	return strings.NewReplacer(pairs...)
}

func plain(value string) string { return value }

// jsonEscape writes a value as inside of a JSON string, without the quotes.
func jsonEscape(value string) string {
	text, _ := httpx.JSON(value) // a string can always be encoded
	return string(text[1 : len(text)-1])
}
