//go:build unix

package live_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// openDescriptors counts those of this process.
func openDescriptors(t *testing.T) int {
	entries, err := os.ReadDir("/dev/fd")
	require.NoError(t, err)
	return len(entries)
}
