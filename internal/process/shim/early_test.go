package shim_test

import (
	"go/build"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A package that sorts after this one keeps it, and so each start of a program, waiting
// for most of a large binary to initialise: the reason is in the package comment.
func TestImportsInitialiseEarly(t *testing.T) {
	t.Parallel()
	early := strings.Fields(`bytes encoding/binary errors fmt io math os os/signal runtime
		strconv syscall time unsafe stepcast/internal/process/proctable`)
	for _, dir := range []string{".", "../proctable"} {
		wd, err := os.Getwd()
		require.NoError(t, err)
		pkg, err := build.Default.Import(dir, wd, 0)
		if err != nil {
			require.ErrorAs(t, err, new(*build.NoGoError))
			continue
		}
		for _, name := range pkg.Imports {
			require.True(t, slices.Contains(early, name), "%s imports %s", dir, name)
		}
	}
}
