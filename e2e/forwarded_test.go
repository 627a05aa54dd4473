package e2e

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// failAs fails to sign in from an address, as a proxy on this machine tells it.
func (s *server) failAs(address string) (status int) {
	s.t.Helper()
	status, _, _ = s.do(http.MethodPost, "/login", `{"name": "admin", "password": "wrong password"}`,
		"Content-Type", "application/json", "X-Forwarded-For", address)
	return status
}

// TestTrustedProxy counts failed sign-ins by client, not by proxy, where the proxy is
// known; and by who sends the request where it is not.
func TestTrustedProxy(t *testing.T) {
	t.Parallel()
	s := startIn(t, []string{"STEPCAST_ADMIN_PASSWORD=" + password}, "--no-worker", "--trusted-proxies", "127.0.0.0/8")
	tries := 0
	until(t, "a wait for who guesses", func() bool {
		tries++
		return s.failAs("192.0.2.1") == http.StatusTooManyRequests
	})
	require.Greater(t, tries, 1)
	require.Equal(t, http.StatusUnauthorized, s.failAs("192.0.2.2"), "another client has not failed yet")
	require.Equal(t, http.StatusTooManyRequests, s.failAs("192.0.2.3, 192.0.2.1"), "what the client made up does not count")

	credentials := `{"userName": "admin", "password": "` + password + `"}`
	for proto, secure := range map[string]bool{"https": true, "http": false} {
		status, body, header := s.do(http.MethodPost, "/api/rest_j/v1/user/login", credentials,
			"Content-Type", "application/json", "X-Forwarded-For", "192.0.2.9", "X-Forwarded-Proto", proto)
		require.Equal(t, http.StatusOK, status, body)
		require.Equal(t, secure, (&http.Response{Header: header}).Cookies()[0].Secure, proto)
	}
	require.Contains(t, s.log.String(), "192.0.2.9", "the log names the client")
}

// TestUnknownProxy believes nobody by default.
func TestUnknownProxy(t *testing.T) {
	t.Parallel()
	s := startIn(t, []string{"STEPCAST_ADMIN_PASSWORD=" + password}, "--no-worker")
	tries := 0
	until(t, "a wait for who makes up addresses", func() bool {
		tries++
		return s.failAs(fmt.Sprintf("192.0.2.%d", tries%250)) == http.StatusTooManyRequests
	})
	status, _, header := s.do(http.MethodPost, "/api/rest_j/v1/user/login", `{"userName": "admin", "password": "`+password+`"}`,
		"Content-Type", "application/json", "X-Forwarded-Proto", "https", "X-Forwarded-For", "192.0.2.251")
	require.Equal(t, http.StatusTooManyRequests, status)
	require.Empty(t, header.Get("Set-Cookie"))
}
