package http

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

const (
	responseHeaderMax = 256 << 10
	keepAlive         = 30 * time.Second
)

// transport makes the connections of one execution. Sharing them among executions would
// leave some behind, and one that the server has just closed would fail a request that
// may not be sent twice.
func (e *Executor) transport() *http.Transport {
	dialer := &net.Dialer{Timeout: ConnectTimeout, KeepAlive: keepAlive, Resolver: e.options.Resolver}
	if !e.targets.everything() {
		dialer.Control = func(_, address string, _ syscall.RawConn) error { return e.checkDialled(address) }
	}
	return &http.Transport{
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: e.options.RootCAs},
		TLSHandshakeTimeout:    ConnectTimeout,
		MaxIdleConnsPerHost:    -1,
		MaxResponseHeaderBytes: responseHeaderMax,
	}
}

// metadata are addresses outside of the link-local ranges at which clouds tell a machine
// its credentials.
var metadata = []netip.Addr{
	netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("100.100.100.200"), netip.MustParseAddr("192.0.0.192"),
}

// checkDialled refuses an address, written as address:port, that nobody means to reach
// through a name.
func (e *Executor) checkDialled(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	addr := at.Addr().Unmap()
	risky := addr.IsLinkLocalUnicast()
	for _, known := range metadata {
		risky = risky || addr.WithZone("") == known
	}
	if risky && !e.targets.name(addr) && !e.targets.name(at.Addr()) {
		return &refusal{failure("error.http.address", addr.String())}
	}
	return nil
}
