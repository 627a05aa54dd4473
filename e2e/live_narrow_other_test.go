//go:build !unix

package e2e

import "syscall"

// narrow does nothing where no test needs it.
func narrow(_, _ string, _ syscall.RawConn) error { return nil }
