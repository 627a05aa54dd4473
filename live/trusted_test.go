package live_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/live"
	"stepcast/live/internal/testschema"
)

// loadDocuments reads a folder of those files, or the only one when it is JSON.
func loadDocuments(t *testing.T, files map[string]string) (*live.TrustedDocuments, error) {
	t.Helper()
	path := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(path, name), []byte(text), 0o600))
		if strings.HasSuffix(name, ".json") {
			path = filepath.Join(path, name)
		}
	}
	return live.LoadDocuments(testschema.New(&testschema.Resolver{}), live.Limits{}, path)
}

const hello = "query Hello($name: String!) {\n  hello(name: $name)\n}\n"

// Each form of a list gives the same document under its id, and under its hash.
func TestTrustedDocuments(t *testing.T) {
	t.Parallel()
	quoted := strings.ReplaceAll(hello, "\n", `\n`)
	for name, test := range map[string]struct {
		files map[string]string
		id    string
	}{
		"folder":  {map[string]string{"hello.graphql": hello, "other.gql": "{ sum(values: []) }", "README.md": "{"}, "hello"},
		"map":     {map[string]string{"d.json": `{"6c1e5e0d":"` + quoted + `"}`}, "6c1e5e0d"},
		"hashes":  {map[string]string{"d.json": `{"sha256:` + hashOf(hello) + `":"` + quoted + `"}`}, "sha256:" + hashOf(hello)},
		"foreign": {map[string]string{"d.json": `{"x-app:1.0~hello":"` + quoted + `"}`}, "x-app:1.0~hello"},
		"Apollo": {map[string]string{"d.json": `{"format":"apollo-persisted-query-manifest","version":1,"operations":[
			{"id":"abc","name":"Hello","type":"query","body":"` + quoted + `"}]}`}, "abc"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			documents, err := loadDocuments(t, test.files)
			require.NoError(t, err)
			for _, only := range []bool{false, true} {
				b := setup(t, live.Options{Documents: documents, DocumentsOnly: only})
				for way, ask := range b.ways(t) {
					for _, named := range []string{
						`"documentId":"` + test.id + `"`, `"documentId":"sha256:` + hashOf(hello) + `"`,
						`"extensions":` + persisted(hashOf(hello)), `"extensions":` + persisted(test.id),
						`"query":"` + quoted + `"`, `"query":"` + strings.TrimSuffix(quoted, `\n`) + `"`,
						`"documentId":"sha256:` + hashOf(strings.TrimSpace(hello)) + `"`,
					} {
						require.JSONEq(t, `{"data":{"hello":"Hello, Ann."}}`, ask(`{`+named+`,"variables":{"name":"Ann"}}`), way+named)
					}
				}
			}
		})
	}
}

// With --documents-only nothing else is run, whoever asks and however.
func TestOnlyTrustedDocuments(t *testing.T) {
	t.Parallel()
	documents, err := loadDocuments(t, map[string]string{"hello.graphql": hello})
	require.NoError(t, err)
	require.Equal(t, 1, documents.Len())
	b := setup(t, live.Options{
		Documents: documents, DocumentsOnly: true, Introspection: func(context.Context) bool { return true },
	})
	for way, ask := range b.ways(t) {
		for _, query := range []string{"{ hello }", "{ __schema { description } }", "{ __typename }", "{", strings.TrimSpace(hello) + " #"} {
			query = strings.ReplaceAll(query, "\n", `\n`)
			got := ask(`{"query":"` + query + `"}`)
			require.Contains(t, got, "runs only the documents that it was started with", way)
			require.Contains(t, got, "PERSISTED_DOCUMENT_NOT_FOUND", way)
		}
		const query = "{ hello }"
		for range 2 { // it is not remembered
			require.Contains(t, ask(`{"extensions":`+persisted(hashOf(query))+`}`), "PersistedQueryNotFound", way)
			require.Contains(t, ask(`{"query":"`+query+`","extensions":`+persisted(hashOf(query))+`}`), "PERSISTED_DOCUMENT_NOT_FOUND", way)
		}
	}
	require.Equal(t, http.StatusBadRequest, b.post(t, mediaJSON, `{"query":"{ hello }"}`).status)
}

// A mistake ends the start: it says where it is, and what it is.
func TestTrustedDocumentsThatAreWrong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"syntax":        {map[string]string{"a.graphql": "{ hello }", "b.graphql": "query {\n  hello("}, []string{"b.graphql", "line 2, column 9", "Expected Name"}},
		"validity":      {map[string]string{"b.graphql": "{\n  helo\n}"}, []string{"b.graphql", "line 2, column 3", "helo"}},
		"limits":        {map[string]string{"b.graphql": "{" + strings.Repeat(" hello", 51) + "}"}, []string{"b.graphql", "fields with one name: the limit is 50"}},
		"length":        {map[string]string{"b.graphql": "{ hello } #" + strings.Repeat("x", 65536)}, []string{"b.graphql", "bytes in the document: the limit is 65536"}},
		"no operation":  {map[string]string{"b.graphql": "fragment f on Query { hello }"}, []string{"b.graphql", "no operation"}},
		"nothing":       {map[string]string{"b.txt": "{ hello }"}, []string{"no file that ends in .graphql or .gql"}},
		"one id twice":  {map[string]string{"b.graphql": "{ hello }", "b.gql": "{ hello }"}, []string{"b.graphql", "the same name"}},
		"name":          {map[string]string{"a b.graphql": "{ hello }"}, []string{"a b.graphql", "letters, digits"}},
		"not UTF-8":     {map[string]string{"b.graphql": "{ hello } #\xff"}, []string{"b.graphql", "not valid UTF-8"}},
		"not JSON":      {map[string]string{"d.json": `{"a":`}, []string{"d.json", "not valid JSON"}},
		"list":          {map[string]string{"d.json": `["{ hello }"]`}, []string{"d.json", `neither {"<id>": "<document>", …} nor Apollo's manifest`}},
		"twice":         {map[string]string{"d.json": `{"a":"{ hello }","a":"{ hello }"}`}, []string{"d.json", "a key twice"}},
		"no text":       {map[string]string{"d.json": `{"a":7}`}, []string{"d.json", `"a" is not the text`}},
		"bad one":       {map[string]string{"d.json": `{"a":"{ helo }"}`}, []string{"d.json, a", "helo"}},
		"prefix":        {map[string]string{"d.json": `{"md5:1234":"{ hello }"}`}, []string{"d.json", "letters, digits"}},
		"another hash":  {map[string]string{"d.json": `{"sha256:` + hashOf("x") + `":"{ hello }"}`}, []string{"d.json", "not the SHA-256"}},
		"other format":  {map[string]string{"d.json": `{"format":"x","version":1,"operations":[]}`}, []string{"d.json", `format "x"`}},
		"Apollo, twice": {map[string]string{"d.json": `{"format":"apollo-persisted-query-manifest","version":1,"operations":[{"id":"a","body":"{ hello }"},{"id":"a","body":"{ hello }"}]}`}, []string{"operation 2", "another one has"}},
		"Apollo, texts": {map[string]string{"d.json": `{"format":"apollo-persisted-query-manifest","version":1,"operations":[{"id":7}]}`}, []string{"an id and a body"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := loadDocuments(t, test.files)
			for _, part := range test.want {
				require.ErrorContains(t, err, part)
			}
		})
	}
	_, err := live.LoadDocuments(testschema.New(&testschema.Resolver{}), live.Limits{}, filepath.Join(t.TempDir(), "nowhere"))
	require.ErrorIs(t, err, os.ErrNotExist)
}
