package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/live"
)

func (b *bundle) query(t *testing.T, query string) answer {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	require.NoError(t, err)
	return b.post(t, mediaResponse, string(body))
}

func repeat(n int, part func(i int) string) string {
	var s strings.Builder
	for i := range n {
		s.WriteString(part(i))
	}
	return s.String()
}

// bomb is a document of n fragments, each of which spreads the next one twice.
func bomb(n int) string {
	return "{ node { ...f0 } }" + repeat(n, func(i int) string {
		return fmt.Sprintf(" fragment f%d on Node { child { ...f%d } child { ...f%d } }", i, i+1, i+1)
	}) + fmt.Sprintf(" fragment f%d on Node { id }", n)
}

func TestLimits(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{Limits: live.Limits{Cost: 60}})
	for name, test := range map[string]struct{ query, message string }{
		"tokens": {"{" + strings.Repeat(" hello", 2000) + "}", "tokens in the document"},
		"depth":  {"{ node" + strings.Repeat("{ child ", 11) + "{ id }" + strings.Repeat("}", 12), "depth of the document"},
		"depth, named like introspection": {
			"{ __schema: node" + strings.Repeat("{ child ", 11) + "{ id }" + strings.Repeat("}", 12), "depth of the document",
		},
		"root fields": {"{" + repeat(21, func(i int) string { return fmt.Sprintf(" a%d: hello", i) }) + "}", "fields of the operation"},
		"aliases":     {"{ node {" + repeat(31, func(i int) string { return fmt.Sprintf(" a%d: id", i) }) + "} }", "aliases in the document"},
		"directives":  {"{ hello" + strings.Repeat(" @x", 51) + "}", "directives in the document"},
		"same name":   {"{" + strings.Repeat(" hello", 51) + "}", "fields with one name"},
		"same name, in fragments": {
			"{" + strings.Repeat(" ...{ node { id } }", 51) + "}", "fields with one name",
		},
		"fragments spread out": {bomb(40), "limit is"},
		"bytes":                {"{ hello } #" + strings.Repeat("x", 64<<10), "bytes in the document"},
		"comments":             {"{ hello }" + strings.Repeat("#\n", 2000), "tokens in the document"},
		"names":                {"{ hello a" + strings.Repeat("b", 256) + " }", "bytes in a name"},
		"names of variables":   {"query ($a" + strings.Repeat("b", 256) + ": Int) { hello }", "bytes in a name"},
		"names of types":       {"{ ... on A" + strings.Repeat("b", 256) + " { hello } }", "bytes in a name"},
		"names in values":      {"{ hello(name: {a" + strings.Repeat("b", 256) + ": 1}) }", "bytes in a name"},
		"nested values":        {"{ hello(name: " + strings.Repeat("[", 33) + "1" + strings.Repeat("]", 33) + ") }", "nested lists"},
		"nested defaults":      {"query ($a: Int = " + strings.Repeat("{a:", 33) + "1" + strings.Repeat("}", 33) + ") { hello }", "nested lists"},
		"nested in directives": {"{ hello @x(a: " + strings.Repeat("[", 33) + "1" + strings.Repeat("]", 33) + ") }", "nested lists"},
		"nested types":         {"query ($a: " + strings.Repeat("[", 32) + "Int" + strings.Repeat("]", 32) + ") { hello }", "nested lists"},
		"fragments":            {"{ hello }" + repeat(51, func(i int) string { return fmt.Sprintf(" fragment f%d on Query { hello }", i) }), "fragments in the document"},
		"spreads":              {"{" + strings.Repeat(" ...f", 201) + " } fragment f on Query { hello }", "spreads of fragments"},
		"pairs": {
			"{" + strings.Repeat(" node { child { id } }", 40) + " }", "pairs of fields with one name",
		},
		"followed": {
			repeat(40, func(i int) string { return fmt.Sprintf(" query q%d { ...f }", i) }) +
				" fragment f on Query { node {" + repeat(200, func(i int) string { return fmt.Sprintf(" x%d", i) }) + " } }", "fragments followed",
		},
		"list": {"{ sum(values: [" + strings.Repeat("1 ", 101) + "]) }", "items of the argument values"},
		"list in a fragment": {
			"{ ...f } fragment f on Query { ... { sum(values: [" + strings.Repeat("1 ", 101) + "]) } }", "items of the argument values",
		},
		"cost": {"{" + repeat(10, func(i int) string { return fmt.Sprintf(" a%d: node { ...f }", i) }) +
			"} fragment f on Node { id a: id b: id c: id d: id e: id }", "cost of the operation"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			got := b.query(t, test.query)
			require.Less(t, time.Since(start), 5*time.Second)
			require.Equal(t, http.StatusBadRequest, got.status)
			require.Contains(t, got.body, test.message)
			require.Contains(t, got.body, "LIMIT_EXCEEDED")
		})
	}
}

func TestLimitsLetPass(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{Introspection: func(context.Context) bool { return true }})
	introspection, err := os.ReadFile("testdata/introspection.graphql")
	require.NoError(t, err)
	for name, query := range map[string]string{
		"depth":         "{ node" + strings.Repeat("{ child ", 10) + "{ id }" + strings.Repeat("}", 11),
		"same name":     "{" + strings.Repeat(" hello", 50) + "}",
		"bytes":         "{ hello } #" + strings.Repeat("x", 64<<10-11),
		"names":         "{ " + strings.Repeat("a", 256) + ": hello }",
		"list":          "{ sum(values: [" + strings.Repeat("1 ", 100) + "]) }",
		"fragments":     "{" + repeat(50, func(i int) string { return fmt.Sprintf(" ...f%d", i) }) + " }" + repeat(50, func(i int) string { return fmt.Sprintf(" fragment f%d on Query { hello }", i) }),
		"introspection": string(introspection),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 2 { // the second one from the cache
				got := b.query(t, query)
				require.Equal(t, http.StatusOK, got.status, got.body)
				require.NotContains(t, got.body, `"errors"`)
			}
		})
	}
}

// What is invalid is told by the validator, not by a limit, and without looping.
func TestLimitsLeaveRecursionToTheValidator(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for _, query := range []string{
		"{ node { ...a } } fragment a on Node { id ...a }",
		"{ node { ...a } } fragment a on Node { child { ...b } } fragment b on Node { child { ...a } }",
		"{ node { ...unknown } }",
		// On this one a rule of gqlparser recurses until the stack overflows, which ends the process.
		"{ node { child { ...d } ...b id } } fragment a on Node { ...b child { ...b } } fragment b on Node { ...c child { ...c } } " +
			"fragment c on Node { ...c child { ...d } ...a } fragment d on Node { id id id }",
	} {
		require.Contains(t, b.query(t, query).body, "GRAPHQL_VALIDATION_FAILED", query)
	}
}

func TestLimitsOff(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{Limits: live.Limits{Tokens: -1, Depth: -1, RootFields: -1, Aliases: -1, Directives: -1, SameName: -1, Bytes: -1, Fragments: -1, ListItems: -1, Cost: -1}})
	require.Equal(t, http.StatusOK, b.query(t, "{ sum(values: ["+strings.Repeat("1 ", 2100)+"])"+strings.Repeat(" hello", 60)+"}").status)
}

// A document of nothing but errors is not answered with as many.
func TestErrorsAreBounded(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	got := b.query(t, "{"+repeat(500, func(i int) string { return fmt.Sprintf(" node { a%d }", i%20) })+"}")
	require.Equal(t, http.StatusBadRequest, got.status)
	var response struct{ Errors []any }
	require.NoError(t, json.Unmarshal([]byte(got.body), &response))
	require.LessOrEqual(t, len(response.Errors), 20)
}

// Lists and nesting in variables are bounded before anything is made of them.
func TestVariablesAreBounded(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for name, test := range map[string]struct{ variables, message string }{
		"list":      {`{"v":[1` + strings.Repeat(",1", 100) + `]}`, "items of the argument values: the limit is 100"},
		"long list": {`{"v":[1` + strings.Repeat(",1", 1500) + `]}`, "items of a list in the variable $v: the limit is 1500"},
		"values":    {`{"v":[1` + strings.Repeat(",1", 20_000) + `]}`, "variables must not have more than 20000 values"},
		"depth":     {`{"v":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + `}`, "variables must not be nested deeper than 64 levels"},
		"twice":     {`{"v":[1],"v":[2]}`, "variables must not have a key twice"},
		"keys":      {`{` + repeat(1001, func(i int) string { return fmt.Sprintf(`"v%d":1,`, i) }) + `"v":[1]}`, "variables must not have more than 1000 keys"},
	} {
		got := b.post(t, mediaResponse, `{"query":"query ($v: [Int!]!) { sum(values: $v) }","variables":`+test.variables+`}`)
		require.Equal(t, http.StatusBadRequest, got.status, name)
		require.Contains(t, got.body, test.message, name)
	}
	for variables, want := range map[string]string{
		`{"v":[1` + strings.Repeat(",1", 99) + `]}`:                        `{"data":{"sum":100}}`,
		`{"v":7,"text":"[[[[{{{{\\\"[[[[` + strings.Repeat("[", 64) + `"}`: `{"data":{"sum":7}}`,
	} {
		require.Equal(t, want, b.post(t, "", `{"query":"query ($v: [Int!]!) { sum(values: $v) }","variables":`+variables+`}`).body)
	}
	require.Contains(t, b.post(t, "", `{"query":"{ hello }","query":"{ node { id } }"}`).body, "a key twice")
}

// What a message repeats of the document is cut.
func TestMessagesAreBounded(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for _, query := range []string{
		"{ hello } " + strings.Repeat("ü", 10_000), "{ hello } " + strings.Repeat("x", 10_000), `{ hello(name: 1) } # "` + strings.Repeat("x", 10_000),
		`{ sum(values: \"` + strings.Repeat("x", 10_000) + `\") }`,
	} {
		got := b.post(t, "", `{"query":"`+query+`"}`)
		require.Contains(t, got.body, `"errors"`)
		require.Less(t, len(got.body), 1000)
	}
}
