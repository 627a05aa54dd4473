//go:build !unix

package e2e

import (
	"errors"

	"github.com/rogpeppe/go-internal/testscript"
)

// openTerminal tries whether there are pseudo-terminals.
func openTerminal() error { return errors.New("this system has no pseudo-terminals") }

func onTerminal(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Fatalf("this system has no pseudo-terminals")
}
