package script_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/executor/script"
)

// TestRemoveWork removes what a script closed against itself and left with a server that
// was killed.
func TestRemoveWork(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "work")
	shut := filepath.Join(root, "5-1-2-1-x", "shut")
	require.NoError(t, os.MkdirAll(shut, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(shut, "file"), nil, 0o600))
	require.NoError(t, os.Chmod(shut, 0))
	require.NoError(t, script.RemoveWork(root))
	require.NoDirExists(t, root)
	require.NoError(t, script.RemoveWork(root), "nothing is there")
}
