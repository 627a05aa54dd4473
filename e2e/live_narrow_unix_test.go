//go:build unix

package e2e

import "syscall"

// narrow makes the buffer small before the connection is made: a window that was once
// larger is waited for again, by the kernel of the server, long after its reader has read.
func narrow(_, _ string, conn syscall.RawConn) (err error) {
	if failed := conn.Control(func(fd uintptr) {
		err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, narrowBuffer)
	}); failed != nil {
		return failed
	}
	return err
}
