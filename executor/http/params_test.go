package http_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/executor"
	stepcasthttp "stepcast/executor/http"
	"stepcast/models"
)

func TestDescribesItself(t *testing.T) {
	t.Parallel()
	info := stepcasthttp.New(options()).Info()
	require.Equal(t, "http", info.Name)
	require.NotEmpty(t, info.Description)
	require.Empty(t, info.Reason)
	var schema struct {
		Type                 string
		AdditionalProperties *bool
		Required             []string
		Properties           map[string]any
	}
	require.NoError(t, json.Unmarshal(info.ParamsSchema, &schema))
	require.Equal(t, "object", schema.Type)
	require.False(t, *schema.AdditionalProperties)
	require.Equal(t, []string{"url"}, schema.Required)
	require.Len(t, schema.Properties, 5)
	for _, name := range []string{"url", "method", "headers", "body", "expectStatus"} {
		require.Contains(t, schema.Properties, name)
	}
}

func TestParams(t *testing.T) {
	t.Parallel()
	e := stepcasthttp.New(options("*"))
	for _, params := range []string{
		`{"url": "http://a"}`,
		`{"url": "HTTPS://a.example.org.:8443/x?y#z", "method": "patch", "headers": {"A": "b"}, "body": "c", "expectStatus": "2xx"}`,
		`{"url": "http://${host}:${port}/${path}?${query}"}`,
		`{"url": "http://10.0.0.${n}"}`,
		`{"url": "http://${a}.0.0.1:8${b}"}`,
		`{"url": "http://[fe80::1%25eth0]:80/"}`,
		`{"url": "http://a/", "method": null, "headers": null, "body": null, "expectStatus": null}`,
		`{"url": "http://a/", "expectStatus": [200, 599]}`,
		`{"url": "http://a/", "expectStatus": 200}`,
		`{"url": "http://a/.../..x/x..?/../"}`,
		`{"url": "http://a/", "headers": {"X-A": "a\tü ${b}"}}`,
	} {
		require.NoError(t, e.CheckParams([]byte(params)), params)
	}
}

func TestBadParams(t *testing.T) {
	t.Parallel()
	e := stepcasthttp.New(options("*"))
	url := func(rest string) string { return `{"url": "http://a/", ` + rest + `}` }
	var many []string
	for i := range 65 {
		many = append(many, fmt.Sprintf(`"h%d": ""`, i))
	}
	for params, want := range map[string]struct{ field, message string }{
		``:                                                  {"url", "url is missing"},
		`{}`:                                                {"url", "url is missing"},
		`[]`:                                                {"", "one JSON object"},
		`{"uri": "http://a"}`:                               {"uri", `"uri" is no param; there are: body, expectStatus, headers, method, url`},
		`{"url": 1}`:                                        {"url", "expected a string"},
		`{"url": "a.example.org/x"}`:                        {"url", "it must begin with http:// or https://"},
		`{"url": "/x"}`:                                     {"url", "it must begin with http:// or https://"},
		`{"url": "ftp://a"}`:                                {"url", "it must begin with http:// or https://"},
		`{"url": "${url}"}`:                                 {"url", "it must begin with http:// or https://"},
		`{"url": "${s}://a"}`:                               {"url", "it is malformed"},
		`{"url": "http:a"}`:                                 {"url", "it must begin with http:// or https://"},
		`{"url": "http://"}`:                                {"url", "it must have a host"},
		`{"url": "http:///x"}`:                              {"url", "it must have a host"},
		`{"url": "http://:80"}`:                             {"url", "it must have a host"},
		`{"url": "http://me@a"}`:                            {"url", "use the header Authorization"},
		`{"url": "http://me:secret@a"}`:                     {"url", "use the header Authorization"},
		`{"url": "http://me:${secret}@a"}`:                  {"url", "use the header Authorization"},
		`{"url": "http://a:0"}`:                             {"url", "its port must be a number from 1 to 65535"},
		`{"url": "http://a:65536"}`:                         {"url", "its port must be a number from 1 to 65535"},
		`{"url": "http://a:b"}`:                             {"url", "it is malformed"},
		`{"url": "http://a/%zz"}`:                           {"url", "it is malformed"},
		`{"url": "http://a/\n"}`:                            {"url", "it is malformed"},
		`{"url": "http://[::1"}`:                            {"url", "it is malformed"},
		`{"url": "http://127.1/"}`:                          {"url", "four decimal numbers"},
		`{"url": "http://0x7f.1/"}`:                         {"url", "four decimal numbers"},
		`{"url": "http://127.0.0.01/"}`:                     {"url", "four decimal numbers"},
		`{"url": "http://ä/"}`:                              {"url", "xn--"},
		`{"url": "http://a_-.b/"}`:                          {"url", "its host must be a name"},
		`{"url": "http://a/b/../c"}`:                        {"url", "a . or .. segment"},
		`{"url": "http://a/b/%2E%2e"}`:                      {"url", "a . or .. segment"},
		`{"url": "http://a/b/%2E"}`:                         {"url", "a . or .. segment"},
		`{"url": "http://a/b%2f..%5Cc"}`:                    {"url", "a . or .. segment"},
		`{"url": "http://a/b/..;/c"}`:                       {"url", "a . or .. segment"},
		url(`"method": "G T"`):                              {"method", "is no HTTP method"},
		url(`"method": "GET\r\n"`):                          {"method", "is no HTTP method"},
		url(`"method": "connect"`):                          {"method", "CONNECT is not sent"},
		url(`"method": "TRACE"`):                            {"method", "TRACE is not sent"},
		url(`"method": 5`):                                  {"method", "expected a string"},
		url(`"headers": []`):                                {"headers", "expected an object"},
		url(`"headers": {"A": 1}`):                          {"headers.A", "the value of A is a string"},
		url(`"headers": {"A": null}`):                       {"headers.A", "the value of A is a string"},
		url(`"headers": {"A B": ""}`):                       {"headers.A B", "is no name of a header"},
		url(`"headers": {"": ""}`):                          {"headers.", "is no name of a header"},
		url(`"headers": {"A": "b\r\nC: d"}`):                {"headers.A", "has a line break"},
		url(`"headers": {"A": "\u007f"}`):                   {"headers.A", "another control character"},
		url(`"headers": {"A": "", "a": ""}`):                {"headers.a", "is given twice"},
		url(`"headers": {"host": "b"}`):                     {"headers.host", "the url names the host"},
		url(`"headers": {"Content-Length": "1"}`):           {"headers.Content-Length", "the body has its length"},
		url(`"headers": {"Transfer-Encoding": "chunked"}`):  {"headers.Transfer-Encoding", "it belongs to the connection"},
		url(`"headers": {"CONNECTION": "close"}`):           {"headers.CONNECTION", "it belongs to the connection"},
		url(`"headers": {"Upgrade": "websocket"}`):          {"headers.Upgrade", "it belongs to the connection"},
		url(`"headers": {"Proxy-Authorization": "x"}`):      {"headers.Proxy-Authorization", "it belongs to the connection"},
		url(`"headers": {` + strings.Join(many, ",") + `}`): {"headers", "at most 64 headers, not 65"},
		url(`"body": {}`):                                   {"body", "expected a string"},
		url(`"expectStatus": 99`):                           {"expectStatus", "a status from 200 to 599"},
		url(`"expectStatus": 600`):                          {"expectStatus", "a status from 200 to 599"},
		url(`"expectStatus": 200.5`):                        {"expectStatus", "a status from 200 to 599"},
		url(`"expectStatus": []`):                           {"expectStatus", "1 to 64 statuses, not 0"},
		url(`"expectStatus": ["200"]`):                      {"expectStatus", "a status from 200 to 599"},
		url(`"expectStatus": ""`):                           {"expectStatus", "a status from 200 to 599"},
		url(`"expectStatus": "1xx"`):                        {"expectStatus", `"1xx"`},
		url(`"expectStatus": "200,"`):                       {"expectStatus", "a status from 200 to 599"},
		url(`"expectStatus": "300-200"`):                    {"expectStatus", "whose end is before its beginning"},
		url(`"expectStatus": {}`):                           {"expectStatus", "a status from 200 to 599"},
		url(`"expectStatus": true`):                         {"expectStatus", "a status from 200 to 599"},
		url(`"expectStatus": "` + strings.Repeat("200,", 64) + `200"`): {"expectStatus", "at most 64 parts, not 65"},
	} {
		f := models.AsFault(e.CheckParams([]byte(params)))
		require.NotNil(t, f, params)
		require.Equal(t, models.CodeInvalid, f.Code)
		require.Equal(t, want.field, strings.Join(f.Field, "."), params)
		require.Contains(t, f.Message, want.message, params)
		require.NotContains(t, f.Message, "secret")

		r := newRunning()
		r.Begin(t, e, executor.Request{Params: []byte(params)})
		r.End(t)
		r.requireFailure(t, models.ErrStartFailed, f.Message)
		require.Empty(t, r.Events(), "nothing was sent")
	}
}

func TestCodeIsOptional(t *testing.T) {
	t.Parallel()
	e := stepcasthttp.New(options())
	for code, params := range map[string]string{
		"":     `{"url": "http://a", "body": "x"}`,
		" \n":  `{"url": "http://a", "body": "x"}`,
		"code": `{"url": "http://a", "body": ""}`,
		"more": `{"nonsense"`,
	} {
		require.NoError(t, e.CheckCode(code, []byte(params)), code)
	}
	f := models.AsFault(e.CheckCode("code", []byte(`{"url": "http://a", "body": "x"}`)))
	require.NotNil(t, f)
	require.Equal(t, []string{"code"}, f.Field)
	require.Contains(t, f.Message, "leave one of them out")
}
