package live

import (
	"net"

	"golang.org/x/sys/unix"
)

// unacknowledged is how many bytes of what was written the peer's kernel has not
// taken yet; 0 when that cannot be known. A full buffer takes the next byte only when
// a third of it is free: this number moves long before.
func unacknowledged(conn net.Conn) int {
	tcp := tcpOf(conn)
	if tcp == nil {
		return 0
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return 0
	}
	waiting := 0
	if err := raw.Control(func(fd uintptr) {
		if n, err := unix.IoctlGetInt(int(fd), unix.SIOCOUTQ); err == nil {
			waiting = n
		}
	}); err != nil {
		return 0
	}
	return waiting
}
