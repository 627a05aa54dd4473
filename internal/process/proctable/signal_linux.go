package proctable

import "syscall"

// System calls newer than package syscall, which is all that may be imported here. The
// numbers are those of every architecture but mips, where the fallback is used.
const (
	sysPidfdSendSignal = 424
	sysPidfdOpen       = 434
)

// Signal sends to exactly this process and says whether it was delivered.
func (p Process) Signal(sig syscall.Signal) bool {
	fd, _, errno := syscall.Syscall(sysPidfdOpen, uintptr(p.Pid), 0, 0)
	if errno == syscall.ENOSYS || errno == syscall.EPERM {
		// Linux before 5.3, or a sandbox that does not know pidfd.
		return syscall.Kill(p.Pid, sig) == nil
	}
	if errno != 0 {
		return false
	}
	defer syscall.Close(int(fd))
	// The descriptor is of whoever has the pid now; is that still p?
	if now, ok := Read(p.Pid); !ok || now.Start != p.Start {
		return false
	}
	_, _, errno = syscall.Syscall6(sysPidfdSendSignal, fd, uintptr(sig), 0, 0, 0, 0)
	return errno == 0
}

// SignalGroups sends to the process groups of these processes. Unlike one signal each,
// a signal to a group also reaches what its members fork in that moment. The groups
// must hold nobody else.
func SignalGroups(members []Process, sig syscall.Signal) {
	done := map[int]bool{0: true, 1: true, syscall.Getpgrp(): true}
	for _, p := range members {
		if !done[p.Group] {
			done[p.Group] = true
			_ = syscall.Kill(-p.Group, sig)
		}
	}
}
