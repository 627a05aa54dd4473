package e2e

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/client"
	"stepcast/internal/certtest"
	"stepcast/internal/localserver"
)

// TestNote: a server that runs leaves a note with a token of the admin; it ends with the
// server, and that of a server that was killed with the next start.
func TestNote(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	each(t, func(t *testing.T, s *server) {
		viewer := func(note localserver.Note) (*client.Viewer, error) {
			c, err := client.New(s.url, client.WithToken(note.Token))
			require.NoError(t, err)
			return c.Viewer(t.Context())
		}
		first, err := localserver.Read(s.data)
		require.NoError(t, err)
		require.Equal(t, s.url, first.URL)
		v, err := viewer(first)
		require.NoError(t, err)
		require.Equal(t, "admin", v.Name)

		s.kill9()
		s.run()
		second, err := localserver.Read(s.data)
		require.NoError(t, err)
		require.NotEqual(t, first.Token, second.Token)
		_, err = viewer(first)
		require.Equal(t, client.CodeUnauthenticated, client.CodeOf(err), "the token of the killed one")
		_, err = viewer(second)
		require.NoError(t, err)

		require.Zero(t, s.stop())
		_, err = localserver.Read(s.data)
		require.True(t, errors.Is(err, fs.ErrNotExist), "%v", err)
		s.run()
		_, err = viewer(second)
		require.Equal(t, client.CodeUnauthenticated, client.CodeOf(err), "the token of the stopped one")
	})
}

// TestNoteOverTLS: the commands trust the certificate that the note names, and no other.
func TestNoteOverTLS(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	pair := certtest.New(t)
	s := startTLS(t, pair, nil)
	r := runToEnd(t, command(t, "run", "-q", "--data", s.data, "--", "echo hello"))
	require.Equal(t, ran{0, "hello\n", ""}, r)

	note, err := localserver.Read(s.data)
	require.NoError(t, err)
	require.Equal(t, pair.CertFile, note.Certificate)
	note.Certificate = certtest.New(t).CertFile
	require.NoError(t, localserver.Write(s.data, note))
	r = runToEnd(t, command(t, "ls", "--data", s.data))
	require.Equal(t, 116, r.exit, r.stderr)
	require.Contains(t, r.stderr, "does not show the certificate in "+note.Certificate)
}
