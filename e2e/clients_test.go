package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/executor/executortest"
)

const (
	// clientsFolder holds the scripts, one for each JavaScript client, and their packages.
	clientsFolder = "clients"
	// scriptTime bounds a script, which takes seconds and bounds each of its checks itself.
	scriptTime = 5 * time.Minute
)

// TestClients lets the JavaScript clients that people use work with the server. Each
// script checks one of them.
func TestClients(t *testing.T) {
	t.Parallel()
	needsNode(t)
	s := start(t, "--lease", longLease)
	scripts, err := filepath.Glob(filepath.Join(clientsFolder, "*.js"))
	require.NoError(t, err)
	require.NotEmpty(t, scripts)
	for _, script := range scripts {
		name := filepath.Base(script)
		t.Run(strings.TrimSuffix(name, ".js"), func(t *testing.T) {
			t.Parallel()
			s.runScript(t, name)
		})
	}
}

// runScript runs a script of clientsFolder to its end, or ends it.
func (s *server) runScript(t *testing.T, name string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), scriptTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", name)
	cmd.Dir = clientsFolder
	cmd.Env = append(os.Environ(), "STEPCAST_URL="+s.url, "STEPCAST_TOKEN="+token)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	require.NoError(t, errors.Join(err, ctx.Err()), "%s wrote:\n%s", name, out)
}

// needsNode skips a test without Node.js and the packages of clientsFolder, or fails it
// where STEPCAST_REQUIRE names node.
func needsNode(t *testing.T) {
	t.Helper()
	executortest.Need(t, "node", errors.Join(nodeMissing(), packagesMissing()))
}

// nodeOldest is the oldest major version of Node.js that the clients run on.
const nodeOldest = 18

func nodeMissing() error {
	out, err := exec.Command("node", "--version").Output()
	if err != nil {
		return err
	}
	var major int
	if _, err := fmt.Sscanf(string(out), "v%d.", &major); err != nil {
		return fmt.Errorf("node --version says %q: %w", out, err)
	}
	if major < nodeOldest {
		return fmt.Errorf("this is Node.js %d, and the clients need %d", major, nodeOldest)
	}
	return nil
}

func packagesMissing() error {
	_, err := os.Stat(filepath.Join(clientsFolder, "node_modules"))
	if err != nil {
		return fmt.Errorf("run npm ci in e2e/%s: %w", clientsFolder, err)
	}
	return nil
}
