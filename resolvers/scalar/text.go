package scalar

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
)

// MarshalString writes a text. Bytes that are no UTF-8 become U+FFFD: a websocket
// would end on them.
func MarshalString(s string) graphql.Marshaler {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return graphql.MarshalString(s)
}

// UnmarshalString reads a text.
func UnmarshalString(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", refuse("String", "must be a string, not %s", kind(v))
	}
	return s, nil
}

// MarshalID writes an id.
func MarshalID(s string) graphql.Marshaler { return MarshalString(s) }

// UnmarshalID reads an id: a string, or a whole number as a client may write a task id.
func UnmarshalID(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case int:
		return strconv.Itoa(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case json.Number:
		if _, err := v.Int64(); err == nil {
			return v.String(), nil
		}
	}
	return "", refuse("ID", "must be a string or a whole number")
}

// MarshalBoolean writes true or false.
func MarshalBoolean(b bool) graphql.Marshaler { return graphql.MarshalBoolean(b) }

// UnmarshalBoolean reads true or false.
func UnmarshalBoolean(v any) (bool, error) {
	b, ok := v.(bool)
	if !ok {
		return false, refuse("Boolean", "must be true or false, not %s", kind(v))
	}
	return b, nil
}
