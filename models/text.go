package models

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
)

// Text is a LocaleMessage: a key of the catalog with arguments, or one text per
// language, or plain. It is stored as it came and rendered for each viewer.
type Text struct {
	// Key names a message of the catalog; the arguments fill its {0}, {1}, … .
	Key  string   `json:"k,omitempty"`
	Args []string `json:"a,omitempty"`
	// Plain is the text without a language, and the fallback for the others.
	Plain string `json:"p,omitempty"`
	// Texts has a text per BCP 47 language tag, lower case: "en", "zh", "zh-tw".
	Texts map[string]string `json:"t,omitempty"`
}

// Plain makes a Text that is the same in every language.
func Plain(s string) Text { return Text{Plain: s} }

// Message makes a Text from a key of the catalog.
func Message(key string, args ...string) Text { return Text{Key: key, Args: args} }

// In renders t for a viewer who reads the given languages, best first. It never
// fails: what has no text in any of them falls back to the plain text, then to
// English, then to any language there is (the first by name).
func (t Text) In(languages ...string) string {
	if t.Key != "" {
		return renderKey(t.Key, t.Args, languages)
	}
	if len(t.Texts) == 0 {
		return t.Plain
	}
	for _, want := range languages {
		if s, ok := lookup(t.Texts, want); ok {
			return s
		}
	}
	if t.Plain != "" {
		return t.Plain
	}
	if s, ok := lookup(t.Texts, "en"); ok {
		return s
	}
	first := ""
	for tag := range t.Texts {
		if first == "" || tag < first {
			first = tag
		}
	}
	return t.Texts[first]
}

// Tag is the language that In answers a reader of one language in: that language, or a
// shorter form of its tag. It is "" when there is no such text, and In gives another.
func (t Text) Tag(language string) string {
	if t.Key != "" {
		return find(catalog[t.Key], language)
	}
	return find(t.Texts, language)
}

// lookup finds the text for a tag or for a shorter form of it.
func lookup(texts map[string]string, tag string) (string, bool) {
	found := find(texts, tag)
	return texts[strings.ToLower(found)], found != ""
}

// find gives the tag, or the shorter form of it, that has a text: zh-hans-cn, zh-hans, zh.
func find(texts map[string]string, tag string) string {
	for ; tag != ""; tag = tag[:max(strings.LastIndexByte(tag, '-'), 0)] {
		if _, ok := texts[strings.ToLower(tag)]; ok {
			return tag
		}
	}
	return ""
}

// SearchText is what Filter.Text is looked for in: t in all its languages, lower case. It is
// folded here because databases disagree on what the lower case of a letter beyond ASCII is.
func (t Text) SearchText() string {
	texts := []string{t.Plain}
	if t.Key != "" {
		texts = append(texts, t.In("en"), t.In("zh"))
	}
	for _, text := range t.Texts {
		texts = append(texts, text)
	}
	return strings.ToLower(strings.Join(texts, "\n"))
}

// Size is how many bytes its words take, in all languages together.
func (t Text) Size() int {
	size := len(t.Plain)
	for _, arg := range t.Args {
		size += len(arg)
	}
	for _, text := range t.Texts {
		size += len(text)
	}
	return size
}

// Value stores t as JSON text.
func (t Text) Value() (driver.Value, error) { return jsonValue(t) }

// Scan reads what Value stored.
func (t *Text) Scan(src any) error { return jsonScan(src, t) }

func jsonValue(v any) (driver.Value, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return string(b), nil
}

func jsonScan(src, into any) error {
	switch v := src.(type) {
	case nil:
		return nil
	case string:
		return json.Unmarshal([]byte(v), into)
	case []byte:
		return json.Unmarshal(v, into)
	}
	return fmt.Errorf("read JSON column: %T is neither text nor bytes", src)
}
