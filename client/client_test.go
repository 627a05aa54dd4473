package client

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestNewRefusesBadArguments(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		url  string
		opts []Option
	}{
		"no scheme":        {"127.0.0.1:8080", nil},
		"other scheme":     {"ftp://host", nil},
		"no host":          {"http://", nil},
		"query":            {"http://host?x=1", nil},
		"fragment":         {"http://host#x", nil},
		"unreadable":       {"http://host:port", nil},
		"nil HTTP client":  {"http://host", []Option{WithHTTPClient(nil)}},
		"nil token source": {"http://host", []Option{WithTokenSource(nil)}},
		"nil backoff":      {"http://host", []Option{WithBackoff(nil)}},
		"no keep-alive":    {"http://host", []Option{WithKeepAlive(0)}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c, err := New(tc.url, tc.opts...); err == nil {
				t.Errorf("New(%q) = %+v, want an error", tc.url, c)
			}
		})
	}
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	cases := []struct{ base, endpoint, socket string }{
		{"http://host:8080", "http://host:8080/graphql", "ws://host:8080/graphql"},
		{"https://host/", "https://host/graphql", "wss://host/graphql"},
		{"https://host/stepcast/", "https://host/stepcast/graphql", "wss://host/stepcast/graphql"},
	}
	for _, tc := range cases {
		c, err := New(tc.base)
		if err != nil {
			t.Fatal(err)
		}
		if c.endpoint != tc.endpoint || c.socket != tc.socket {
			t.Errorf("%s: %s and %s", tc.base, c.endpoint, c.socket)
		}
	}
}

func TestRequestsCarryTokenAndLanguage(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.answer = func(request) any {
		return map[string]any{"data": map[string]any{"viewer": map[string]any{"name": "ann", "role": "MEMBER"}}}
	}
	c := s.client(WithToken("secret"), WithLanguage("zh-CN"))

	viewer, err := c.Viewer(within(t))
	if err != nil || viewer.Name != "ann" || viewer.Role != RoleMember {
		t.Fatalf("Viewer = %+v, %v", viewer, err)
	}
	r := <-s.requests
	for header, want := range map[string]string{
		"Authorization": "Bearer secret", "Accept-Language": "zh-CN",
		"Content-Type": "application/json", "Accept": "application/graphql-response+json, application/json;q=0.9",
	} {
		if got := r.Header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}

	stream := c.WatchProgress(t.Context(), "690")
	defer stream.Close()
	p := s.accept()
	if got := p.acknowledge(); got != `{"Authorization":"Bearer secret"}` {
		t.Errorf("connection_init payload %s", got)
	}
	if got := p.handshake.Header.Get("Accept-Language"); got != "zh-CN" {
		t.Errorf("handshake language %q", got)
	}
	if p.handshake.Header.Get("Authorization") != "" {
		t.Error("the token is in the handshake, where proxies log it")
	}
	p.subscription()
	p.complete()
}

func TestTokenSourceThatFails(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	broken := errors.New("vault is sealed")
	c := s.client(WithTokenSource(func(context.Context) (string, error) { return "", broken }))
	if _, err := c.Viewer(within(t)); !errors.Is(err, broken) {
		t.Errorf("Viewer: %v", err)
	}
	stream := c.WatchProgress(t.Context(), "690")
	if err := mustEnd(t, stream); !errors.Is(err, broken) {
		t.Errorf("stream: %v", err)
	}
	if err := (&Worker{Client: c}).Run(within(t)); !errors.Is(err, broken) {
		t.Errorf("worker: %v", err)
	}
}

// TestStreamsReachTheServerAsRequestsDo: over TLS that only the HTTP client trusts.
func TestStreamsReachTheServerAsRequestsDo(t *testing.T) {
	t.Parallel()
	s := blankServer(t)
	hs := httptest.NewTLSServer(s)
	t.Cleanup(hs.Close)
	s.url, s.http = hs.URL, hs.Client()
	s.answer = func(request) any { return map[string]any{"data": map[string]any{"runTypes": []any{}}} }
	c := s.client()
	// The first request over TLS makes net/http add h2 to the configuration.
	if _, err := c.RunTypes(within(t)); err != nil {
		t.Fatal(err)
	}
	stream := c.WatchProgress(t.Context(), "690")
	p, _ := s.open()
	p.complete()
	if err := mustEnd(t, stream); err != nil {
		t.Error(err)
	}
}

func TestDoTellsErrorsApart(t *testing.T) {
	t.Parallel()
	answer := func(status int, body string, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if len(header) > 0 {
				w.Header().Set(header[0], header[1])
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	cases := map[string]struct {
		handler http.HandlerFunc
		check   func(error) bool
	}{
		"refused": {
			answer(401, `{"errors":[{"message":"sign in","extensions":{"code":"UNAUTHENTICATED"}}]}`),
			func(err error) bool { return CodeOf(err) == CodeUnauthenticated },
		},
		"without a code": {
			answer(200, `{"data":null,"errors":[{"message":"bug","path":["task","steps",0]}]}`),
			func(err error) bool {
				var e *Error
				return errors.As(err, &e) && e.Code == CodeInternal && e.Error() == "INTERNAL task.steps.0: bug"
			},
		},
		"several": {
			answer(200, `{"errors":[{"message":"a","extensions":{"code":"BAD_USER_INPUT"}},{"message":"b"}]}`),
			func(err error) bool {
				return CodeOf(err) == CodeBadUserInput && strings.Contains(err.Error(), "INTERNAL: b")
			},
		},
		"limited": {
			answer(200, `{"errors":[{"message":"later","extensions":{"code":"UNAVAILABLE","retryAfterSeconds":3}}]}`),
			func(err error) bool { return advised(err) == 3*time.Second && passing(err) },
		},
		"a proxy's page": {
			answer(503, "<html>away", "Retry-After", "7"),
			func(err error) bool {
				var e *HTTPError
				return errors.As(err, &e) && e.Status == 503 && advised(err) == 7*time.Second &&
					e.Error() == "HTTP 503 Service Unavailable: <html>away"
			},
		},
		"an empty refusal": {
			answer(404, ""),
			func(err error) bool { return err.Error() == "HTTP 404 Not Found" && !passing(err) },
		},
		"JSON that is not GraphQL": {
			answer(200, `{"ok":true}`),
			func(err error) bool { return errors.Is(err, ErrProtocol) },
		},
		"not JSON": {
			answer(200, `hello`),
			func(err error) bool { return errors.Is(err, ErrProtocol) },
		},
		"data of another shape": {
			answer(200, `{"data":{"viewer":[1]}}`),
			func(err error) bool { return errors.Is(err, ErrProtocol) },
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hs := httptest.NewServer(tc.handler)
			defer hs.Close()
			c, err := New(hs.URL, WithHTTPClient(hs.Client()))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Viewer(within(t)); err == nil || !tc.check(err) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestDoDecodesBesideErrors(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.answer = func(request) any {
		return map[string]any{
			"data":   map[string]any{"a": 1},
			"errors": []any{map[string]any{"message": "b is broken", "extensions": map[string]any{"code": "INTERNAL"}}},
		}
	}
	var data struct{ A int }
	err := s.client().Do(within(t), "{ a b }", nil, &data)
	if CodeOf(err) != CodeInternal || data.A != 1 {
		t.Errorf("data %+v, error %v", data, err)
	}
	if err := s.client().Do(within(t), "{ a b }", map[string]any{"x": func() {}}, nil); err == nil {
		t.Error("variables that cannot be encoded were sent")
	}
}
