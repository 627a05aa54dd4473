package e2e

import (
	"crypto/tls"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/client"
	"stepcast/internal/certtest"
)

// startTLS is startIn with a certificate, which the clients of the test trust.
func startTLS(t *testing.T, pair certtest.Pair, env []string, args ...string) *server {
	t.Helper()
	s := startIn(t, env, append([]string{"--tls-cert", pair.CertFile, "--tls-key", pair.KeyFile}, args...)...)
	s.secure = &tls.Config{RootCAs: pair.Roots}
	return s
}

// at is the server under another of its addresses.
func (s *server) at(url string) *server {
	other := *s
	other.url = url
	return &other
}

// handshake gives the certificate and the version of TLS that a connection gets.
func (s *server) handshake(t *testing.T, config *tls.Config) (tls.ConnectionState, error) {
	t.Helper()
	conn, err := tls.DialWithDialer(&net.Dialer{Timeout: patience}, "tcp", strings.TrimPrefix(s.url, "https://"), config)
	if err != nil {
		return tls.ConnectionState{}, err
	}
	defer conn.Close()
	return conn.ConnectionState(), nil
}

// TestHTTPS serves everything over TLS: HTTP/2 where clients have it, WebSockets too.
func TestHTTPS(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	s := startTLS(t, certtest.New(t), nil)
	require.Regexp(t, `^https://127\.0\.0\.1:[1-9]\d*$`, s.url)

	answer, err := s.httpClient().Get(s.url + "/healthz")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, []int{http.StatusOK, 2}, []int{answer.StatusCode, answer.ProtoMajor})

	task, err := s.client().Submit(t.Context(), sh("echo done"))
	require.NoError(t, err)
	watching := s.client().WatchProgress(t.Context(), task.ID)
	defer watching.Close()
	last := task
	for !last.Status.Final() {
		last, err = watching.Next(t.Context())
		require.NoError(t, err)
	}
	require.Equal(t, client.StatusSucceeded, last.Status)

	w := s.socket(t, token)
	w.subscribe("1", `subscription($id: ID!) { taskProgress(id: $id) { status } }`, object{"id": task.ID})
	said, ended := w.answer()
	require.False(t, ended)
	require.Empty(t, said.Errors)
	require.Equal(t, "SUCCEEDED", said.Data["taskProgress"].(object)["status"])
}

// TestHTTPSRefuses what is not safe, and what is not TLS.
func TestHTTPSRefuses(t *testing.T) {
	t.Parallel()
	s := startTLS(t, certtest.New(t), nil, "--no-worker")
	old := s.secure.Clone()
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	_, err := s.handshake(t, old)
	require.ErrorContains(t, err, "protocol version")
	_, err = s.handshake(t, nil)
	require.Error(t, err, "who does not know the certificate is not fooled")
	status, body, _ := s.at("http" + strings.TrimPrefix(s.url, "https")).get("/healthz")
	require.Equal(t, http.StatusBadRequest, status)
	require.Contains(t, body, "HTTPS server")
}

// TestHTTPSCookies signs in at each door: over TLS the browser is told to keep the
// cookie to TLS, beside it over plain HTTP it is not.
func TestHTTPSCookies(t *testing.T) {
	t.Parallel()
	s := startTLS(t, certtest.New(t), []string{"STEPCAST_ADMIN_PASSWORD=" + password}, "--no-worker", "--addr", "http://127.0.0.1:0")
	until(t, "two addresses", func() bool { return len(s.addresses()) == 2 })
	require.True(t, strings.HasPrefix(s.addresses()[0], "https://"), s.addresses())
	require.True(t, strings.HasPrefix(s.addresses()[1], "http://"), s.addresses())
	for _, url := range s.addresses() {
		door := s.at(url)
		for path, try := range map[string]struct{ body, cookie string }{
			"/login":                          {`{"name": "admin", "password": "` + password + `"}`, webCookie},
			"/api/rest_j/v1/user/login":       {`{"userName": "admin", "password": "` + password + `"}`, linkisCookie},
			"/imanager/security/tokens.json":  {`{"username": "admin", "password": "` + password + `"}`, imanagerCookie},
			"/imanager/cloud/security/tokens": {`{"username": "admin", "password": "` + password + `"}`, imanagerCookie},
		} {
			status, body, header := door.do(http.MethodPost, path, try.body, "Content-Type", "application/json", "X-Forwarded-Proto", "https")
			require.Equal(t, http.StatusOK, status, body)
			set := (&http.Response{Header: header}).Cookies()
			require.Len(t, set, 1)
			require.Equal(t, []any{try.cookie, strings.HasPrefix(url, "https://"), true}, []any{set[0].Name, set[0].Secure, set[0].HttpOnly}, url+path)
		}
	}
	cookie, _ := s.signInAt("/api/rest_j/v1/user/login", `{"userName": "admin", "password": "`+password+`"}`, linkisCookie)
	status, said := s.callLinkis(http.MethodGet, "user/userInfo", "", cookie...)
	require.Equal(t, []any{http.StatusOK, "admin"}, []any{status, said.Data["userName"]})
}

// TestHTTPSLinks prints links that lead to the server: at the first start, and with
// login-link, while it runs and while it does not.
func TestHTTPSLinks(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	pair := certtest.New(t)
	s := startTLS(t, pair, []string{"STEPCAST_ADMIN_TOKEN="}, "--no-worker")
	_, link, found := strings.Cut(s.log.String(), "Sign in as admin (once, until ")
	require.True(t, found, s.log)
	link = strings.Fields(link)[1]
	require.True(t, strings.HasPrefix(link, s.url+"/login?token="), link)
	status, cookie := s.redeem(link)
	require.Equal(t, http.StatusOK, status)
	s.requireViewer(cookie, "admin", "ADMIN")

	made := s.loginLink(t)
	require.True(t, strings.HasPrefix(made.stdout, s.url+"/login?token="), made.stdout)
	s.requireOnce(t, strings.TrimSpace(made.stdout), "admin", "ADMIN")
	require.Zero(t, s.stop())
	for addr, want := range map[string]string{"0.0.0.0:8443": "https://localhost:8443", "http://127.0.0.1:80": "http://127.0.0.1:80"} {
		made = s.loginLink(t, "--addr", addr, "--addr", "https://127.0.0.1:1", "--tls-cert", pair.CertFile, "--tls-key", pair.KeyFile)
		require.True(t, strings.HasPrefix(made.stdout, want+"/login?token="), made.stdout+made.stderr)
	}
}

// TestHTTPSRenewal replaces the certificate of a running server: those who come after
// that get the new one, and a socket that is open stays.
func TestHTTPSRenewal(t *testing.T) {
	t.Parallel()
	first, second := certtest.New(t), certtest.New(t)
	s := startTLS(t, first, nil, "--no-worker")
	open := s.socket(t, token)
	state, err := s.handshake(t, s.secure)
	require.NoError(t, err)
	require.True(t, first.Leaf.Equal(state.PeerCertificates[0]))
	for from, to := range map[string]string{second.KeyFile: first.KeyFile, second.CertFile: first.CertFile} {
		require.NoError(t, os.Rename(from, to))
	}
	s.secure = &tls.Config{RootCAs: second.Roots}
	until(t, "the new certificate", func() bool {
		state, err := s.handshake(t, s.secure)
		return err == nil && second.Leaf.Equal(state.PeerCertificates[0])
	})
	_, err = s.client().Viewer(t.Context())
	require.NoError(t, err)
	open.send(frame{Type: "ping"})
	require.Equal(t, "pong", open.next().Type)
}

// TestHTTPSExpired serves on with a certificate that has expired, and says so.
func TestHTTPSExpired(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := startTLS(t, certtest.Valid(t, now.Add(-2*time.Hour), now.Add(-time.Hour)), nil, "--no-worker")
	require.Contains(t, s.log.String(), "clients will refuse the certificate")
	_, err := s.handshake(t, s.secure)
	require.ErrorContains(t, err, "expired")
}

// TestStartRefusedTLS starts with what cannot be a certificate.
func TestStartRefusedTLS(t *testing.T) {
	t.Parallel()
	one, other := certtest.New(t), certtest.New(t)
	nowhere := filepath.Join(t.TempDir(), "none.pem")
	for name, try := range map[string]struct{ args, words []string }{
		"no key":        {[]string{"--tls-cert", one.CertFile}, []string{"--tls-cert", "without a key", "--tls-key"}},
		"no file":       {[]string{"--tls-cert", nowhere, "--tls-key", one.KeyFile}, []string{"--tls-cert", nowhere, "name a file"}},
		"another's key": {[]string{"--tls-cert", one.CertFile, "--tls-key", other.KeyFile}, []string{other.KeyFile, "does not match"}},
		"no pair":       {[]string{"--addr", "https://127.0.0.1:0"}, []string{"--addr", "needs a certificate"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join(t.TempDir(), "data")
			requireRefused(t, runToEnd(t, command(t, append([]string{"--data", folder}, try.args...)...)), try.words...)
			_, err := os.Stat(folder)
			require.ErrorIs(t, err, os.ErrNotExist, "nothing was begun")
		})
	}
}
