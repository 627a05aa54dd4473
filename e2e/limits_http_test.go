package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// badURLs are queries by GET, and paths, that lead nowhere.
func badURLs(t *testing.T, s *server, _ string) {
	mutation := url.QueryEscape(`mutation { cancelTask(input: {id: "1"}) { task { id } } }`)
	for query, want := range map[string]int{
		"":                                    http.StatusBadRequest,
		"?query=":                             http.StatusBadRequest,
		"?query=%zz":                          http.StatusBadRequest,
		"?query=%ff%fe":                       http.StatusBadRequest,
		"?query=%7B":                          http.StatusOK, // and an error: it was a request
		"?query=%7B__typename%7D&variables=x": http.StatusBadRequest,
		"?query=%7B__typename%7D&variables=%5B%5D":                                   http.StatusBadRequest,
		"?query=%7B__typename%7D&extensions=x":                                       http.StatusBadRequest,
		"?query=%7B__typename%7D&operationName=None":                                 http.StatusOK,
		"?query=" + mutation:                                                         http.StatusMethodNotAllowed,
		"?query=" + url.QueryEscape(`subscription { taskProgress(id: "1") { id } }`): http.StatusOK,
	} {
		status, text, _ := s.get("/graphql"+query, bearer(token)...)
		require.Equal(t, want, status, "%s: %s", query, text)
		var a answer
		require.NoError(t, decode(text, &a), text)
		requireClear(t, query, a)
	}
	for _, path := range []string{
		"/graphql/", "/graphql/x", "/graphiql/../server.go", "/graphiql/%2e%2e/%2e%2e/etc/passwd", "/graphiql/..%2f..%2fetc/passwd",
		"/x", "/healthz/x", "/%00", "/%ff", "/tasks/", "/tasks/x/y", "/imanager2", "/api/rest_j/v2/entrance/1/status",
	} {
		status, body, _ := s.get(path, bearer(token)...)
		require.Equal(t, http.StatusNotFound, status, "%s: %s", path, body)
	}
}

// badHTTP speaks to the port what is no HTTP, or too much of it.
func badHTTP(t *testing.T, s *server, _ string) {
	const host = "Host: stepcast\r\n"
	for name, try := range map[string]struct{ raw, want string }{
		"binary":          {"\x00\x01\x02\xff\xfe\xfd\r\n\r\n", "400"},
		"TLS":             {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "400"},
		"no host":         {"GET / HTTP/1.1\r\n\r\n", "400"},
		"two hosts":       {"GET / HTTP/1.1\r\n" + host + host + "\r\n", "400"},
		"other version":   {"GET / HTTP/9.9\r\n" + host + "\r\n", "505"},
		"no version":      {"GET /\r\n\r\n", "400"},
		"header of NUL":   {"GET / HTTP/1.1\r\n" + host + "X: \x00\r\n\r\n", "400"},
		"no length":       {"POST /graphql HTTP/1.1\r\n" + host + "Content-Length: many\r\n\r\n", "400"},
		"negative length": {"POST /graphql HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n", "400"},
		"two lengths":     {"POST /graphql HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nx", "400"},
		"bad chunks":      {"POST /login HTTP/1.1\r\n" + host + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
		"coded body":      {"POST /graphql HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip\r\n\r\n", "501"},
		"long header":     {"GET / HTTP/1.1\r\n" + host + "X: " + strings.Repeat("x", 200_000) + "\r\n\r\n", "431"},
		"many headers":    {"GET / HTTP/1.1\r\n" + host + strings.Repeat("X-Header: x\r\n", 20_000) + "\r\n", "431"},
		"long address":    {"GET /graphql?query=" + strings.Repeat("x", 200_000) + " HTTP/1.1\r\n" + host + "\r\n", "431"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, s.with(t).raw(try.raw), "HTTP/1.1 "+try.want)
		})
	}
}

// raw sends bytes to the server and gives the first line of its answer.
func (s *server) raw(request string) string {
	s.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	require.NoError(s.t, err)
	defer conn.Close()
	require.NoError(s.t, conn.SetDeadline(time.Now().Add(patience)))
	go func() {
		// The server may close before it has read all: what it says counts.
		_, _ = io.WriteString(conn, request)
	}()
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return fmt.Sprint(line, err)
	}
	return line
}

// badLogin tries the sign-in page's door with bodies that are none.
func badLogin(t *testing.T, s *server, _ string) {
	for _, try := range []struct {
		kind, body string
		status     int
	}{
		{"application/json", "", http.StatusBadRequest},
		{"application/json", "{", http.StatusBadRequest},
		{"application/json", "[]", http.StatusBadRequest},
		{"application/json", `{"name": 1}`, http.StatusBadRequest},
		{"application/json", `{"token": ` + nested("[", "", "]", 20_000) + "}", http.StatusBadRequest},
		{"application/json", `{"token": "` + strings.Repeat("x", 100_000) + `"}`, http.StatusBadRequest},
		{"application/json", `{"token": "` + strings.Repeat("x", 10_000) + `"}`, http.StatusUnauthorized},
		{"application/json", `{"token": "nonsense"}`, http.StatusUnauthorized},
		{"application/json", `{"name": "\u0000", "password": "\u0000"}`, http.StatusUnauthorized},
		{"application/json", `{"name": "admin", "password": "` + strings.Repeat("x", 5000) + `"}`, http.StatusUnauthorized},
		{"application/x-www-form-urlencoded", "token=%zz", http.StatusBadRequest},
		{"application/x-www-form-urlencoded", strings.Repeat("x", 100_000), http.StatusBadRequest},
		{"text/plain", `{"token": "x"}`, http.StatusBadRequest},
		{"", "token=x", http.StatusBadRequest},
		{"; ;", "token=x", http.StatusBadRequest},
	} {
		status, body, header := s.do(http.MethodPost, "/login", try.body, "Content-Type", try.kind)
		require.Equal(t, try.status, status, "%s: %s", shown(try.body), body)
		require.Empty(t, header.Get("Set-Cookie"))
		var said any
		require.NoError(t, decode(body, &said), body)
		require.NotEmpty(t, textAt(said, "error", "message"))
		require.Contains(t, []any{"INVALID", "UNAUTHENTICATED"}, at(said, "error", "code"))
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete} {
		status, _, _ := s.do(method, "/login", "")
		require.Equal(t, http.StatusMethodNotAllowed, status)
	}
	status, page, _ := s.get("/login?token=" + url.QueryEscape(`"><script>alert(1)</script>`))
	require.Equal(t, http.StatusOK, status)
	require.NotContains(t, page, "<script")
}
