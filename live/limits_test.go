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
	} {
		require.Contains(t, b.query(t, query).body, "GRAPHQL_VALIDATION_FAILED", query)
	}
}

func TestLimitsOff(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{Limits: live.Limits{Tokens: -1, Depth: -1, RootFields: -1, Aliases: -1, Directives: -1, SameName: -1, Cost: -1}})
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
