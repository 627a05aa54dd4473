package scalar

import (
	"encoding/json"
	"io"
	"math"
	"strconv"

	"github.com/99designs/gqlgen/graphql"

	"stepcast/models"
)

// MarshalInt writes a GraphQL Int, which has 32 bits.
func MarshalInt(n int) graphql.Marshaler {
	if n < math.MinInt32 || n > math.MaxInt32 {
		return graphql.Null
	}
	return graphql.MarshalInt(n)
}

// UnmarshalInt reads a GraphQL Int.
func UnmarshalInt(v any) (int, error) {
	n, err := whole("Int", v, math.MinInt32, math.MaxInt32)
	return int(n), err
}

// MarshalLong writes a whole number within ±(2^53 - 1) as a JSON number.
func MarshalLong(n int64) graphql.Marshaler {
	if n < -models.MaxID || n > models.MaxID {
		return graphql.Null
	}
	return graphql.MarshalInt64(n)
}

// UnmarshalLong reads a whole number within ±(2^53 - 1).
func UnmarshalLong(v any) (int64, error) {
	return whole("Long", v, -models.MaxID, models.MaxID)
}

// MarshalFloat writes a finite number.
func MarshalFloat(f float64) graphql.Marshaler {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return graphql.Null
	}
	return graphql.WriterFunc(func(w io.Writer) {
		var digits [32]byte
		_, _ = w.Write(strconv.AppendFloat(digits[:0], f, 'g', -1, 64))
	})
}

// UnmarshalFloat reads a finite number.
func UnmarshalFloat(v any) (float64, error) {
	var f float64
	switch v := v.(type) {
	case float64:
		f = v
	case int:
		f = float64(v)
	case int32:
		f = float64(v)
	case int64:
		f = float64(v)
	case json.Number:
		parsed, err := v.Float64()
		if err != nil {
			return 0, refuse("Float", "must be a finite number")
		}
		f = parsed
	default:
		return 0, refuse("Float", "must be a number, not %s", kind(v))
	}
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return 0, refuse("Float", "must be a finite number")
	}
	return f, nil
}
