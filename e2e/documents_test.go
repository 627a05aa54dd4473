package e2e

import (
	"database/sql"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
)

// documentNotFound is the code of a document that may not be asked for.
const documentNotFound = "PERSISTED_DOCUMENT_NOT_FOUND"

// listOfDocuments makes a file with a list of one document, whose id is who.
func listOfDocuments(t *testing.T, document string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "documents.json")
	require.NoError(t, os.WriteFile(path, []byte(`{"who": "`+document+`"}`), 0o600))
	return path
}

// TestDocumentsOnly: a server that was given a list of documents runs them, and no other
// of anybody.
func TestDocumentsOnly(t *testing.T) {
	t.Parallel()
	const who = "query Who { viewer { name } }"
	s := start(t, "--no-worker", "--documents", listOfDocuments(t, who), "--documents-only")
	for _, body := range []string{`{"documentId": "who"}`, `{"query": "` + who + `"}`} {
		status, text, _ := s.do(http.MethodPost, "/graphql", body, append(bearer(token), "Content-Type", "application/json")...)
		require.Equal(t, http.StatusOK, status, text)
		require.JSONEq(t, `{"data":{"viewer":{"name":"admin"}}}`, text)
	}
	status, text, header := s.get("/graphql?documentId=who", bearer(token)...)
	require.Equal(t, http.StatusOK, status, text)
	require.Equal(t, "no-store", header.Get("Cache-Control"))
	a := s.graphql("{ viewer { name } }", nil, bearer(token)...)
	require.Equal(t, http.StatusBadRequest, a.status)
	require.Equal(t, documentNotFound, a.code())
	w := s.socket(t, token)
	w.subscribe("1", "subscription { taskChanges { resync } }", nil)
	a, ended := w.answer()
	require.True(t, ended)
	require.Equal(t, documentNotFound, a.code())
	status, _, _ = s.get("/graphql?documentId=who")
	require.Equal(t, http.StatusUnauthorized, status, "an id is no sign-in")
}

// TestWrongDocuments end the start, and say where and what the mistake is.
func TestWrongDocuments(t *testing.T) {
	t.Parallel()
	unknown := listOfDocuments(t, "{ nonsense }")
	for name, try := range map[string]struct{ args, words []string }{
		"field":    {[]string{"--documents", unknown}, []string{"--documents", unknown + ", who", "line 1, column 3", "nonsense"}},
		"no file":  {[]string{"--documents", "nowhere.json"}, []string{"--documents", "nowhere.json"}},
		"no files": {[]string{"--documents", t.TempDir()}, []string{"--documents", "no file that ends in .graphql"}},
		"no list":  {[]string{"--documents-only"}, []string{"--documents-only", "name them: --documents"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := runToEnd(t, command(t, append([]string{"--data", filepath.Join(t.TempDir(), "data"), "--addr", "127.0.0.1:0"}, try.args...)...))
			requireRefused(t, r, try.words...)
		})
	}
}

// TestIntrospection: the standard query of graphql-js passes all limits, for those who may.
func TestIntrospection(t *testing.T) {
	t.Parallel()
	query, err := os.ReadFile("../live/testdata/introspection.graphql")
	require.NoError(t, err)
	for setting, allowed := range map[string]map[models.Role]bool{
		"signed-in": {models.Admin: true, models.Observer: true},
		"admin":     {models.Admin: true, models.Observer: false},
		"off":       {models.Admin: false, models.Observer: false},
	} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			s := start(t, "--no-worker", "--introspection", setting)
			o := s.office(t)
			for role, may := range allowed {
				a := s.graphql(string(query), nil, bearer(o.user("the-"+string(role), role))...)
				if may {
					require.Empty(t, a.Errors)
					require.Equal(t, "Query", textAt(a.Data, "__schema", "queryType", "name"))
					continue
				}
				require.Equal(t, "GRAPHQL_VALIDATION_FAILED", a.code())
				require.Nil(t, at(a.Data, "__schema"))
			}
			require.Equal(t, http.StatusUnauthorized, s.graphql(string(query), nil).status)
		})
	}
}

// TestGetOfOtherSites: what a page of another site makes a browser ask counts by no cookie.
func TestGetOfOtherSites(t *testing.T) {
	t.Parallel()
	s := start(t, "--no-worker", "--allowed-origins", "https://console.example.org")
	s.office(t).user("amy", models.Member)
	cookie, _ := s.signInAt("/login", `{"name": "amy", "password": "`+password+`"}`, webCookie)
	path := "/graphql?" + url.Values{"query": {"{ viewer { name } }"}}.Encode()
	for _, try := range []struct {
		headers []string
		status  int
	}{
		{nil, http.StatusOK},
		{[]string{"Sec-Fetch-Site", "same-origin"}, http.StatusOK},
		{[]string{"Sec-Fetch-Site", "none"}, http.StatusOK},
		{[]string{"Sec-Fetch-Site", "cross-site", "Origin", "https://console.example.org"}, http.StatusOK},
		{[]string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		{[]string{"Sec-Fetch-Site", "same-site"}, http.StatusForbidden},
		{[]string{"Origin", "https://example.org"}, http.StatusForbidden},
		{[]string{"Referer", "https://example.org/page"}, http.StatusForbidden},
	} {
		status, text, _ := s.get(path, append(try.headers, cookie...)...)
		require.Equal(t, try.status, status, "%v: %s", try.headers, text)
	}
	status, _, _ := s.get(path, append(bearer(token), "Sec-Fetch-Site", "cross-site")...)
	require.Equal(t, http.StatusOK, status, "no page can send a token that it does not have")
}

// TestRequestIDs: every answer has one, and the log has that of an error whose cause is
// not told.
func TestRequestIDs(t *testing.T) {
	t.Parallel()
	s := start(t, "--no-worker")
	task, err := s.client().Submit(t.Context(), forOutside())
	require.NoError(t, err)
	for _, path := range []string{"/healthz", "/graphql", "/api/rest_j/v1/entrance/x/status", "/nowhere"} {
		_, _, header := s.get(path)
		require.Len(t, header.Get("X-Request-Id"), 26, path)
		_, _, header = s.get(path, "X-Request-Id", "trace-1")
		require.Equal(t, "trace-1", header.Get("X-Request-Id"), path)
		_, _, header = s.get(path, "X-Request-Id", "a b")
		require.Len(t, header.Get("X-Request-Id"), 26, path)
	}
	s.breakTable(t, "task_events")
	status, text, header := s.do(http.MethodPost, "/graphql", `{"query": "query Broken { task(id: \"`+task.ID+`\") { events { cursor } } }"}`,
		append(bearer(token), "Content-Type", "application/json", "X-Request-Id", "trace-2")...)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "trace-2", header.Get("X-Request-Id"))
	require.Contains(t, text, `"extensions":{"code":"INTERNAL","requestId":"trace-2"}`)
	require.NotContains(t, text, "task_events")
	until(t, "the log tells", func() bool { return hasLine(s.log.String(), "request=trace-2", "operation=Broken", "no such table") })

	w := s.socket(t, token, "X-Request-Id", "trace-3")
	w.subscribe("1", `{ task(id: "`+task.ID+`") { events { cursor } } }`, nil)
	require.Contains(t, string(w.next().Payload), `"requestId":"trace-3"`)
	until(t, "the log tells", func() bool { return hasLine(s.log.String(), "request=trace-3", "no such table") })
}

// breakTable takes a table away from a server on SQLite.
func (s *server) breakTable(t *testing.T, table string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(s.database(), "sqlite://")+"?_pragma=busy_timeout(10000)")
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), "ALTER TABLE "+table+" RENAME TO broken")
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

// hasLine says whether one line of a text has all the words.
func hasLine(text string, words ...string) bool {
	for line := range strings.Lines(text) {
		found := 0
		for _, word := range words {
			if strings.Contains(line, word) {
				found++
			}
		}
		if found == len(words) {
			return true
		}
	}
	return false
}
