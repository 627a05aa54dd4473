package live_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/live"
)

func TestGet(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	got := b.get(t, "", url.Values{
		"query":         {`query A { hello } query B($n: Int64!) { echo(number: $n) }`},
		"operationName": {"B"}, "variables": {`{"n": 9007199254740993}`}, "extensions": {`{}`},
	})
	require.Equal(t, http.StatusOK, got.status)
	require.Equal(t, `{"data":{"echo":9007199254740993}}`, got.body)
	require.Equal(t, "no-store", got.header.Get("Cache-Control"))

	mutation := b.get(t, "", url.Values{"query": {`mutation { bump }`}})
	require.Equal(t, http.StatusMethodNotAllowed, mutation.status)
	require.Equal(t, "POST", mutation.header.Get("Allow"))
	require.Contains(t, b.post(t, "", `{"query":"mutation { bump }"}`).body, `{"bump":1}`, "it was not run")

	require.Contains(t, b.get(t, "", url.Values{"query": {`subscription { once }`}}).body, "graphql-transport-ws")
	for name, params := range map[string]url.Values{
		"no query":            nil,
		"variables not JSON":  {"query": {`{ hello }`}, "variables": {`{`}},
		"variables and more":  {"query": {`{ hello }`}, "variables": {`{} {}`}},
		"variables and brace": {"query": {`{ hello }`}, "variables": {`{}}`}},
		"extensions a string": {"query": {`{ hello }`}, "extensions": {`"x"`}},
	} {
		require.Equal(t, http.StatusBadRequest, b.get(t, "", params).status, name)
	}
	require.Equal(t, http.StatusBadRequest, b.do(t, http.MethodGet, b.url+"?query=%zz", "", nil).status)
}

func TestOtherMethods(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for method, status := range map[string]int{
		http.MethodPut: 405, http.MethodDelete: 405, http.MethodHead: 405, http.MethodOptions: 204,
	} {
		got := b.do(t, method, b.url, "", nil)
		require.Equal(t, status, got.status, method)
		require.Equal(t, "GET, POST", got.header.Get("Allow"))
	}
}
