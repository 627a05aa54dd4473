package linkis_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"stepcast/rest/linkis"
	"stepcast/rest/openapi/openapitest"
	"stepcast/rest/resttest"
	"stepcast/tasks"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bundle is the API on a server of its own.
type bundle struct {
	*resttest.Bundle
	t      *testing.T
	server *httptest.Server
	tokens map[string]string
}

// zone is that of the tests: not UTC, so that a time that was not converted is seen.
var zone = time.FixedZone("UTC+8", 8*60*60)

// now is what the API takes for now. Tasks live in real time.
var now = time.Date(2026, time.March, 15, 10, 30, 0, 0, zone)

func setup(t *testing.T, change ...func(*tasks.Options)) *bundle {
	t.Helper()
	b := &bundle{Bundle: resttest.Setup(t, change...), t: t, tokens: map[string]string{}}
	b.server = httptest.NewServer(linkis.New(linkis.Options{
		Tasks: b.Tasks, Auth: b.Auth, Zone: zone, Now: func() time.Time { return now },
		Logger: slog.New(slog.DiscardHandler),
		Engines: func(engine, runType string) (linkis.Engine, bool) {
			if engine == "jdbc-4" {
				return linkis.Engine{RunType: "external", DataSource: "warehouse"}, true
			}
			return linkis.Engine{RunType: "shell"}, strings.HasPrefix(engine, "spark") && runType == "sql"
		},
	}))
	t.Cleanup(b.server.Close)
	return b
}

// reply is an answer as a client sees it.
type reply struct {
	http   int
	header http.Header
	body   string
	// The envelope.
	data    map[string]any
	message string
	method  string
	status  int
}

// option changes a request before it is sent.
type option func(*http.Request)

func header(name, value string) option { return func(r *http.Request) { r.Header.Set(name, value) } }

func cookie(name, value string) option {
	return func(r *http.Request) { r.AddCookie(&http.Cookie{Name: name, Value: value}) }
}

// as signs in as a user by the token headers.
func (b *bundle) as(user string) option {
	b.t.Helper()
	if b.tokens[user] == "" {
		b.tokens[user] = b.Token(user)
	}
	code := b.tokens[user]
	return func(r *http.Request) {
		r.Header.Set("Token-Code", code)
		r.Header.Set("Token-User", user)
	}
}

func (b *bundle) get(path string, options ...option) reply {
	b.t.Helper()
	return b.send(http.MethodGet, path, "", options...)
}

func (b *bundle) post(path, body string, options ...option) reply {
	b.t.Helper()
	return b.send(http.MethodPost, path, body, append([]option{header("Content-Type", "application/json")}, options...)...)
}

// send makes a request below the prefix and checks that the answer is an envelope.
func (b *bundle) send(verb, path, body string, options ...option) reply {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), verb, b.server.URL+linkis.Prefix+path, strings.NewReader(body))
	require.NoError(b.t, err)
	for _, o := range options {
		o(r)
	}
	response, err := openapitest.Shared(b.t).Transport(b.t, nil).RoundTrip(r)
	require.NoError(b.t, err)
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	require.NoError(b.t, err)
	out := reply{http: response.StatusCode, header: response.Header, body: string(got)}
	require.Equal(b.t, "application/json;charset=UTF-8", out.header.Get("Content-Type"))
	if verb == http.MethodHead {
		require.Empty(b.t, got)
		return out
	}
	out.read(b.t)
	return out
}

// keyOrder is the beginning of every envelope: data comes first.
var keyOrder = regexp.MustCompile(`(?s)^\{"data":\{.*\},"message":".*","method":"/api/[^"]*","status":-?\d+\}$`)

// read parses the envelope, which has four keys in the order of the document.
func (r *reply) read(t *testing.T) {
	t.Helper()
	require.Regexp(t, keyOrder, r.body)
	decoder := json.NewDecoder(bytes.NewReader([]byte(r.body)))
	decoder.DisallowUnknownFields()
	var e struct {
		Data    map[string]any `json:"data"`
		Message string         `json:"message"`
		Method  string         `json:"method"`
		Status  int            `json:"status"`
	}
	require.NoError(t, decoder.Decode(&e))
	r.data, r.message, r.method, r.status = e.Data, e.Message, e.Method, e.Status
}

// requireRefused checks an answer that is not a success.
func requireRefused(t *testing.T, r reply, http, status int, message string) {
	t.Helper()
	require.Equal(t, http, r.http, r.body)
	require.Equal(t, status, r.status, r.body)
	require.Equal(t, message, r.message)
}

func requireOK(t *testing.T, r reply) {
	t.Helper()
	require.Equal(t, http.StatusOK, r.http, r.body)
	require.Zero(t, r.status, r.body)
}
