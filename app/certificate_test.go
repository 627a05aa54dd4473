package app

import (
	"bytes"
	"crypto/tls"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/internal/certtest"
)

// renewal is a certificate in files that a test replaces, at a time that it moves.
type renewal struct {
	*certificate
	t   *testing.T
	at  time.Time
	log bytes.Buffer
}

func newRenewal(t *testing.T, first certtest.Pair) *renewal {
	t.Helper()
	r := &renewal{t: t, at: time.Now()}
	logger := slog.New(slog.NewTextHandler(&r.log, nil))
	c, err := newCertificate(first.CertFile, first.KeyFile, func() time.Time { return r.at }, logger)
	require.NoError(t, err)
	r.certificate = c
	return r
}

// replace puts a file in the place of another, as if later.
func (r *renewal) replace(path, by string) {
	r.t.Helper()
	text, err := os.ReadFile(by)
	require.NoError(r.t, err)
	require.NoError(r.t, os.WriteFile(path, text, 0o600))
	r.touch(path)
}

// touch makes a file newer than it was, which file systems with coarse times may not.
func (r *renewal) touch(path string) {
	r.t.Helper()
	info, err := os.Stat(path)
	require.NoError(r.t, err)
	later := info.ModTime().Add(time.Second)
	require.NoError(r.t, os.Chtimes(path, later, later))
}

// serves checks which certificate a handshake gets.
func (r *renewal) serves(want certtest.Pair, why string) {
	r.t.Helper()
	got, err := r.get(&tls.ClientHelloInfo{})
	require.NoError(r.t, err)
	require.True(r.t, want.Leaf.Equal(got.Leaf), why)
}

func TestCertificateIsRenewed(t *testing.T) {
	t.Parallel()
	first, second := certtest.New(t), certtest.New(t)
	r := newRenewal(t, first)
	r.serves(first, "as it was read")
	r.replace(r.certFile, second.CertFile)
	r.replace(r.keyFile, second.KeyFile)
	r.serves(first, "the files are not looked at more than once a second")
	r.at = r.at.Add(certificateCheck)
	r.serves(second, "renewed")
	require.Equal(t, 1, strings.Count(r.log.String(), "the certificate was renewed"))
}

// Between the two files the old pair goes on; the trouble is told once.
func TestCertificateIsHalfRenewed(t *testing.T) {
	t.Parallel()
	first, second := certtest.New(t), certtest.New(t)
	r := newRenewal(t, first)
	r.replace(r.certFile, second.CertFile)
	for range 3 {
		r.at = r.at.Add(certificateCheck)
		r.serves(first, "the key is still the old one")
	}
	require.Equal(t, 1, strings.Count(r.log.String(), "the one before goes on"))
	r.replace(r.keyFile, second.KeyFile)
	r.at = r.at.Add(certificateCheck)
	r.serves(second, "both are there")
}

func TestCertificateIsGone(t *testing.T) {
	t.Parallel()
	first := certtest.New(t)
	r := newRenewal(t, first)
	require.NoError(t, os.Remove(r.certFile))
	r.at = r.at.Add(certificateCheck)
	r.serves(first, "what was read goes on")
	require.Contains(t, r.log.String(), "--tls-cert")
}

func TestCertificateOutOfItsTime(t *testing.T) {
	t.Parallel()
	now := time.Now()
	expired := certtest.Valid(t, now.Add(-2*time.Hour), now.Add(-time.Hour))
	r := newRenewal(t, expired)
	require.Contains(t, r.log.String(), "clients will refuse the certificate")
	r.serves(expired, "the server starts all the same")

	early := certtest.Valid(t, now.Add(time.Hour), now.Add(2*time.Hour))
	require.Contains(t, newRenewal(t, early).log.String(), "clients will refuse the certificate")
	fresh := newRenewal(t, certtest.New(t))
	require.Empty(t, fresh.log.String())
}

func TestCertificateCannotBeRead(t *testing.T) {
	t.Parallel()
	one, other := certtest.New(t), certtest.New(t)
	nowhere := filepath.Join(t.TempDir(), "none.pem")
	for name, tt := range map[string]struct {
		cert, key string
		want      []string
	}{
		"no certificate":  {nowhere, one.KeyFile, []string{"--tls-cert (STEPCAST_TLS_CERT", nowhere, "name a file that this user may read"}},
		"no key":          {one.CertFile, nowhere, []string{"--tls-key (STEPCAST_TLS_KEY", nowhere, "name a file that this user may read"}},
		"folder":          {filepath.Dir(nowhere), one.KeyFile, []string{"--tls-cert", "name a file"}},
		"another's key":   {one.CertFile, other.KeyFile, []string{"--tls-cert", one.CertFile, other.KeyFile, "private key does not match", "the certificate's own"}},
		"the wrong way":   {one.KeyFile, one.CertFile, []string{"--tls-cert", "PEM"}},
		"no PEM":          {"certificate.go", one.KeyFile, []string{"--tls-cert", "PEM"}},
		"certificate two": {one.CertFile, one.CertFile, []string{"--tls-cert", "PEM"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := newCertificate(tt.cert, tt.key, time.Now, slog.New(slog.DiscardHandler))
			for _, want := range tt.want {
				require.ErrorContains(t, err, want)
			}
		})
	}
}
