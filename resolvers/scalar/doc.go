// Package scalar reads and writes the leaves of the GraphQL API: its scalars and
// enums. Input is taken strictly, and what is refused is an INVALID Fault, so that
// the caller learns of it; gqlgen's own scalars coerce, and their errors say nothing
// of whose mistake it was.
//
// A value that cannot be written is written as null: gqlgen reports that as an
// internal error wherever the schema says non-null.
package scalar

import (
	"encoding/json"
	"strconv"

	"stepcast/models"
)

// refuse is the error for a value that the type does not take.
func refuse(name, format string, args ...any) error {
	return models.Invalid(nil, name+" "+format, args...)
}

// kind names the JSON type of an input value for an error text.
func kind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case string:
		return "a string"
	case json.Number, int, int32, int64, float64:
		return "a number"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return "a value of another type"
}

// whole reads a whole number from lowest to highest. Floating-point input counts
// when it has no fraction: some decoders know no other numbers.
func whole(name string, v any, lowest, highest int64) (int64, error) {
	n, ok := int64(0), true
	switch v := v.(type) {
	case int:
		n = int64(v)
	case int32:
		n = int64(v)
	case int64:
		n = v
	case json.Number:
		parsed, err := strconv.ParseInt(v.String(), 10, 64)
		n, ok = parsed, err == nil
	case float64:
		// The bounds are exact in a float64, and what is within them converts exactly.
		ok = v >= float64(lowest) && v <= float64(highest) && v == float64(int64(v))
		n = int64(v)
	default:
		return 0, refuse(name, "must be a whole number, not %s", kind(v))
	}
	if !ok || n < lowest || n > highest {
		return 0, refuse(name, "must be a whole number from %d to %d", lowest, highest)
	}
	return n, nil
}
