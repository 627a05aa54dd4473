package imanager_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"stepcast/models"
	"stepcast/rest/imanager"
	"stepcast/rest/openapi/openapitest"
	"stepcast/rest/resttest"
	"stepcast/tasks"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// zone is that of the tests: not UTC, so that a time that was not converted is seen.
var zone = time.FixedZone("UTC+8", 8*60*60)

// bundle is the API on a server of its own.
type bundle struct {
	*resttest.Bundle
	t      *testing.T
	server *httptest.Server
	tokens map[string]string
}

func setup(t *testing.T, change ...func(*imanager.Options)) *bundle {
	t.Helper()
	// Tasks that a test stores as running have no worker: their leases must not end.
	return setupOn(t, resttest.Setup(t, func(o *tasks.Options) { o.Lease = time.Hour }), change...)
}

// setupOn serves what is there.
func setupOn(t *testing.T, rest *resttest.Bundle, change ...func(*imanager.Options)) *bundle {
	t.Helper()
	b := &bundle{Bundle: rest, t: t, tokens: map[string]string{}}
	o := b.options()
	for _, f := range change {
		f(&o)
	}
	b.serve(imanager.New(o))
	return b
}

// options are those of the tests.
func (b *bundle) options() imanager.Options {
	return imanager.Options{Tasks: b.Tasks, Auth: b.Auth, Zone: zone, Logger: slog.New(slog.DiscardHandler)}
}

// serve puts a handler on a server of its own.
func (b *bundle) serve(h http.Handler) {
	b.t.Helper()
	b.server = httptest.NewServer(h)
	b.t.Cleanup(b.server.Close)
}

// reply is an answer as a client sees it.
type reply struct {
	http   int
	header http.Header
	body   string
}

// option changes a request before it is sent.
type option func(*http.Request)

func header(name, value string) option { return func(r *http.Request) { r.Header.Set(name, value) } }

// as signs in as a user.
func (b *bundle) as(user string) option {
	b.t.Helper()
	if b.tokens[user] == "" {
		b.tokens[user] = b.Token(user)
	}
	return header("X-Auth-Token", b.tokens[user])
}

func (b *bundle) get(path string, options ...option) reply {
	b.t.Helper()
	return b.send(http.MethodGet, path, "", options...)
}

func (b *bundle) send(verb, path, body string, options ...option) reply {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), verb, b.server.URL+path, strings.NewReader(body))
	require.NoError(b.t, err)
	for _, o := range options {
		o(r)
	}
	response, err := openapitest.Shared(b.t).Transport(b.t, nil).RoundTrip(r)
	require.NoError(b.t, err)
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	require.NoError(b.t, err)
	return reply{http: response.StatusCode, header: response.Header, body: string(got)}
}

// requireRefused checks that the answer is the error body of its HTTP status.
func requireRefused(t *testing.T, r reply, status int) {
	t.Helper()
	require.Equal(t, status, r.http, r.body)
	require.Equal(t, "application/json;charset=UTF-8", r.header.Get("Content-Type"))
	require.Equal(t, "*", r.header.Get("Access-Control-Allow-Origin"))
	var e struct {
		Error struct {
			Code     int    `json:"code"`
			ErrorMsg string `json:"errorMsg"`
		} `json:"error"`
	}
	require.NoError(t, json.Unmarshal([]byte(r.body), &e))
	require.Equal(t, status, e.Error.Code)
	require.NotEmpty(t, e.Error.ErrorMsg)
	text, err := json.Marshal(e.Error.ErrorMsg)
	require.NoError(t, err)
	unescaped := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(text))
	require.Equal(t, `{"succeed":false,"error":{"code":`+jsonText(t, status)+`,"errorMsg":`+unescaped+`}}`, r.body)
}

func jsonText(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return string(text)
}

// path is that of a task.
func path(task *models.Task) string {
	return "/imanager/cloud/web/tasks/" + models.TaskID(task.ID) + ".json"
}
