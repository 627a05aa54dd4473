package http_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/executor/executortest"
	"stepcast/models"
)

// arrived is a request as the server read it.
type arrived struct {
	Method, URI, Host, Body, Proto string
	Header                         http.Header
}

// echo is a server that remembers what arrived and responds with nothing.
func echo(t testing.TB) (*httptest.Server, func() arrived) {
	requests := make(chan arrived, 1)
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		requests <- arrived{r.Method, r.RequestURI, r.Host, string(body), r.Proto, r.Header}
		w.WriteHeader(http.StatusNoContent)
	})
	return server, func() arrived {
		t.Helper()
		select {
		case got := <-requests:
			return got
		default:
			t.Fatal("nothing arrived")
			return arrived{}
		}
	}
}

func TestWhatArrives(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		content     content
		method      string
		body        string
		contentType string
	}{
		"only a url":               {content{}, "GET", "", ""},
		"a body makes it POST":     {content{params: object{"body": "hello"}}, "POST", "hello", "text/plain; charset=utf-8"},
		"the code is the body":     {content{code: " {\"a\": 1}\n"}, "POST", " {\"a\": 1}\n", "application/json"},
		"blank code is none":       {content{code: " \n"}, "GET", "", ""},
		"a list is JSON":           {content{params: object{"body": "[1]", "method": "put"}}, "PUT", "[1]", "application/json"},
		"the method is as it says": {content{params: object{"body": "x", "method": "GET"}}, "GET", "x", "text/plain; charset=utf-8"},
		"no body, other method":    {content{params: object{"method": "DELETE"}}, "DELETE", "", ""},
		"a method of its own":      {content{params: object{"method": "PROPFIND"}}, "PROPFIND", "", ""},
		"its own type": {
			content{params: object{"body": "{}", "headers": object{"content-type": "application/x-own"}}}, "POST", "{}", "application/x-own",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, last := echo(t)
			if c.content.params == nil {
				c.content.params = object{}
			}
			c.content.params["url"] = server.URL + "/a?b=c"
			r := c.content.run(t)
			r.requireSuccess(t)
			got := last()
			require.Equal(t, c.method, got.Method)
			require.Equal(t, "/a?b=c", got.URI)
			require.Equal(t, server.Listener.Addr().String(), got.Host)
			require.Equal(t, c.body, got.Body)
			require.Equal(t, c.contentType, got.Header.Get("Content-Type"))
			require.Equal(t, "stepcast", got.Header.Get("User-Agent"))
			require.Equal(t, c.method+" "+server.URL+"/a?b=c", r.Lines(models.System)[0])
			require.Empty(t, r.Results())
		})
	}
}

func TestHeadersArrive(t *testing.T) {
	t.Parallel()
	server, last := echo(t)
	r := content{
		params: object{"url": server.URL, "headers": object{"authorization": "Bearer ${TOKEN}", "X-Two": "a, b", "User-Agent": "own"}},
		env:    map[string]string{"TOKEN": "t%0d ${TOKEN}\tü"},
	}.run(t)
	r.requireSuccess(t)
	got := last()
	require.Equal(t, "Bearer t%0d ${TOKEN}\tü", got.Header.Get("Authorization"), "as it is, and in one pass")
	require.Equal(t, "a, b", got.Header.Get("X-Two"))
	require.Equal(t, "own", got.Header.Get("User-Agent"))
	require.NotContains(t, strings.Join(r.Lines(models.System), "\n"), "Bearer")
}

func TestVariablesStayValues(t *testing.T) {
	t.Parallel()
	const nasty = `a/b?c#d&e=f%+"\ ü` + "\r\nX-Evil: 1"
	const encoded = `a%2Fb%3Fc%23d%26e%3Df%25%2B%22%5C%20%C3%BC%0D%0AX-Evil%3A%201`
	for name, c := range map[string]struct {
		params    object
		value     string
		uri, body string
	}{
		"in the path":  {object{"url": "/x/${v}/y"}, nasty, "/x/" + encoded + "/y", ""},
		"in the query": {object{"url": "/?q=${v}&r=1"}, nasty, "/?q=" + encoded + "&r=1", ""},
		"twice":        {object{"url": "/${v}?${v}"}, "1", "/1?1", ""},
		"only one pass": {
			object{"url": "/?q=${v}"}, "${v}", "/?q=%24%7Bv%7D", "",
		},
		"a fragment is not sent":   {object{"url": "/?q=1#${v}"}, "x", "/?q=1", ""},
		"a space cannot end it":    {object{"url": "/?q=a HTTP/1.0"}, "", "/?q=a%20HTTP/1.0", ""},
		"unknown names stay":       {object{"url": "/${V}?${nothing}"}, "x", "/$%7BV%7D?$%7Bnothing%7D", ""},
		"in JSON":                  {object{"url": "/", "body": `{"v": "${v}"}`}, "q\"\\\n<ü>", "/", `{"v": "q\"\\\n<ü>"}`},
		"a number in JSON":         {object{"url": "/", "body": `{"v": ${v}}`}, "1.5", "/", `{"v": 1.5}`},
		"in JSON of its own type":  {object{"url": "/", "body": `"${v}"`, "headers": object{"Content-Type": "application/problem+json"}}, `"`, "/", `"\""`},
		"in a form":                {object{"url": "/", "body": "v=${v}&w=1", "headers": object{"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}}, "a&b=c d", "/", "v=a%26b%3Dc%20d&w=1"},
		"in a text as it is":       {object{"url": "/", "body": "v ${v}"}, nasty, "/", "v " + nasty},
		"unknown names in a text":  {object{"url": "/", "body": "${HOME} $v ${}"}, "x", "/", "${HOME} $v ${}"},
		"percent signs are values": {object{"url": "/%2F?a=%20"}, "x", "/%2F?a=%20", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, last := echo(t)
			c.params["url"] = server.URL + c.params["url"].(string)
			r := content{params: c.params, env: map[string]string{"v": c.value}}.run(t)
			r.requireSuccess(t)
			got := last()
			require.Equal(t, c.uri, got.URI)
			require.Equal(t, c.body, got.Body)
			require.Empty(t, got.Header.Get("X-Evil"))
		})
	}
}

func TestUnknownVariablesAreTold(t *testing.T) {
	t.Parallel()
	server, _ := echo(t)
	r := content{params: object{"url": server.URL + "/${a}", "body": "${b} ${c}"}, env: map[string]string{"c": "1"}}.run(t)
	r.requireSuccess(t)
	warned := r.Calls("Log")[0]
	require.Equal(t, models.Warn, warned.Level)
	require.Equal(t, "These names are no variables of the task and stay as they are: a, b", warned.Text)
}

func TestValuesThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		params object
		value  string
		want   string
	}{
		"going up":                {object{"url": "http://127.0.0.1/a/${v}/b"}, "..", "with its variables filled in: its path must not have a . or .. segment"},
		"going up inside":         {object{"url": "http://127.0.0.1/a/${v}"}, "x/../../b", "its path must not have a . or .. segment"},
		"going up with backslash": {object{"url": "http://127.0.0.1/a/${v}"}, `x\..\b`, "its path must not have a . or .. segment"},
		"going up with params":    {object{"url": "http://127.0.0.1/a/${v}/b"}, "..;x", "its path must not have a . or .. segment"},
		"another host":            {object{"url": "http://${v}.example.org/"}, "evil.org/", "it is malformed"},
		"a user":                  {object{"url": "http://${v}127.0.0.1/"}, "me@", "it is malformed"},
		"a port":                  {object{"url": "http://127.0.0.1${v}/"}, ":22", "it is malformed"},
		"no such port":            {object{"url": "http://127.0.0.1:${v}/"}, "70000", "its port must be a number from 1 to 65535"},
		"a numeric host":          {object{"url": "http://${v}/"}, "2130706433", "an address of four decimal numbers"},
		"a host not in ASCII":     {object{"url": "http://${v}/"}, "ⓔvil.org", "its host must be a name of letters"},
		"a line break":            {object{"url": "http://127.0.0.1/", "headers": object{"X-A": "${v}"}}, "a\r\nX-B: c", "headers: the value of X-A has a line break"},
		"NUL":                     {object{"url": "http://127.0.0.1/", "headers": object{"X-A": "${v}"}}, "a\x00", "headers: the value of X-A has a line break"},
		"a long header":           {object{"url": "http://127.0.0.1/", "headers": object{"X-A": "${v}"}}, strings.Repeat("secret", 2000), "the value of X-A with its variables filled in it is longer"},
		"a long url":              {object{"url": "http://127.0.0.1/${v}"}, strings.Repeat("secret", 2000), "url: with its variables filled in it is longer than 8192 bytes"},
		"a long body":             {object{"url": "http://127.0.0.1/", "body": strings.Repeat("${v}", 1000)}, strings.Repeat("secret", 10000), "body: with its variables filled in it is longer than 16777216 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := content{params: c.params, env: map[string]string{"v": c.value}, options: options("*")}.run(t)
			r.requireFailure(t, models.ErrStartFailed, c.want)
			require.Empty(t, r.Lines(models.System), "nothing was sent")
			if len(c.value) > 3 {
				require.NotContains(t, r.Result.Failure.Message.In("en"), c.value, "it may be a secret")
			}
		})
	}
}

func TestSecretsAreShownAsTheSinkMasksThem(t *testing.T) {
	t.Parallel()
	const secret = `p@ss/"word"`
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"uri": "`+r.RequestURI+`", "said": "p@ss/\"word\""}`)
	})
	r := content{params: object{"url": server.URL + "/?t=${T}"}, env: map[string]string{"T": secret}}.run(t)
	r.requireSuccess(t)
	require.Equal(t, "GET "+server.URL+"/?t="+secret, r.Lines(models.System)[0], "the sink looks for the value itself")
	require.Equal(t, []string{`{"uri": "/?t=` + secret + `", "said": "` + secret + `"}`}, r.Lines(models.Stdout))
}

func TestCodeAndBody(t *testing.T) {
	t.Parallel()
	r := content{params: object{"url": "http://127.0.0.1/", "body": "a"}, code: "b"}.run(t)
	r.requireFailure(t, models.ErrStartFailed, "code: the body is given twice")
}

func TestTLS(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Proto)
	}))
	server.EnableHTTP2 = true
	server.Config.ErrorLog = discard()
	server.StartTLS()
	t.Cleanup(server.Close)
	params := object{"url": server.URL}

	r := content{params: params}.run(t)
	r.requireFailure(t, models.ErrStartFailed, "Could not connect to "+server.URL+": tls: failed to verify certificate: x509: certificate signed by unknown authority")

	trusting := options()
	trusting.RootCAs = x509.NewCertPool()
	trusting.RootCAs.AddCert(server.Certificate())
	r = content{params: params, options: trusting}.run(t)
	r.requireSuccess(t)
	require.Equal(t, "HTTP/2.0", r.requireFile(t, "response.txt"))

	named := options("other.test:*")
	named.RootCAs, named.Resolver = trusting.RootCAs, resolver("127.0.0.1")
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	require.NoError(t, err)
	r = content{params: object{"url": "https://other.test:" + port}, options: named}.run(t)
	r.requireFailure(t, models.ErrStartFailed, "certificate is valid for example.com")
}

func TestOldTLSIsRefused(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10} //nolint:gosec // what is refused
	server.Config.ErrorLog = discard()
	server.StartTLS()
	t.Cleanup(server.Close)
	content{params: object{"url": server.URL}}.run(t).requireFailure(t, models.ErrStartFailed, "protocol version")
}

func TestIPv6(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "[::1]:0")
	executortest.Need(t, "IPv6", err)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Host)
	}))
	require.NoError(t, server.Listener.Close())
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	for _, written := range []string{"[::1]:", "[0:0:0:0:0:0:0:1]:"} {
		r := content{params: object{"url": "http://" + written + port + "/"}, options: options("[::1]:" + port)}.run(t)
		r.requireSuccess(t)
		require.Equal(t, written+port, r.requireFile(t, "response.txt"))
	}
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	r := content{params: object{"url": "http://" + address + "/?t=${T}"}, env: map[string]string{"T": "hidden"}}.run(t)
	r.requireFailure(t, models.ErrStartFailed, "Could not connect to http://"+address+": dial tcp "+address+": connect: connection refused")
	require.NotContains(t, r.Result.Failure.Message.In("en"), "hidden")
}

func TestServerHangsUp(t *testing.T) {
	t.Parallel()
	server := serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	r := content{params: object{"url": server.URL + "/secret"}}.run(t)
	r.requireFailure(t, models.ErrReported, "The exchange with "+server.URL+" broke: the server closed the connection")
	require.NotContains(t, r.Result.Failure.Message.In("en"), "secret")
}
