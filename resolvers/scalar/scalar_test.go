package scalar

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"stepcast/models"
)

func written(m graphql.Marshaler) string {
	var text strings.Builder
	m.MarshalGQL(&text)
	return text.String()
}

// refused wants an INVALID Fault, which is how the caller learns of it.
func refused(t *testing.T, what string, read func() error) {
	t.Helper()
	if err := read(); models.CodeOf(err) != models.CodeInvalid {
		t.Errorf("%s: got %v, want INVALID", what, err)
	}
}

func TestWritten(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		m    graphql.Marshaler
		want string
	}{
		{MarshalInt(-7), "-7"},
		{MarshalInt(math.MaxInt32 + 1), "null"},
		{MarshalInt(math.MinInt32 - 1), "null"},
		{MarshalLong(models.MaxID), "9007199254740991"},
		{MarshalLong(-models.MaxID), "-9007199254740991"},
		{MarshalLong(models.MaxID + 1), "null"},
		{MarshalFloat(99.9), "99.9"},
		{MarshalFloat(100), "100"},
		{MarshalFloat(math.Inf(1)), "null"},
		{MarshalFloat(math.NaN()), "null"},
		{MarshalString("a\n\"\u2028"), "\"a\\n\\\"\u2028\""},
		{MarshalString("a\xffb"), "\"a\uFFFDb\""},
		{MarshalID("690-1"), `"690-1"`},
		{MarshalBoolean(true), "true"},
		{MarshalJSON(models.JSON(`{"a":1.10}`)), `{"a":1.10}`},
		{MarshalJSON(nil), "null"},
		{MarshalDateTime(time.Date(2026, 1, 2, 4, 4, 5, 6_999_999, time.FixedZone("", 3600))), `"2026-01-02T03:04:05.006Z"`},
		{MarshalDateTime(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)), "null"},
	} {
		if got := written(test.m); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}

// reads runs a table of inputs; a want of nil is a refusal.
func reads[T comparable](t *testing.T, read func(any) (T, error), table map[any]any) {
	t.Helper()
	for in, want := range table {
		got, err := read(in)
		if want == nil {
			refused(t, kind(in), func() error { return err })
			continue
		}
		if err != nil || any(got) != want {
			t.Errorf("%v: got %v, %v, want %v", in, got, err, want)
		}
	}
}

func TestInt(t *testing.T) {
	t.Parallel()
	reads(t, UnmarshalInt, map[any]any{
		int64(5): 5, int(5): 5, json.Number("-5"): -5, float64(5): 5, int64(math.MaxInt32): math.MaxInt32,
		int64(math.MaxInt32 + 1): nil, json.Number("1.5"): nil, json.Number("1e3"): nil, json.Number("99999999999999999999"): nil,
		1.5: nil, math.Inf(1): nil, math.NaN(): nil, "5": nil, true: nil, nil: nil,
	})
}

func TestLong(t *testing.T) {
	t.Parallel()
	reads(t, UnmarshalLong, map[any]any{
		int64(models.MaxID): int64(models.MaxID), json.Number("-9007199254740991"): int64(-models.MaxID),
		float64(models.MaxID): int64(models.MaxID), int32(1): int64(1),
		int64(models.MaxID + 1): nil, json.Number("9007199254740992"): nil, float64(models.MaxID + 1): nil,
		"690": nil, false: nil, 0.5: nil,
	})
}

func TestFloat(t *testing.T) {
	t.Parallel()
	reads(t, UnmarshalFloat, map[any]any{
		12.5: 12.5, int64(3): 3.0, int(3): 3.0, int32(3): 3.0, json.Number("1e2"): 100.0,
		json.Number("1e999"): nil, math.Inf(1): nil, "1": nil, nil: nil,
	})
}

func TestTexts(t *testing.T) {
	t.Parallel()
	reads(t, UnmarshalString, map[any]any{"": "", "a": "a", json.Number("1"): nil, 1: nil, true: nil, nil: nil})
	reads(t, UnmarshalID, map[any]any{
		"690-1": "690-1", int64(690): "690", int(690): "690", json.Number("690"): "690",
		json.Number("1.5"): nil, 1.5: nil, true: nil, nil: nil,
	})
	reads(t, UnmarshalBoolean, map[any]any{true: true, false: false, "true": nil, 1: nil, nil: nil})
}

func TestDateTime(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"2026-01-02T03:04:05Z":             `"2026-01-02T03:04:05.000Z"`,
		"2026-01-02T03:04:05.6789+05:30":   `"2026-01-01T21:34:05.678Z"`,
		"0000-01-01T00:00:00Z":             `"0000-01-01T00:00:00.000Z"`,
		"9999-12-31T23:59:59.999999Z":      `"9999-12-31T23:59:59.999Z"`,
		"yesterday":                        "",
		"":                                 "",
		"2026-01-02":                       "",
		"2026-01-02 03:04:05Z":             "",
		"2026-01-02T03:04:05":              "",
		"2026-01-02T3:04:05Z":              "",
		"2026-01-02T03:04:05,5Z":           "",
		"2026-02-30T03:04:05Z":             "",
		"9999-12-31T23:59:59-01:00":        "",
		"2026-01-02T03:04:05+24:00":        "",
		strings.Repeat("2026-01-02T03", 9): "",
	} {
		got, err := UnmarshalDateTime(in)
		if want == "" {
			refused(t, in, func() error { return err })
			continue
		}
		if err != nil || written(MarshalDateTime(got)) != want || got.Location() != time.UTC {
			t.Errorf("%s: got %s, %v, want %s", in, got, err, want)
		}
	}
	refused(t, "a number", func() error { _, err := UnmarshalDateTime(json.Number("1767323045")); return err })
}

func TestJSON(t *testing.T) {
	t.Parallel()
	for want, in := range map[string]any{
		`null`:                           nil,
		`"<a>"`:                          "<a>",
		`true`:                           true,
		`12345678901234567890.10`:        json.Number("12345678901234567890.10"),
		`{"a":[1,null],"b":{"c":"d\n"}}`: map[string]any{"b": map[string]any{"c": "d\n"}, "a": []any{int64(1), nil}},
	} {
		if got, err := UnmarshalJSON(in); err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
	refused(t, "a function", func() error { _, err := UnmarshalJSON(func() {}); return err })
}
