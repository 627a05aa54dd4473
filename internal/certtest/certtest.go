// Package certtest makes certificates for tests that serve HTTPS on this machine.
package certtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Pair is a certificate that signed itself, for localhost, 127.0.0.1 and ::1, in PEM files.
type Pair struct {
	CertFile, KeyFile string
	Leaf              *x509.Certificate
	// Roots trusts it.
	Roots *x509.CertPool
}

// New makes a certificate that is valid now.
func New(t testing.TB) Pair {
	t.Helper()
	return Valid(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
}

// Valid makes a certificate that is valid from one time until another.
func Valid(t testing.TB, from, until time.Time) Pair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 100))
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "localhost"}, NotBefore: from, NotAfter: until,
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	p := Pair{Leaf: leaf, Roots: x509.NewCertPool()}
	p.Roots.AddCert(leaf)
	dir := t.TempDir()
	p.CertFile = write(t, filepath.Join(dir, "cert.pem"), "CERTIFICATE", der)
	p.KeyFile = write(t, filepath.Join(dir, "key.pem"), "PRIVATE KEY", private)
	return p
}

func write(t testing.TB, path, kind string, der []byte) string {
	t.Helper()
	text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	require.NoError(t, os.WriteFile(path, text, 0o600))
	return path
}
