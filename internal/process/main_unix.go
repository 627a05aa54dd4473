//go:build unix

package process

import (
	"runtime"

	"stepcast/internal/process/shim"
)

// Main is the shim when this process was started as one, and does not return then; in
// every other process it returns at once. Each main and TestMain calls it first, and so
// says that its binary may be started again.
func Main() { shim.Main() }

// Containment says which rung this machine reaches: Subreaper, ProcessGroup or
// SingleProcess.
func Containment() string {
	if runtime.GOOS == "linux" {
		return Subreaper
	}
	return ProcessGroup
}
