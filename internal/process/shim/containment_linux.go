package shim

import (
	"os"
	"syscall"
	"unsafe"
)

// Constants of Linux that package syscall lacks.
const (
	prSetChildSubreaper = 36
	clockBoottime       = 7
)

// Path names this binary, even after an upgrade has replaced its file.
func Path() (string, error) { return "/proc/self/exe", nil }

// prepare makes the shim inherit the orphans of the program to come.
func prepare(l Launch) error {
	if l.GroupOnly {
		return nil
	}
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, prSetChildSubreaper, 1, 0); errno != 0 {
		return os.NewSyscallError("become subreaper", errno)
	}
	return nil
}

// newTree is called after the fork of the program.
func newTree(l Launch, child int) tree {
	if l.GroupOnly {
		return &groupTree{group: child}
	}
	return newProcTree(l.Marker)
}

// childAttr gives the program a session of its own, and has it killed when the shim is.
func childAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
}

// ClockNow is a clock in nanoseconds that is the same in every process and goes on
// while the machine is suspended.
func ClockNow() int64 {
	var now syscall.Timespec
	_, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockBoottime, uintptr(unsafe.Pointer(&now)), 0)
	if errno != 0 {
		return 0
	}
	return now.Nano()
}

// maxRSS is the largest resident set in bytes.
func maxRSS(u *syscall.Rusage) int64 { return u.Maxrss * 1024 }
