//go:build unix

package shim

import (
	"syscall"
	"time"
)

// reap takes in whoever died: the program, and the orphans that a subreaper inherits.
func (k *keeper) reap() {
	for {
		var status syscall.WaitStatus
		var usage syscall.Rusage
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, &usage)
		if err == syscall.EINTR {
			continue
		}
		k.childless = err == syscall.ECHILD
		if err != nil || pid == 0 {
			return
		}
		k.reaped += time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
		k.usage.MaxRSS = max(k.usage.MaxRSS, maxRSS(&usage))
		if pid == k.child {
			k.status = &status
		}
	}
}

// sample brings the usage up to date. CPU never goes back: between two reads a process
// may end whose parent was read before.
func (k *keeper) sample() Usage {
	live := k.tree.usage()
	u := &k.usage
	u.CPU = max(u.CPU, k.reaped+live.CPU)
	u.RSS, u.MaxRSS = live.RSS, max(u.MaxRSS, live.RSS)
	u.Processes = live.Processes
	return *u
}
