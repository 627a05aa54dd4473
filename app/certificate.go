package app

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"stepcast/config"
)

// certificateCheck is how often at most the files are looked at: a handshake costs far
// more than that.
const certificateCheck = time.Second

// certificate is the server's certificate and key in PEM files. Whoever renews them
// replaces the files; the handshakes that follow have the new ones.
type certificate struct {
	certFile, keyFile string
	now               func() time.Time
	logger            *slog.Logger

	// mu guards what follows, and is held while the files are read.
	mu      sync.Mutex
	current *tls.Certificate
	// read is what the files were when current was read from them.
	read    [2]fileState
	checked time.Time
	// problem is the last that was logged: one that stays is told once.
	problem string
}

// fileState tells a file from what later has its name.
type fileState struct {
	modified time.Time
	size     int64
}

// newCertificate reads the files for the first time. Its errors name the setting.
func newCertificate(certFile, keyFile string, now func() time.Time, logger *slog.Logger) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, now: now, logger: logger}
	state, err := c.state()
	if err != nil {
		return nil, err
	}
	if c.current, err = c.load(); err != nil {
		return nil, err
	}
	c.read, c.checked = state, now()
	c.warn()
	return c, nil
}

// settings serve TLS with the certificate as it is at each handshake. They are the caller's.
func (c *certificate) settings() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}
}

// get gives the newest certificate that could be read.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); now.Sub(c.checked) >= certificateCheck || now.Before(c.checked) {
		c.checked = now
		c.renew()
	}
	return c.current, nil
}

// renew reads the files again when they have changed. When they cannot be read, or the
// certificate was replaced and its key not yet, the old one goes on.
func (c *certificate) renew() {
	state, err := c.state()
	if err == nil && state == c.read {
		return
	}
	var renewed *tls.Certificate
	if err == nil {
		renewed, err = c.load()
	}
	if err != nil {
		if c.problem != err.Error() {
			c.problem = err.Error()
			c.logger.Warn("the renewed certificate is not used; the one before goes on", "error", err)
		}
		return
	}
	c.current, c.read, c.problem = renewed, state, ""
	c.logger.Info("the certificate was renewed", "until", renewed.Leaf.NotAfter)
	c.warn()
}

// state looks at the files without reading them.
func (c *certificate) state() (state [2]fileState, err error) {
	for i, file := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(file)
		if err != nil {
			return state, &config.FieldError{Field: certificateSettings[i], Err: unreadable(err)}
		}
		state[i] = fileState{info.ModTime(), info.Size()}
	}
	return state, nil
}

// certificateSettings are the settings of the two files.
var certificateSettings = [2]string{"tls-cert", "tls-key"}

// load reads both files.
func (c *certificate) load() (*tls.Certificate, error) {
	var text [2][]byte
	for i, file := range []string{c.certFile, c.keyFile} {
		var err error
		if text[i], err = os.ReadFile(file); err != nil {
			return nil, &config.FieldError{Field: certificateSettings[i], Err: unreadable(err)}
		}
	}
	pair, err := tls.X509KeyPair(text[0], text[1])
	if err != nil {
		return nil, &config.FieldError{Field: certificateSettings[0], Err: fmt.Errorf(
			"%s and the key in %s cannot be used: %w; both are PEM files, and the key is the certificate's own", c.certFile, c.keyFile, err)}
	}
	return &pair, nil
}

func unreadable(err error) error {
	return fmt.Errorf("%w; name a file that this user may read", err)
}

// warn tells of a certificate that clients will refuse. The server goes on all the same:
// whoever renews it may be about to.
func (c *certificate) warn() {
	leaf, now := c.current.Leaf, c.now()
	if now.After(leaf.NotAfter) || now.Before(leaf.NotBefore) {
		c.logger.Warn("clients will refuse the certificate: it is not valid now; replace its files",
			"file", c.certFile, "from", leaf.NotBefore, "until", leaf.NotAfter)
	}
}
