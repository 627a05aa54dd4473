package localserver

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

var note = Note{URL: "http://127.0.0.1:8080", Token: "secret", TokenID: 7, TokenName: "local"}

func TestWriteReadRemove(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, Remove(folder), "nothing is there")
	_, err := Read(folder)
	require.ErrorIs(t, err, fs.ErrNotExist)

	require.NoError(t, Write(folder, Note{URL: "http://old"}))
	require.NoError(t, Write(folder, note))
	got, err := Read(folder)
	require.NoError(t, err)
	require.Equal(t, note, got)
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing else is left")
	if runtime.GOOS != "windows" {
		info, err := os.Stat(Path(folder))
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	}

	require.NoError(t, Remove(folder))
	_, err = Read(folder)
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestReadRefusesWhatIsNoNote(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, text := range []string{"", "{}", "[1]", `{"url":1}`, string(make([]byte, noteMax+1))} {
		require.NoError(t, os.WriteFile(Path(folder), []byte(text), 0o600))
		_, err := Read(folder)
		require.ErrorContains(t, err, "is no note of a server")
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	deep := filepath.Join(top, "a", "b", "c")
	require.NoError(t, os.MkdirAll(deep, 0o755))
	_, _, err := Find(deep)
	require.ErrorIs(t, err, fs.ErrNotExist)

	far := filepath.Join(top, FolderDefault)
	require.NoError(t, os.Mkdir(far, 0o700))
	require.NoError(t, Write(far, note))
	folder, got, err := Find(deep)
	require.NoError(t, err)
	require.Equal(t, far, folder)
	require.Equal(t, note, got)

	near := filepath.Join(top, "a", FolderDefault)
	require.NoError(t, os.Mkdir(near, 0o700))
	require.NoError(t, Write(near, Note{URL: "http://near"}))
	folder, _, err = Find(deep)
	require.NoError(t, err)
	require.Equal(t, near, folder)

	if runtime.GOOS != "windows" {
		require.NoError(t, os.Chmod(Path(near), 0o644))
		folder, _, err = Find(deep)
		require.NoError(t, err)
		require.Equal(t, far, folder, "a note that others may touch is passed over")
	}
}
