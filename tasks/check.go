package tasks

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"stepcast/executor"
	"stepcast/models"
)

func checkText(at path, t models.Text, required bool) error {
	if required && t.Key == "" && strings.TrimSpace(t.Plain) == "" {
		return at.invalid("%s is missing", at[len(at)-1])
	}
	if len(t.Texts) > MaxTexts {
		return at.invalid("a text has at most %d languages, not %d", MaxTexts, len(t.Texts))
	}
	texts := []string{t.Plain}
	for tag, text := range t.Texts {
		if tag == "" || len(tag) > 35 || tag != strings.ToLower(tag) {
			return at.invalid("%q is no language tag; write for example \"en\" or \"zh\"", tag)
		}
		texts = append(texts, text)
	}
	for _, text := range texts {
		if !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 {
			return at.invalid("a text is UTF-8 without NUL bytes")
		}
		if n := utf8.RuneCountInString(text); n > MaxText {
			return at.invalid("a text is at most %d characters, not %d", MaxText, n)
		}
	}
	return nil
}

func checkKey(at path, key string, limit int) error {
	control := func(r rune) bool { return r < ' ' }
	// Databases differ about spaces at the end, so there are none.
	if len(key) > limit || !utf8.ValidString(key) || strings.ContainsFunc(key, control) || strings.TrimSpace(key) != key {
		return at.invalid("%s is at most %d bytes of printable text, without spaces at its ends", at[len(at)-1], limit)
	}
	return nil
}

func checkUnique(at path, key string, keys map[string]bool) error {
	if key == "" {
		return nil
	}
	if keys[key] {
		return at.invalid("the key %q is used twice in this task", key)
	}
	keys[key] = true
	return checkKey(at, key, MaxKey)
}

func checkLabels(at path, labels []models.Label) error {
	if len(labels) > MaxLabels {
		return at.invalid("a task has at most %d labels, not %d", MaxLabels, len(labels))
	}
	seen := map[string]bool{}
	for i, l := range labels {
		if l.Key == "" {
			return at.at(i, "key").invalid("the key of a label is missing")
		}
		if err := checkUnique(at.at(i, "key"), l.Key, seen); err != nil {
			return err
		}
		if err := checkKey(at.at(i, "value"), l.Value, MaxLabelValue); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) checkSecrets(at path, names []string) error {
	if len(names) > MaxSecrets {
		return at.invalid("a task uses at most %d secrets, not %d", MaxSecrets, len(names))
	}
	for i, name := range names {
		if _, ok := s.Secrets[name]; !ok {
			return at.at(i).invalid("there is no secret %s; secrets are named in the server's configuration", strconv.Quote(name))
		}
	}
	return nil
}

// variables reads a JSON object of variables as texts: strings as they are, numbers
// and booleans as JSON writes them. Names of GraphQL submissions become environment
// variables, so those that would change how programs start are refused.
func variables(at path, v models.JSON, linkis bool) (map[string]string, error) {
	if len(v) == 0 || string(bytes.TrimSpace(v)) == "null" {
		return nil, nil
	}
	if len(v) > MaxVariables {
		return nil, at.invalid("variables are at most %d bytes of JSON, not %d", MaxVariables, len(v))
	}
	decoder := json.NewDecoder(bytes.NewReader(v))
	decoder.UseNumber()
	var values map[string]any
	if err := decoder.Decode(&values); err != nil {
		return nil, at.invalid("variables are a JSON object of names and values")
	}
	texts := make(map[string]string, len(values))
	for name, value := range values {
		if !linkis && executor.RefusedEnv(name) {
			return nil, at.at(name).invalid("%q is no name for a variable: letters, digits and _, not beginning with a digit, and none that changes how programs start, such as PATH", name)
		}
		text, ok := VariableText(value)
		if !ok || strings.IndexByte(text, 0) >= 0 {
			return nil, at.at(name).invalid("the value of %q is a text without NUL, a number or a boolean", name)
		}
		texts[name] = text
	}
	return texts, nil
}

// VariableText is a text, a number or a boolean of JSON as the text that a variable has.
func VariableText(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}
