package openapitest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/rest/openapi/openapitest"
)

// said is an answer to check.
type said struct {
	verb, path, sent string
	// asked are headers of the request, headers those of the answer: name, value.
	asked, headers []string
	status         int
	body           string
}

const (
	statusPath = "/api/rest_j/v1/entrance/690/status"
	submitPath = "/api/rest_j/v1/entrance/submit"
	taskPath   = "/imanager/cloud/web/tasks/690.json"

	running   = `{"data":{"status":"Running","execID":"exec_id018014linkis-cg-entrance127.0.0.1:9104IDE_alice_shell_690"},"message":"OK","method":"/api/entrance/690/status","status":0}`
	noTask    = `{"data":{},"message":"taskId 690 is not exists.","method":"/api/entrance/690/status","status":1}`
	submitted = `{"data":{"taskID":690,"execID":"exec_id018014linkis-cg-entrance127.0.0.1:9104IDE_alice_shell_690"},"message":"OK","method":"/api/entrance/submit","status":0}`
	iUnknown  = `{"succeed":false,"error":{"code":401,"errorMsg":"sign in first"}}`
	oldStyle  = `{"executionCode":"echo","executeApplicationName":"shell"}`
)

var (
	linkisHeaders   = []string{"Content-Type", "application/json;charset=UTF-8", "Cache-Control", "no-store"}
	imanagerHeaders = append(linkisHeaders[:4:4], "WWW-Authenticate", "Bearer")
	bearer          = []string{"Authorization", "Bearer x"}
)

// good are answers as described, which the cases below spoil.
func good() map[string]said {
	return map[string]said{
		"read":   {verb: "GET", path: statusPath, asked: bearer, headers: linkisHeaders, status: 200, body: running},
		"head":   {verb: "HEAD", path: statusPath, asked: bearer, headers: linkisHeaders, status: 200},
		"submit": {verb: "POST", path: submitPath, sent: oldStyle, asked: append(bearer[:2:2], "Content-Type", "application/json"), headers: linkisHeaders, status: 200, body: submitted},
		"refusal": {
			verb: "GET", path: statusPath, headers: linkisHeaders, status: 404, body: noTask,
		},
		"unknown path": {
			verb: "GET", path: "/api/rest_j/v1/nonsense", headers: linkisHeaders, status: 404,
			body: strings.ReplaceAll(noTask, "/690/status", ""),
		},
		"unknown method": {
			verb: "DELETE", path: statusPath, headers: append(linkisHeaders[:4:4], "Allow", "GET, HEAD"), status: 405, body: noTask,
		},
		"preflight": {verb: "OPTIONS", path: taskPath, headers: []string{
			"Allow", "GET, HEAD, OPTIONS", "Access-Control-Allow-Methods", "GET", "Access-Control-Allow-Headers", "X-Auth-Token, Content-Type, token",
			"Access-Control-Max-Age", "600",
		}, status: 204},
		"alias":       {verb: "GET", path: "/imanager/web/tasks/690.json", headers: imanagerHeaders, status: 401, body: iUnknown},
		"no alias":    {verb: "GET", path: "/imanager/web/tasks/690.json", headers: imanagerHeaders[:4], status: 404, body: strings.ReplaceAll(iUnknown, "401", "404")},
		"text":        {verb: "GET", path: "/healthz", headers: []string{"Content-Type", "text/plain; charset=utf-8", "Cache-Control", "no-store"}, status: 200, body: "ok\n"},
		"no TLS":      {verb: "GET", path: "/healthz", status: 400, body: "Client sent an HTTP request to an HTTPS server.\n"},
		"other pages": {verb: "GET", path: "/graphiql", headers: []string{"X-Anything", "x"}, status: 200, body: "<p>"},
	}
}

func check(c *openapitest.Checker, s said) error {
	r := httptest.NewRequest(s.verb, s.path, strings.NewReader(s.sent))
	for i := 0; i+1 < len(s.asked); i += 2 {
		r.Header.Set(s.asked[i], s.asked[i+1])
	}
	answer := &http.Response{StatusCode: s.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(s.body)), Request: r}
	for i := 0; i+1 < len(s.headers); i += 2 {
		answer.Header.Set(s.headers[i], s.headers[i+1])
	}
	return c.Check(r, answer, []byte(s.body))
}

// TestCheckFindsWhatIsNotAsDescribed spoils one thing of a good answer at a time.
func TestCheckFindsWhatIsNotAsDescribed(t *testing.T) {
	t.Parallel()
	c := openapitest.New(t)
	for name, s := range good() {
		require.NoError(t, check(c, s), name)
	}
	body := func(old, replacement string) func(*said) {
		return func(s *said) { s.body = strings.Replace(s.body, old, replacement, 1) }
	}
	header := func(name, value string) func(*said) {
		return func(s *said) { s.headers = append(s.headers[:len(s.headers):len(s.headers)], name, value) }
	}
	for name, spoilt := range map[string]struct {
		of    string
		spoil func(*said)
		want  string
	}{
		"status":                 {"read", func(s *said) { s.status = 202 }, "status is not described"},
		"an additional key":      {"read", body(`"status":"Running"`, `"status":"Running","more":1`), "more"},
		"a key of the frame":     {"read", body(`"status":0`, `"status":0,"more":1`), "more"},
		"a missing key":          {"read", body(`"message":"OK",`, ""), "message"},
		"another state":          {"read", body("Running", "WaitForRetry"), "value must be one of"},
		"another type":           {"submit", body("690,", `"690",`), "want integer"},
		"another text":           {"read", body("OK", "ok"), "value must be 'OK'"},
		"no JSON":                {"read", body("{", ""), "no JSON"},
		"no body":                {"read", func(s *said) { s.body = "" }, "no JSON"},
		"another plain text":     {"text", body("ok", "fine"), "value must be"},
		"a header too many":      {"read", header("X-More", "x"), "X-More is not described"},
		"a header too few":       {"read", func(s *said) { s.headers = s.headers[:2] }, "Cache-Control is missing"},
		"another header":         {"read", header("Cache-Control", "private"), "Cache-Control: private"},
		"no number":              {"preflight", header("Access-Control-Max-Age", "long"), "Access-Control-Max-Age: long"},
		"another media type":     {"read", header("Content-Type", "text/html"), "text/html is not described"},
		"no media type":          {"read", func(s *said) { s.headers = s.headers[2:] }, "Content-Type"},
		"a body where none is":   {"preflight", func(s *said) { s.body = "x" }, "no body is described"},
		"HEAD with a body":       {"head", func(s *said) { s.body = running }, "HEAD has a body"},
		"nobody signed in":       {"read", func(s *said) { s.asked = nil }, "the request is not as described"},
		"half of a sign-in":      {"read", func(s *said) { s.asked = []string{"Token-Code", "x"} }, "the request is not as described"},
		"a body of neither":      {"submit", func(s *said) { s.sent = "{}" }, "the request is not as described"},
		"a bad parameter":        {"read", func(s *said) { s.path = strings.Replace(statusPath, "status", "log?size=x", 1) }, "the request is not as described"},
		"an answer elsewhere":    {"unknown path", func(s *said) { s.status = 200 }, "the status should be 404"},
		"a form of another":      {"unknown path", func(s *said) { s.path = "/imanager/nonsense" }, "the body"},
		"an alias of its own":    {"alias", func(s *said) { s.status = 202 }, "status is not described"},
		"a method in lower case": {"text", func(s *said) { s.verb = "get" }, "the status should be 405"},
		"a method answered":      {"unknown method", func(s *said) { s.status = 200 }, "the status should be 405"},
		"no Allow":               {"unknown method", func(s *said) { s.headers = linkisHeaders }, "Allow is missing"},
	} {
		s := good()[spoilt.of]
		spoilt.spoil(&s)
		require.ErrorContains(t, check(c, s), spoilt.want, name)
	}
}

func TestUnseen(t *testing.T) {
	t.Parallel()
	c := openapitest.New(t)
	require.Contains(t, c.Operations(), "GET /healthz")
	require.Contains(t, c.Unseen(), "GET /healthz 200")
	require.NoError(t, check(c, good()["text"]))
	require.NotContains(t, c.Unseen(), "GET /healthz 200")
	require.Contains(t, c.Unseen(), "HEAD /healthz 200")
	require.NotContains(t, openapitest.New(t).Unseen(), "DELETE /healthz 200")
}

// failures takes what a test is failed with.
type failures struct {
	testing.TB
	texts []string
}

func (f *failures) Errorf(format string, _ ...any) { f.texts = append(f.texts, format) }

// TestTransportLeavesBodiesAlone sends through it and finds both bodies whole, and a
// failure only for what is not as described.
func TestTransportLeavesBodiesAlone(t *testing.T) {
	t.Parallel()
	answer := submitted
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, err := io.ReadAll(r.Body)
		if err != nil || string(got) != oldStyle {
			answer = "the body did not arrive"
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	found := &failures{TB: t}
	client := &http.Client{Transport: openapitest.New(t).Transport(found, nil)}
	send := func() string {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+submitPath, strings.NewReader(oldStyle))
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer x")
		r.Header.Set("Content-Type", "application/json")
		response, err := client.Do(r)
		require.NoError(t, err)
		defer response.Body.Close()
		got, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return string(got)
	}
	require.Equal(t, submitted, send())
	require.Empty(t, found.texts)
	answer = "{}"
	require.Equal(t, "{}", send())
	require.Len(t, found.texts, 1)
}
