package scalar

import (
	"regexp"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// dateTimeFormat is RFC 3339 with milliseconds, for times in UTC.
const dateTimeFormat = "2006-01-02T15:04:05.000Z"

// dateTime is the form of RFC 3339; time.Parse takes more than that.
var dateTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// MarshalDateTime writes an instant in UTC with milliseconds.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	t = t.UTC()
	if t.Year() < 0 || t.Year() > 9999 {
		return graphql.Null
	}
	return graphql.MarshalString(t.Format(dateTimeFormat))
}

// UnmarshalDateTime reads an instant, RFC 3339 with any offset and any number of decimals.
func UnmarshalDateTime(v any) (time.Time, error) {
	text, ok := v.(string)
	if !ok {
		return time.Time{}, refuse("DateTime", "must be a string, not %s", kind(v))
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || !dateTime.MatchString(text) {
		return time.Time{}, refuse("DateTime", `must be RFC 3339 with an offset, like "2026-01-02T03:04:05.678Z", not %s`, quote(text))
	}
	t = t.UTC()
	if t.Year() < 0 || t.Year() > 9999 {
		return time.Time{}, refuse("DateTime", "must be within the years 0 to 9999 in UTC")
	}
	return t, nil
}

// quote shows the beginning of what was given, on one line.
func quote(s string) string {
	const most = 40
	if len(s) > most {
		return strconv.Quote(s[:most]) + "…"
	}
	return strconv.Quote(s)
}
