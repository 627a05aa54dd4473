package e2e

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/stretchr/testify/require"
)

// object is a decoded JSON object. Its numbers are json.Number, as they were written.
type object = map[string]any

// answer is what /graphql said, in whatever way it was asked.
type answer struct {
	// status is that of HTTP; 0 over a socket.
	status int
	Data   object
	Errors []gqlError
}

type gqlError struct {
	Message    string
	Path       []any
	Extensions struct{ Code string }
}

// code is that of the first error, "" without any.
func (a answer) code() string {
	if len(a.Errors) == 0 {
		return ""
	}
	return a.Errors[0].Extensions.Code
}

// graphql asks /graphql by POST, as whom the headers say.
func (s *server) graphql(query string, variables object, headers ...string) answer {
	s.t.Helper()
	body, err := json.Marshal(object{"query": query, "variables": variables})
	require.NoError(s.t, err)
	status, text, _ := s.do(http.MethodPost, "/graphql", string(body), append([]string{"Content-Type", "application/json"}, headers...)...)
	a := answer{status: status}
	require.NoError(s.t, decode(text, &a), text)
	return a
}

// bearer is the header that signs in with a token; none without one.
func bearer(token string) []string {
	if token == "" {
		return nil
	}
	return []string{"Authorization", "Bearer " + token}
}

// decode reads JSON and keeps its numbers as they were written.
func decode(text string, into any) error {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// plain is v as JSON has it: what a client sends, or a test expects, made comparable
// with what decode gives.
func plain(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // a test tries to send what JSON has no word for
	}
	var out any
	if err := decode(string(text), &out); err != nil {
		panic(err)
	}
	return out
}

// at follows a path of keys and indices into decoded JSON; nil where there is nothing.
func at(v any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			o, _ := v.(object)
			v = o[step]
		case int:
			list, _ := v.([]any)
			if step < 0 {
				step += len(list)
			}
			if step < 0 || step >= len(list) {
				return nil
			}
			v = list[step]
		}
	}
	return v
}

// textAt is the text at a path, "" where there is none.
func textAt(v any, path ...any) string {
	text, _ := at(v, path...).(string)
	return text
}
