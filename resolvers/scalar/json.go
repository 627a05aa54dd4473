package scalar

import (
	"io"

	"github.com/99designs/gqlgen/graphql"

	"stepcast/internal/httpx"
	"stepcast/models"
)

// MarshalJSON writes a JSON value as it was stored; an absent one is null.
func MarshalJSON(v models.JSON) graphql.Marshaler {
	if len(v) == 0 {
		return graphql.Null
	}
	return graphql.WriterFunc(func(w io.Writer) { _, _ = w.Write(v) })
}

// UnmarshalJSON takes any value. Numbers of variables stay as they were written, as
// long as the transport decodes them as json.Number.
func UnmarshalJSON(v any) (models.JSON, error) {
	text, err := httpx.JSON(v)
	if err != nil {
		return nil, refuse("JSON", "must be a JSON value")
	}
	return models.JSON(text), nil
}
