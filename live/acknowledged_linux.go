package live

import (
	"net"

	"golang.org/x/sys/unix"
)

// acknowledged is how many bytes the peer's kernel has taken on this connection so far; 0
// when that cannot be known. A full send buffer takes the next byte only when a third of
// it is free: this number moves long before.
func acknowledged(conn net.Conn) (bytes uint64) {
	tcp := tcpOf(conn)
	if tcp == nil {
		return 0
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return 0
	}
	if err := raw.Control(func(fd uintptr) {
		if info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO); err == nil {
			bytes = info.Bytes_acked
		}
	}); err != nil {
		return 0
	}
	return bytes
}
