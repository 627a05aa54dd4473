package executor_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/executor"
	"stepcast/models"
)

type someParams struct {
	Name  string            `json:"name"`
	Env   map[string]string `json:"env"`
	Count int               `json:"count,omitempty"`
}

func TestDecodeParams(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "  ", "null", "{}"} {
		p := someParams{Name: "as before"}
		require.NoError(t, executor.DecodeParams(json.RawMessage(text), &p))
		require.Equal(t, someParams{Name: "as before"}, p)
	}
	var p someParams
	require.NoError(t, executor.DecodeParams([]byte(` {"name": "n", "env": {"A": "1"}, "count": 3} `), &p))
	require.Equal(t, someParams{Name: "n", Env: map[string]string{"A": "1"}, Count: 3}, p)
}

func TestDecodeParamsRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]*models.Fault{
		`[1]`:                          {Message: "params are one JSON object"},
		`{} {}`:                        {Message: "params are one JSON object"},
		`{`:                            {Message: "params are one JSON object"},
		`{"nmae": 1}`:                  {Field: []string{"nmae"}, Message: `"nmae" is no param; there are: count, env, name`},
		`{"Name": "x"}`:                {Field: []string{"Name"}, Message: `"Name" is no param; there are: count, env, name`},
		`{"name": 3}`:                  {Field: []string{"name"}, Message: "expected a string, not a JSON number"},
		`{"env": "A=1"}`:               {Field: []string{"env"}, Message: "expected an object, not a JSON string"},
		`{"env": {"A": "x","B":true}}`: {Field: []string{"env"}, Message: "expected a string, not a JSON bool"},
		`{"count": 1.5}`:               {Field: []string{"count"}, Message: "expected a whole number, not a JSON number 1.5"},
	} {
		var p someParams
		got := models.AsFault(executor.DecodeParams([]byte(text), &p))
		require.NotNil(t, got, text)
		want.Code = models.CodeInvalid
		require.Equal(t, want, got, text)
	}
}
