package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// chosen is a flag that takes one of a few words.
type chosen[T ~string] struct {
	value   T
	allowed []T
}

// String, Set and Type make it a flag.
func (c *chosen[T]) String() string { return strings.ToLower(string(c.value)) }

// Set takes one of the words, in any case.
func (c *chosen[T]) Set(word string) (err error) {
	c.value, err = oneOf(word, c.allowed)
	return err
}

// Type is what --help calls the value.
func (c *chosen[T]) Type() string { return strings.Join(lowerCase(c.allowed), "|") }

// several is a flag that takes any of a few words, separated by commas or given again.
type several[T ~string] struct {
	values  []T
	allowed []T
}

// String, Set and Type make it a flag.
func (s *several[T]) String() string { return strings.Join(lowerCase(s.values), ",") }

// Set adds words, in any case. There must be one: no scope at all would mean all of them.
func (s *several[T]) Set(words string) error {
	for word := range strings.SplitSeq(words, ",") {
		value, err := oneOf(word, s.allowed)
		if err != nil {
			return err
		}
		if !slices.Contains(s.values, value) {
			s.values = append(s.values, value)
		}
	}
	return nil
}

// Type is what --help calls the value.
func (s *several[T]) Type() string { return strings.Join(lowerCase(s.allowed), ",") }

func oneOf[T ~string](word string, allowed []T) (T, error) {
	value := T(strings.ToUpper(strings.TrimSpace(word)))
	if !slices.Contains(allowed, value) {
		return "", fmt.Errorf("there is no %q; write %s", word, orList(lowerCase(allowed)))
	}
	return value, nil
}

func lowerCase[T ~string](values []T) []string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = strings.ToLower(string(value))
	}
	return texts
}

// orList writes "a, b or c".
func orList(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// named is a flag that takes a name. An empty one is refused: it is an environment variable
// that is not set, and must not mean whoever asks.
type named string

// String, Set and Type make it a flag.
func (n *named) String() string { return string(*n) }

// Set takes any name.
func (n *named) Set(name string) error {
	if name == "" {
		return errors.New("it is empty; give a name, or leave the flag out")
	}
	*n = named(name)
	return nil
}

// Type is what --help calls the value.
func (n *named) Type() string { return "name" }
