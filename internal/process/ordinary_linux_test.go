package process_test

import (
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOrdinaryUser runs the tests of containment again without the rights of root.
func TestOrdinaryUser(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("not root: the other tests ran as an ordinary user already")
	}
	const nobody = 65534
	cmd := exec.Command("/proc/self/exe",
		"-test.run=^Test(Stop|Kill|Pause|Lease|Dead|Usage|Left|EndMarked)", "-test.parallel=4")
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=/usr/bin:/bin", "TMPDIR=/tmp"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	cmd.WaitDelay = patience
	output, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", output)
	require.NotContains(t, string(output), "no tests to run")
}
