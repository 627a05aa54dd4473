package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// badGraphQLBodies are requests that are not requests.
func badGraphQLBodies(t *testing.T, s *server, _ string) {
	const kind = "application/json"
	for _, try := range []struct {
		method, kind, body string
		status             int
	}{
		{http.MethodPost, kind, "", http.StatusBadRequest},
		{http.MethodPost, kind, "{", http.StatusBadRequest},
		{http.MethodPost, kind, "null", http.StatusBadRequest},
		{http.MethodPost, kind, "42", http.StatusBadRequest},
		{http.MethodPost, kind, `"{viewer{name}}"`, http.StatusBadRequest},
		{http.MethodPost, kind, `[{"query": "{viewer{name}}"}]`, http.StatusBadRequest},
		{http.MethodPost, kind, `{}`, http.StatusBadRequest},
		{http.MethodPost, kind, `{"query": null}`, http.StatusBadRequest},
		{http.MethodPost, kind, `{"query": 1}`, http.StatusBadRequest},
		{http.MethodPost, kind, `{"query": "{viewer{name}}", "variables": []}`, http.StatusBadRequest},
		{http.MethodPost, kind, `{"query": "{viewer{name}}", "variables": "x"}`, http.StatusBadRequest},
		{http.MethodPost, kind, `{"query": "{viewer{name}}", "extensions": 1}`, http.StatusBadRequest},
		{http.MethodPost, kind, `{"query": "{viewer{name}}", "operationName": {}}`, http.StatusBadRequest},
		{http.MethodPost, kind, `{"query": "{viewer{name}}"} trailing`, http.StatusBadRequest},
		{http.MethodPost, kind, "{\"query\": \"{viewer{name}} #\xff\xfe\"}", http.StatusBadRequest},
		{http.MethodPost, kind, "\x1f\x8b\x08\x00binary\x00", http.StatusBadRequest},
		{http.MethodPost, kind, `{"query": "{viewer{name}}", "variables": ` + nested("[", "", "]", 200_000) + "}", http.StatusBadRequest},
		{http.MethodPost, kind, `{"query": "{viewer{name}}", "variables": {"x": ` + nested(`{"x":`, "1", "}", 100_000) + "}}", http.StatusBadRequest},
		{http.MethodPost, kind, `{"query": "` + strings.Repeat("x", 2<<20) + `"}`, http.StatusRequestEntityTooLarge},
		{http.MethodPost, "text/plain", `{"query": "{viewer{name}}"}`, http.StatusUnsupportedMediaType},
		{http.MethodPost, "application/x-www-form-urlencoded", "query=%7Bviewer%7Bname%7D%7D", http.StatusUnsupportedMediaType},
		{http.MethodPost, "multipart/form-data; boundary=x", "--x--", http.StatusUnsupportedMediaType},
		{http.MethodPost, "application/json; charset=utf-16", "{}", http.StatusUnsupportedMediaType},
		{http.MethodPost, "", `{"query": "{viewer{name}}"}`, http.StatusUnsupportedMediaType},
	} {
		status, text, _ := s.do(try.method, "/graphql", try.body, append(bearer(token), "Content-Type", try.kind)...)
		what := shown(try.kind + " " + try.body)
		require.Equal(t, try.status, status, "%s: %s", what, text)
		var a answer
		require.NoError(t, decode(text, &a), text)
		requireClear(t, what, a)
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch, "BREW"} {
		status, text, header := s.do(method, "/graphql", "{}", append(bearer(token), "Content-Type", kind)...)
		require.Equal(t, http.StatusMethodNotAllowed, status, text)
		require.Contains(t, header.Get("Allow"), http.MethodPost)
	}
	status, text, _ := s.do(http.MethodPost, "/graphql", `{"query":"{viewer{name}}"}`, append(bearer(token), "Content-Type", kind, "Accept", "text/html")...)
	require.Equal(t, http.StatusNotAcceptable, status, text)
}

// hostileDocuments are dear to look at, or cannot be executed.
func hostileDocuments() []string {
	many := func(n int, write func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(write(i))
		}
		return b.String()
	}
	return []string{
		"{", "}", "{}", "nonsense", "{ viewer }", "{ viewer { } }", "{ viewer { nonsense } }", "{ viewer { name { x } } }", "\x00", "{ \"\u2028\" }",
		"query A { viewer { name } } query B { viewer { name } }", "fragment F on Task { id }", "{ ...F }", "{ ... on Nonsense { id } }",
		"{ viewer { ...F } } fragment F on Viewer { ...F }",
		"{ viewer { ...F } } fragment F on Viewer { ...G } fragment G on Viewer { ...F }",
		"query($x: Nonsense) { viewer { name } }", "query($x: ID!) { task(id: $x) { id } }", "query($x: [[[[[ID!]!]!]!]!]) { viewer { name } }",
		"{ task { id } }", "{ task(id: 1, id: 2) { id } }", "{ task(id: [1]) { id } }", "{ task(id: {x: 1}) { id } }", "{ tasks(first: \"x\") { totalCount } }",
		"{ tasks(first: 99999999999999999999) { totalCount } }", "{ tasks(orderBy: SIDEWAYS) { totalCount } }", "{ tasks(filter: {nonsense: 1}) { totalCount } }",
		"{ viewer @nonsense { name } }", "{ viewer { name @include } }", "{ viewer { name @include(if: \"x\") } }", "{ viewer @defer { name } ... @defer { __typename } }",
		"query" + strings.Repeat("(", 5000), nested("{a", "", "}", 500), nested("{ node(id: 1) { ... on Task ", "{ id }", "} }", 100),
		"{ task(id: " + nested("[", "1", "]", 3000) + ") { id } }",
		"{ " + many(3000, func(int) string { return "viewer{name} " }) + "}",
		"{ " + many(60, func(i int) string { return fmt.Sprintf("a%d: viewer{name} ", i) }) + "}",
		"{ viewer " + strings.Repeat("@include(if: true) ", 200) + "{ name } }",
		"{ tasks(first: 100) { nodes { " + nested("log(first: 10000) { gap { task { ", "id", " } } } ", 3) + "} } }",
		"{ tasks(first: 100) { nodes { log(first: 10000) { lines { text } } } } }",
		"{ viewer { name } } #" + strings.Repeat("x", 600_000) + "\n{",
		`{ task(id: "` + strings.Repeat("\\u0000", 50_000) + `" { id } }`,
		"{ ...F0 } " + many(20, func(i int) string { return fmt.Sprintf("fragment F%d on Query { ...F%d ...F%d } ", i, i+1, i+1) }) + "fragment F20 on Query { viewer { name } }",
		"mutation { cancelTasks(ids: [" + strings.Repeat(`"1",`, 101) + "]) { results { userErrors { code } } } }",
		"{ nodes(ids: [" + strings.Repeat(`"1",`, 101) + "]) { id } }",
		"subscription { taskLog(id: 1) { cursor } }", "subscription { taskLog(id: 1) { cursor } taskEvents(id: 1) { cursor } }",
	}
}

// badDocuments sends documents that must be refused before they cost anything.
func badDocuments(t *testing.T, s *server, _ string) {
	for _, document := range hostileDocuments() {
		a := s.graphql(document, nil, bearer(token)...)
		require.Equal(t, http.StatusOK, a.status, shown(document))
		requireClear(t, shown(document), a)
		require.Empty(t, a.Data, shown(document))
	}
	// By the other media type, what was not executed is the request's fault.
	status, text, _ := s.do(http.MethodPost, "/graphql", `{"query": "{"}`,
		append(bearer(token), "Content-Type", "application/json", "Accept", "application/graphql-response+json")...)
	require.Equal(t, http.StatusBadRequest, status, text)
}

// badValues sends documents that are fine with variables that are not.
func badValues(t *testing.T, s *server, task string) {
	for query, values := range map[string][]any{
		`query($v: ID!) { task(id: $v) { id } }`:                                            {nil, 1.5, true, []any{[]any{}}, object{}},
		`query($v: Long) { task(id: "` + task + `") { log(after: $v) { cursor } } }`:        {-1, 1.5, "x", 1 << 60, -1 << 60, true},
		`query($v: Int) { task(id: "` + task + `") { log(first: $v) { cursor } } }`:         {-1, 10_001, 1.5, 1 << 40, "x"},
		`query($v: Int) { task(id: "` + task + `") { events(first: $v) { cursor } } }`:      {-1, 1001},
		`query($v: LogLevel) { task(id: "` + task + `") { log(minLevel: $v) { cursor } } }`: {"LOUD", 1, ""},
		`query($v: Int) { tasks(first: $v) { totalCount nodes { id } } }`:                   {-1, 101, 1 << 33},
		`query($v: TaskFilter) { tasks(filter: $v) { nodes { id } } }`: {
			object{"statuses": []any{"NONE"}},
			object{"createdAfter": "yesterday"},
			object{"createdAfter": "2026-13-45T00:00:00Z"},
			object{"createdBefore": 1},
			object{"text": strings.Repeat("x", 1001)},
			object{"labels": []any{object{"key": "x"}}},
			object{"ids": strings.Split(strings.Repeat("1,", 101), ",")},
		},
		`mutation($v: ControlTaskInput!) { cancelTask(input: $v) { task { id } } }`: {object{}, object{"id": task, "ifVersion": "x"}, object{"id": task, "nonsense": 1}, "x"},
	} {
		for _, value := range values {
			a := s.graphql(query, object{"v": value}, bearer(token)...)
			what := fmt.Sprintf("%s with %s", query, shown(fmt.Sprint(value)))
			requireClear(t, what, a)
		}
	}
}
