package cli

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"stepcast/client"
	"stepcast/internal/localserver"
)

// server is what the flags say of which server to talk to.
type server struct {
	url, profile, data string
}

// flags adds the flags that every command has.
func (s *server) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&s.url, "url", "", "the server, such as https://tasks.example.org (or STEPCAST_URL)")
	f.StringVar(&s.profile, "profile", "", "the profile that \"stepcast login\" made (or STEPCAST_PROFILE)")
	f.StringVar(&s.data, "data", "", "the data folder of a server on this machine (or STEPCAST_DATA)")
}

// target is the server that was found, and how to sign in there.
type target struct {
	// from says what named it, for errors.
	from        string
	url         string
	token       string
	session     string
	certificate string
	// folder is the data folder with the note that named it; "" when none did.
	folder string
}

// requestTimeout bounds each request. Streams last longer.
const requestTimeout = time.Minute

// client makes the client of a target.
func (t target) client(e *env, options ...client.Option) (*client.Client, error) {
	hc := &http.Client{Timeout: requestTimeout}
	if t.certificate != "" {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.TLSClientConfig = onlyCertificate(t.certificate)
		hc.Transport = transport
	}
	options = append([]client.Option{
		client.WithHTTPClient(hc), client.WithTokenSource(t.currentToken), client.WithSession(t.session), client.WithLanguage(e.language()),
	}, options...)
	return client.New(t.url, options...)
}

// currentToken is the token that counts now: each start of a server on this machine leaves
// another. While it is down the last one will do.
func (t target) currentToken(context.Context) (string, error) {
	if t.folder == "" {
		return t.token, nil
	}
	note, err := localserver.Read(t.folder)
	if err != nil || note.URL != t.url {
		return t.token, nil
	}
	return note.Token, nil
}

// find looks for the server: flags first, then the environment, then the current profile,
// then the data folder of a server here or in a folder above.
func (e *env) find(s *server) (target, error) {
	token := e.get("STEPCAST_TOKEN")
	t, err := e.named(s)
	if err != nil {
		return target{}, err
	}
	if token != "" {
		t.token, t.session, t.folder = token, "", ""
	}
	return t, nil
}

func (e *env) named(s *server) (target, error) {
	switch {
	case s.url != "":
		return e.atURL(s.url, "--url")
	case s.profile != "":
		return e.fromProfile(s.profile)
	case s.data != "":
		return fromFolder(s.data)
	}
	if url := e.get("STEPCAST_URL"); url != "" {
		return e.atURL(url, "STEPCAST_URL")
	}
	if name := e.get("STEPCAST_PROFILE"); name != "" {
		return e.fromProfile(name)
	}
	if folder := e.get("STEPCAST_DATA"); folder != "" {
		return fromFolder(folder)
	}
	if t, err := e.fromProfile(""); err == nil || !errors.Is(err, errNoProfile) {
		return t, err
	}
	folder, note, err := localserver.Find(workingFolder())
	if errors.Is(err, fs.ErrNotExist) {
		return target{}, fail(ExitUnreachable, errors.New(
			"no server is known: start one with \"stepcast serve\" here, sign in to one with \"stepcast login URL\", or set STEPCAST_URL and STEPCAST_TOKEN"))
	}
	if err != nil {
		return target{}, fail(ExitUnreachable, err)
	}
	return fromNote(folder, note), nil
}

// atURL signs in as the profile that has this URL says, if there is one.
func (e *env) atURL(url, from string) (target, error) {
	t := target{url: url, from: from}
	if e.get("STEPCAST_TOKEN") != "" {
		return t, nil // whatever the profiles say
	}
	file, err := e.readProfiles()
	if err != nil {
		return target{}, err
	}
	for _, p := range file.Profiles {
		if p.URL == cleanURL(url) {
			t.token, t.session = p.Token, p.Session
		}
	}
	return t, nil
}

func fromFolder(folder string) (target, error) {
	note, err := localserver.Read(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return target{}, fail(ExitUnreachable, fmt.Errorf("no server runs on the data folder %s: start it with \"stepcast serve --data %s\"", folder, folder))
	}
	if err != nil {
		return target{}, fail(ExitUnreachable, err)
	}
	return fromNote(folder, note), nil
}

func fromNote(folder string, note localserver.Note) target {
	return target{from: "the data folder " + folder, url: note.URL, token: note.Token, certificate: note.Certificate, folder: folder}
}

// onlyCertificate trusts a server that shows the certificate in this file, whatever it is
// called: it was named by the server itself.
func onlyCertificate(path string) *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, // VerifyConnection does it
		VerifyConnection: func(state tls.ConnectionState) error {
			text, err := os.ReadFile(path)
			if err != nil {
				return fmt.Errorf("read the server's certificate: %w", err)
			}
			block, _ := pem.Decode(text)
			if block == nil || len(state.PeerCertificates) == 0 || !bytes.Equal(block.Bytes, state.PeerCertificates[0].Raw) {
				return fmt.Errorf("the server does not show the certificate in %s", path)
			}
			return nil
		},
	}
}
