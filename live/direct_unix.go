//go:build unix

package live

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// directWriter writes to a TCP connection without waiting. It is for one goroutine at a
// time, while nobody else writes.
type directWriter struct {
	raw     syscall.RawConn
	attempt func(fd uintptr) bool // made once, so that writing allocates nothing
	frame   []byte
	written int
}

// newDirectWriter gives nil when conn is not TCP.
func newDirectWriter(conn net.Conn) *directWriter {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return nil // what TLS has encrypted it must send
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	d := &directWriter{raw: raw}
	d.attempt = func(fd uintptr) bool {
		n, err := unix.Write(int(fd), d.frame)
		if err != nil {
			n = 0 // full or broken: the sender finds out which
		}
		d.written = n
		return true // do not wait until it can be written
	}
	return d
}

// write gives how many bytes the connection took.
func (d *directWriter) write(frame []byte) int {
	d.frame, d.written = frame, 0
	if err := d.raw.Write(d.attempt); err != nil {
		d.written = 0
	}
	d.frame = nil
	return d.written
}
