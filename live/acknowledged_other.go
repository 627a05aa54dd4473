//go:build !linux

package live

import "net"

// acknowledged is not known here: only bytes that a write took count.
func acknowledged(net.Conn) uint64 { return 0 }
