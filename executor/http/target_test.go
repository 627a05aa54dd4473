package http_test

import (
	"bytes"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/executor/executortest"
	stepcasthttp "stepcast/executor/http"
	"stepcast/models"
)

func TestTargets(t *testing.T) {
	t.Parallel()
	for target, urls := range map[string]struct{ in, out []string }{
		"*": {
			in: []string{"http://a/", "https://10.0.0.1:99/x", "http://[::1]/"},
		},
		"Example.org": {
			in:  []string{"http://example.org", "https://EXAMPLE.ORG.:443/x", "http://example.org:80/", "http://example.org:080/?q"},
			out: []string{"http://example.org:8080/", "http://example.org:443/", "https://example.org:80/", "http://a.example.org/", "http://example.org.evil.org/", "http://notexample.org/"},
		},
		"example.org.:8080": {
			in:  []string{"http://example.org:8080/", "https://example.org:8080/"},
			out: []string{"http://example.org/", "http://example.org:8081/"},
		},
		"example.org:*": {
			in:  []string{"http://example.org:1/", "https://example.org/"},
			out: []string{"http://example.com:1/"},
		},
		"https://example.org": {
			in:  []string{"https://example.org/"},
			out: []string{"http://example.org/", "http://example.org:443/"},
		},
		"*.example.org": {
			in:  []string{"http://a.example.org/", "http://a.b.EXAMPLE.org./"},
			out: []string{"http://example.org/", "http://aexample.org/", "http://a.example.org:81/", "http://[fe80::1%25a.example.org]/"},
		},
		"example.org/api/": {
			in:  []string{"http://example.org/api", "http://example.org/api/", "http://example.org/api/x?y", "http://example.org/%61pi/x"},
			out: []string{"http://example.org/", "http://example.org/apix", "http://example.org/api%2Fx", "http://example.org//api", "http://example.org/x/api", "http://example.org/API"},
		},
		"http://example.org:81/a%20b/c": {
			in:  []string{"http://example.org:81/a%20b/c/d", "http://example.org:81/a b/c"},
			out: []string{"http://example.org:81/a+b/c", "http://example.org:81/a%20b", "http://example.org/a%20b/c"},
		},
		"10.1.2.3": {
			in:  []string{"http://10.1.2.3/"},
			out: []string{"http://10.1.2.4/", "http://[::ffff:10.1.2.3]/", "http://a.10.1.2.3.nip.example/"},
		},
		"[2001:DB8::0:1]:81": {
			in:  []string{"http://[2001:db8::1]:81/"},
			out: []string{"http://[2001:db8::1]/", "http://[2001:db8::2]:81/"},
		},
		"localhost": {
			out: []string{"http://127.0.0.1/", "http://[::1]/"},
		},
	} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, stepcasthttp.CheckTarget(target))
			e := stepcasthttp.New(options(target))
			require.Empty(t, e.Info().Reason)
			for _, url := range urls.in {
				require.NoError(t, e.CheckParams([]byte(`{"url": "`+url+`"}`)), url)
			}
			for _, url := range urls.out {
				f := models.AsFault(e.CheckParams([]byte(`{"url": "` + url + `"}`)))
				require.NotNil(t, f, url)
				require.Equal(t, []string{"url"}, f.Field)
				require.Contains(t, f.Message, "the setting --http-targets (STEPCAST_HTTP_TARGETS) does not list it", url)
			}
		})
	}
}

func TestMalformedTargets(t *testing.T) {
	t.Parallel()
	for _, target := range []string{
		"", " ", "**", "*.", "*.*", "a*", "*a.org", "a.*.org", "https://*", "*:80", "*.10.0.0.1", "ftp://a", "://a", "a:0", "a:65536", "a:b", "a:",
		"a:1:2", "::1", "[::1", "[::1]x", "[::1]:", "[10.0.0.1]", "[a]", "me@a", "a?b", "a/b?c", "a/b#c", "a/../b", "a/%2e%2e", "a/%zz", "a b",
		"ä.org", "-a.org", "a..b", "2130706433", "0x7f000001", "10.1", "010.0.0.1", strings.Repeat("a", 64), strings.Repeat("a.", 200), "a\n",
	} {
		err := stepcasthttp.CheckTarget(target)
		if target == "a\n" {
			require.NoError(t, err, "space around it does not count")
			continue
		}
		require.ErrorContains(t, err, "is no target", target)
		require.ErrorContains(t, err, "an entry is *, or host", "it says what is one")
	}
}

func TestTargetsCountAfterVariables(t *testing.T) {
	t.Parallel()
	r := content{
		params: object{"url": "http://${host}/a"}, env: map[string]string{"host": "evil.example"}, options: options("good.example", "*.good.example"),
	}.run(t)
	r.requireFailure(t, models.ErrStartFailed, "Requests to http://evil.example are not allowed: the setting --http-targets")
	require.Empty(t, r.Lines(models.System))
}

func TestOperatorsLearnOfRefusals(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	o := options("good.example")
	o.Logger = slog.New(slog.NewTextHandler(&log, nil))
	c := content{params: object{"url": "http://${host}/a?secret"}, env: map[string]string{"host": "evil.example"}}
	var sink executortest.Sink
	result, err := stepcasthttp.New(o).Execute(t.Context(), c.request(t), &sink)
	require.NoError(t, err)
	require.NotNil(t, result.Failure)
	require.Contains(t, log.String(), "http target refused")
	require.Contains(t, log.String(), "task=690")
	require.Contains(t, log.String(), "http://evil.example")
	require.NotContains(t, log.String(), "secret")
}

func TestNamesMayNotLeadToMetadata(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"169.254.169.254", "169.254.0.1", "fe80::1", "fd00:ec2::254", "100.100.100.200", "::ffff:169.254.1.1"} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			o := options("cloud.test")
			o.Resolver = resolver(address)
			r := content{params: object{"url": "http://cloud.test/"}, options: o}.run(t)
			shown := strings.TrimPrefix(address, "::ffff:")
			r.requireFailure(t, models.ErrStartFailed, "The host leads to "+shown+", a link-local or metadata address")
		})
	}
}

func TestNamesLeadElsewhere(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	require.NoError(t, err)
	o := options("service.test:" + port)
	o.Resolver = resolver("127.0.0.1")
	content{params: object{"url": "http://service.test:" + port}, options: o}.run(t).requireSuccess(t)
}

func TestProxiesAreNotUsed(t *testing.T) {
	proxy := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("nothing may arrive here") })
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	require.NoError(t, err)
	o := options("service.test:" + port)
	o.Resolver = resolver("127.0.0.1")
	content{params: object{"url": "http://service.test:" + port}, options: o}.run(t).requireSuccess(t)
}
