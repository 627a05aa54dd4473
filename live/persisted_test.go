package live_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/live"
)

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// persisted is what Apollo's clients put into the extensions.
func persisted(hash string) string {
	return `{"persistedQuery":{"version":1,"sha256Hash":"` + hash + `"}}`
}

// ways are those in which a request comes: each gives what a POST of body would answer.
func (b *bundle) ways(t *testing.T) map[string]func(body string) string {
	t.Helper()
	return map[string]func(string) string{
		"POST": func(body string) string { return b.post(t, "", body).body },
		"GET": func(body string) string {
			var fields map[string]json.RawMessage
			require.NoError(t, json.Unmarshal([]byte(body), &fields))
			params := url.Values{}
			for name, raw := range fields {
				text := string(raw)
				if raw[0] == '"' {
					require.NoError(t, json.Unmarshal(raw, &text))
				}
				params.Set(name, text)
			}
			return b.get(t, mediaJSON, params).body
		},
		"socket": func(body string) string {
			c := b.connect(t)
			c.send(`{"id":"1","type":"subscribe","payload":` + body + `}`)
			var m struct{ Payload json.RawMessage }
			require.NoError(t, json.Unmarshal([]byte(c.receive()), &m))
			if m.Payload[0] == '[' {
				return `{"errors":` + string(m.Payload) + `}`
			}
			return string(m.Payload)
		},
	}
}

// Apollo's clients send the hash alone, are told word by word that it is unknown, send the
// text with it, and from then on the hash is enough.
func TestAutomaticPersistedQueries(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"POST", "GET", "socket"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			ask := setup(t, live.Options{}).ways(t)[way]
			const query = `query($n: Int64!) { echo(number: $n) }`
			extension := persisted(hashOf(query))
			short := `{"extensions":` + extension + `,"variables":{"n":7}}`
			require.JSONEq(t, `{"errors":[{"message":"PersistedQueryNotFound","extensions":{"code":"PERSISTED_QUERY_NOT_FOUND"}}]}`, ask(short))
			require.JSONEq(t, `{"data":{"echo":7}}`, ask(`{"query":"`+query+`","extensions":`+extension+`,"variables":{"n":7}}`))
			require.JSONEq(t, `{"data":{"echo":7}}`, ask(short))
			require.JSONEq(t, `{"data":{"echo":8}}`, ask(`{"documentId":"sha256:`+hashOf(query)+`","variables":{"n":8}}`),
				"it has a documentId as well")
		})
	}
}

func TestAutomaticPersistedQueriesRefuse(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for name, test := range map[string]struct{ body, message string }{
		"another text":  {`{"query":"{ hello }","extensions":` + persisted(hashOf("{ hi }")) + `}`, "is not the SHA-256 of the query"},
		"no version":    {`{"query":"{ hello }","extensions":{"persistedQuery":{"sha256Hash":"x"}}}`, "version must be 1"},
		"version 2":     {`{"query":"{ hello }","extensions":{"persistedQuery":{"version":2,"sha256Hash":"x"}}}`, "version must be 1"},
		"no hash":       {`{"query":"{ hello }","extensions":{"persistedQuery":{"version":1}}}`, "sha256Hash must be"},
		"hash of a map": {`{"query":"{ hello }","extensions":{"persistedQuery":{"version":1,"sha256Hash":{}}}}`, "sha256Hash must be"},
		"not an object": {`{"query":"{ hello }","extensions":{"persistedQuery":"x"}}`, "version must be 1"},
		"two ids":       {`{"documentId":"x","extensions":` + persisted("x") + `}`, "send one of them"},
	} {
		got := b.post(t, "", test.body)
		require.Contains(t, got.body, test.message, name)
		require.Contains(t, got.body, "BAD_USER_INPUT", name)
	}
}

// Nothing that was refused is remembered, by whatever check.
func TestOnlyWhatIsValidIsRemembered(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for _, query := range []string{"{", "{ helo }", "{" + strings.Repeat(" hello", 51) + "}"} {
		body := `{"query":"` + query + `","extensions":` + persisted(hashOf(query)) + `}`
		require.Contains(t, b.post(t, "", body).body, "errors", query)
		require.Contains(t, b.post(t, "", `{"extensions":`+persisted(hashOf(query))+`}`).body, "PersistedQueryNotFound", query)
	}
}

// The statuses of what is not there: Apollo's clients of old give up after 400, so they
// get 200 unless they ask for the new media type.
func TestUnknownDocuments(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	hash := `{"extensions":` + persisted(hashOf("x")) + `}`
	require.Equal(t, http.StatusOK, b.post(t, mediaJSON, hash).status)
	require.Equal(t, http.StatusBadRequest, b.post(t, mediaResponse, hash).status)
	for _, accept := range []string{mediaJSON, mediaResponse} {
		for _, id := range []string{"unknown", "sha256:" + hashOf("x"), "sha256:x", "x-mine:7"} {
			got := b.post(t, accept, `{"documentId":"`+id+`"}`)
			require.Equal(t, http.StatusBadRequest, got.status)
			require.Contains(t, got.body, "PERSISTED_DOCUMENT_NOT_FOUND")
			require.NotContains(t, got.body, id)
			require.Equal(t, got.body, b.get(t, accept, url.Values{"documentId": {id}}).body)
		}
	}
}

func TestDocumentIDsThatAreNone(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for name, test := range map[string]struct{ body, message string }{
		"with a query": {`{"query":"{ hello }","documentId":"x"}`, "both a query and a documentId"},
		"empty":        {`{"documentId":""}`, "documentId must be"},
		"long":         {`{"documentId":"` + strings.Repeat("x", 257) + `"}`, "documentId must be"},
		"a number":     {`{"documentId":7}`, "documentId must be a string"},
		"null":         {`{"documentId":null}`, "no query, and no documentId"},
		"not at its place": {
			`{"extensions":{"documentId":"x"}}`, "no query, and no documentId",
		},
	} {
		got := b.post(t, "", test.body)
		require.Equal(t, http.StatusBadRequest, got.status, name)
		require.Contains(t, got.body, test.message, name)
		c := b.connect(t)
		c.send(`{"id":"1","type":"subscribe","payload":` + test.body + `}`)
		require.Contains(t, c.expectClose(4400).Text, test.message, name)
	}
	require.Equal(t, http.StatusBadRequest, b.get(t, "", url.Values{"documentId": {""}}).status)
	require.Equal(t, http.StatusBadRequest, b.get(t, "", url.Values{"documentId": {"x"}, "query": {"{ hello }"}}).status)
}

// A mutation by its id is not run by GET either.
func TestPersistedMutationsNeedPOST(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	const query = `mutation { bump }`
	require.Equal(t, `{"data":{"bump":1}}`, b.post(t, "", `{"query":"`+query+`"}`).body)
	id := "sha256:" + hashOf(query)
	require.Equal(t, http.StatusMethodNotAllowed, b.get(t, "", url.Values{"documentId": {id}}).status)
	require.Equal(t, `{"data":{"bump":2}}`, b.post(t, "", `{"documentId":"`+id+`"}`).body)
}

// What was sent longest ago is forgotten, and can be sent again.
func TestRememberedDocumentsAreBounded(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	first := fmt.Sprintf("{ hello } #%16000d", 0)
	for i := range 80 {
		require.Contains(t, b.post(t, "", fmt.Sprintf(`{"query":"{ hello } #%16000d"}`, i)).body, "Hello")
	}
	ask := func() string { return b.post(t, "", `{"extensions":`+persisted(hashOf(first))+`}`).body }
	require.Contains(t, ask(), "PersistedQueryNotFound")
	require.Contains(t, b.post(t, "", `{"query":"`+first+`"}`).body, "Hello")
	require.Contains(t, ask(), "Hello")
}
