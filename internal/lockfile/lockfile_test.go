package lockfile_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/internal/lockfile"
)

func TestLock(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	held, err := lockfile.Acquire(path)
	require.NoError(t, err)
	_, err = lockfile.Acquire(path)
	require.ErrorIs(t, err, lockfile.ErrHeld)
	require.NoError(t, held.Release())
	again, err := lockfile.Acquire(path)
	require.NoError(t, err)
	require.NoError(t, again.Release())
	_, err = lockfile.Acquire(filepath.Join(t.TempDir(), "no", "folder", "lock"))
	require.Error(t, err)
	require.NotErrorIs(t, err, lockfile.ErrHeld)
}
