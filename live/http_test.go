package live_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/live"
	"stepcast/models"
)

const (
	mediaJSON     = "application/json"
	mediaResponse = "application/graphql-response+json"
	charset       = "; charset=utf-8"
)

type answer struct {
	status int
	header http.Header
	body   string
}

func (b *bundle) do(t *testing.T, method, target, body string, header map[string]string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	require.NoError(t, err)
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := b.server.Client().Do(req)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	data, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return answer{resp.StatusCode, resp.Header, string(data)}
}

// post sends body as JSON and asks for the media type accept ("" for none).
func (b *bundle) post(t *testing.T, accept, body string) answer {
	t.Helper()
	header := map[string]string{"Content-Type": mediaJSON}
	if accept != "" {
		header["Accept"] = accept
	}
	return b.do(t, http.MethodPost, b.url, body, header)
}

func (b *bundle) get(t *testing.T, accept string, params url.Values) answer {
	t.Helper()
	return b.do(t, http.MethodGet, b.url+"?"+params.Encode(), "", map[string]string{"Accept": accept})
}

func TestPostMediaTypes(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for accept, want := range map[string]string{
		"":                              mediaJSON,
		"*/*":                           mediaJSON,
		"application/*":                 mediaJSON,
		mediaJSON:                       mediaJSON,
		mediaJSON + charset:             mediaJSON,
		mediaResponse:                   mediaResponse,
		mediaResponse + "," + mediaJSON: mediaResponse,
		"text/html;q=0.9, " + mediaResponse + ";q=0.1, " + mediaJSON + ";q=0.2": mediaJSON,
	} {
		t.Run(accept, func(t *testing.T) {
			t.Parallel()
			got := b.post(t, accept, `{"query":"{ hello }"}`)
			require.Equal(t, http.StatusOK, got.status)
			require.Equal(t, want+charset, got.header.Get("Content-Type"))
			require.Equal(t, `{"data":{"hello":"Hello, world."}}`, got.body)
		})
	}
	require.Equal(t, http.StatusNotAcceptable, b.post(t, "text/html", `{"query":"{ hello }"}`).status)
}

// What cannot be read as a request at all is 400 whatever the answer's type.
func TestPostRefusesBadRequests(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for name, test := range map[string]struct{ body, message string }{
		"nothing":                {``, "not valid JSON"},
		"half an object":         {`{"query":`, "not valid JSON"},
		"more than an object":    {`{"query":"{ hello }"} secret`, "not valid JSON"},
		"batch":                  {`[{"query":"{ hello }"}]`, "batched"},
		"string":                 {`"secret"`, "must be a JSON object"},
		"null":                   {`null`, "must be a JSON object"},
		"no query":               {`{"notquery":"secret"}`, "no query"},
		"null query":             {`{"query":null}`, "no query"},
		"query an object":        {`{"query":{"secret":1}}`, "query must be a string"},
		"query a number":         {`{"query":0}`, "query must be a string"},
		"operationName a list":   {`{"query":"{ hello }","operationName":["secret"]}`, "operationName must be a string"},
		"variables a string":     {`{"query":"{ hello }","variables":"secret"}`, "variables must be an object"},
		"variables a list":       {`{"query":"{ hello }","variables":["secret"]}`, "variables must be an object"},
		"extensions a number":    {`{"query":"{ hello }","extensions":7}`, "extensions must be an object"},
		"not UTF-8":              {"{\"query\":\"{ hello }\",\"secret\":\"\xff\"}", "UTF-8"},
		"query in other letters": {`{"Query":"{ hello }"}`, "no query"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, accept := range []string{mediaJSON, mediaResponse} {
				got := b.post(t, accept, test.body)
				require.Equal(t, http.StatusBadRequest, got.status)
				require.Equal(t, accept+charset, got.header.Get("Content-Type"))
				require.Contains(t, got.body, test.message)
				require.Contains(t, got.body, "BAD_USER_INPUT")
				require.NotContains(t, got.body, "secret", "the body is not echoed")
				require.NotContains(t, got.body, `"data"`)
			}
		})
	}
}

// A request that can be read but not executed is 200 or 400, by the answer's type.
func TestPostRequestErrors(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for name, body := range map[string]string{
		"syntax error":      `{"query":"{"}`,
		"validation error":  `{"query":"{ helo }"}`,
		"variable error":    `{"query":"query ($n: Int!) { sum(values: [$n]) }","variables":{"n":"x"}}`,
		"missing variable":  `{"query":"query ($n: Int64!) { echo(number: $n) }"}`,
		"unknown operation": `{"query":"query A { hello }","operationName":"B"}`,
		"subscription":      `{"query":"subscription { once }"}`,
		"defer":             `{"query":"{ ... @defer { hello } }"}`,
		"introspection off": `{"query":"{ __schema { description } }","x":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asJSON := b.post(t, mediaJSON, body)
			require.Equal(t, http.StatusOK, asJSON.status)
			require.Contains(t, asJSON.body, `"errors"`)
			if name == "introspection off" {
				require.Contains(t, asJSON.body, "introspection disabled")
				return // a field error
			}
			require.NotContains(t, asJSON.body, `"data"`)
			asResponse := b.post(t, mediaResponse, body)
			require.Equal(t, http.StatusBadRequest, asResponse.status)
			require.Equal(t, asJSON.body, asResponse.body)
			require.NotContains(t, asJSON.body, "Did you mean")
		})
	}
	require.Contains(t, b.post(t, "", `{"query":"subscription { once }"}`).body, "graphql-transport-ws")
}

func TestPostFieldErrorsAreAnswers(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for _, accept := range []string{mediaJSON, mediaResponse} {
		got := b.post(t, accept, `{"query":"{ hello fails }"}`)
		require.Equal(t, http.StatusOK, got.status)
		require.Contains(t, got.body, `"data":{"hello":"Hello, world.","fails":null}`)
		require.Contains(t, b.post(t, accept, `{"query":"{ panics }"}`).body, `"data":null`)
	}
}

func TestPostContentTypes(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for contentType, status := range map[string]int{
		mediaJSON:                           http.StatusOK,
		"Application/JSON;charset=UTF-8":    http.StatusOK,
		mediaJSON + "; charset=utf-16":      http.StatusUnsupportedMediaType,
		"":                                  http.StatusUnsupportedMediaType,
		"text/plain":                        http.StatusUnsupportedMediaType,
		"application/x-www-form-urlencoded": http.StatusUnsupportedMediaType,
		"multipart/form-data; boundary=x":   http.StatusUnsupportedMediaType,
		"application/graphql":               http.StatusUnsupportedMediaType,
	} {
		t.Run(contentType, func(t *testing.T) {
			t.Parallel()
			header := map[string]string{}
			if contentType != "" {
				header["Content-Type"] = contentType
			}
			got := b.do(t, http.MethodPost, b.url, `{"query":"mutation { bump }"}`, header)
			require.Equal(t, status, got.status, got.body)
		})
	}
}

func TestPostTooLarge(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{MaxBodyBytes: 1000})
	got := b.post(t, "", `{"query":"{ hello }","x":"`+strings.Repeat("x", 1000)+`"}`)
	require.Equal(t, http.StatusRequestEntityTooLarge, got.status)
	require.JSONEq(t, `{"errors":[{"message":"the request is larger than 1000 bytes",
		"extensions":{"code":"LIMIT_EXCEEDED"}}]}`, got.body)
}

func TestHTTPAuthentication(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{
		Authenticate: func(ctx context.Context, r *http.Request, payload map[string]any) (context.Context, live.Session, error) {
			if r.Header.Get("Authorization") == "Bearer later" {
				return ctx, live.Session{}, models.Faultf(models.CodeUnavailable, "the database is away")
			}
			return bearer(ctx, r, payload)
		},
	})
	ask := func(authorization string) answer {
		return b.do(t, http.MethodPost, b.url, `{"query":"{ viewer }"}`,
			map[string]string{"Content-Type": mediaJSON, "Authorization": authorization})
	}
	require.Equal(t, `{"data":{"viewer":"alice"}}`, ask("Bearer alice").body)
	refused := ask("nobody")
	require.Equal(t, http.StatusUnauthorized, refused.status)
	require.Equal(t, "Bearer", refused.header.Get("WWW-Authenticate"))
	require.JSONEq(t, `{"errors":[{"message":"sign in first","extensions":{"code":"UNAUTHENTICATED"}}]}`, refused.body)
	require.Equal(t, http.StatusServiceUnavailable, ask("Bearer later").status)
}

// An anonymous request that reaches a resolver is 401 by what the resolver says.
func TestUnauthenticatedErrors(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for _, accept := range []string{mediaJSON, mediaResponse} {
		require.Equal(t, http.StatusUnauthorized, b.post(t, accept, `{"query":"{ hello unauthenticated }"}`).status)
	}
}

func TestOperationTimeout(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{OperationTimeout: 20 * time.Millisecond})
	require.Contains(t, b.post(t, "", `{"query":"{ blocks }"}`).body, "took too long")
	c := b.connect(t)
	c.subscribe("1", `{ blocks }`)
	require.Contains(t, c.receive(), "took too long")
	c.subscribe("2", `subscription { count(to: 1) }`)
	c.receive()
}
