package main

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// portsPerSource is how many connections share a source address: fewer than the ports
// that Linux gives out by itself.
const portsPerSource = 20_000

// sourceOf is the address that a connection comes from: 127.0.0.1, then 127.0.0.2, …
func sourceOf(number int) [4]byte { return [4]byte{127, 0, 0, byte(1 + number/portsPerSource)} }

// A socket of a narrow connection is like one to a far reader: its buffers hold little,
// those of the server's side included, which grow with the size of a segment.
const (
	narrowSegment = 1400
	narrowBuffer  = 8 << 10
)

// dial opens a connection to the server and gives its descriptor, which does not block.
func dial(server netip.AddrPort, number int, narrow bool) (fd int, err error) {
	fd, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("open a socket: %w", err)
	}
	defer func() {
		if err != nil {
			_ = unix.Close(fd)
			fd = -1
		}
	}()
	options := []struct{ level, name, value int }{
		{unix.IPPROTO_TCP, unix.TCP_NODELAY, 1},
		// The port is chosen when the peer is known: then only pairs have to differ.
		{unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1},
	}
	if narrow {
		options = append(options, []struct{ level, name, value int }{
			{unix.IPPROTO_TCP, unix.TCP_MAXSEG, narrowSegment},
			{unix.SOL_SOCKET, unix.SO_RCVBUF, narrowBuffer},
		}...)
	}
	for _, o := range options {
		if err := unix.SetsockoptInt(fd, o.level, o.name, o.value); err != nil {
			return fd, fmt.Errorf("set a socket option: %w", err)
		}
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: sourceOf(number)}); err != nil {
		return fd, fmt.Errorf("bind a socket: %w", err)
	}
	to := &unix.SockaddrInet4{Port: int(server.Port()), Addr: server.Addr().As4()}
	if err := unix.Connect(fd, to); err != nil {
		return fd, fmt.Errorf("connect to the server: %w", err)
	}
	return fd, unix.SetNonblock(fd, true)
}

// hangUp ends a connection with a reset: so no port is kept waiting for late segments.
func hangUp(fd int) {
	_ = unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	_ = unix.Close(fd)
}
