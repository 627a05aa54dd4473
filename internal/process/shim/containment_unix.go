//go:build unix && !linux

package shim

import (
	"os"
	"runtime"
	"syscall"
	"time"
)

// Path names this binary.
func Path() (string, error) { return os.Executable() }

func prepare(Launch) error { return nil }

func newTree(_ Launch, child int) tree { return &groupTree{group: child} }

func childAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// ClockNow is a clock in nanoseconds that is the same in every process.
func ClockNow() int64 { return time.Now().UnixNano() }

// maxRSS is the largest resident set in bytes.
func maxRSS(u *syscall.Rusage) int64 {
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(u.Maxrss)
	}
	return int64(u.Maxrss) * 1024
}
