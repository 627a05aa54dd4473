//go:build unix

package cli

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// signalNumber is the number of a signal as process.Exit names it; 0 for one that has none.
func signalNumber(name string) int {
	if n := unix.SignalNum("SIG" + name); n != 0 {
		return int(n)
	}
	n, _ := strconv.Atoi(name) // one without a name
	return n
}
