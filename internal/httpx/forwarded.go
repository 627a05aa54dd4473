package httpx

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Headers in which a reverse proxy says for whom it asks.
const (
	forwardedFor   = "X-Forwarded-For"
	forwardedProto = "X-Forwarded-Proto"
)

// Forwarded takes the word of the reverse proxies given, and of nobody else, on where a
// request came from: next sees the client's address as RemoteAddr, with port 0, because
// proxies do not tell the port, and X-Forwarded-Proto as "https" or "http". From everybody
// else both headers are removed.
//
// Of several proxies each appends whom it got the request from. So the client is the
// last address that is no proxy's: what stands before it anybody may have made up.
func Forwarded(proxies []netip.Prefix, next http.Handler) http.Handler {
	trusted := func(address netip.Addr) bool {
		return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(address) })
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header[forwardedFor] == nil && r.Header[forwardedProto] == nil {
			next.ServeHTTP(w, r)
			return
		}
		seen := *r
		seen.Header = r.Header.Clone()
		seen.Header.Del(forwardedFor)
		seen.Header.Del(forwardedProto)
		// Only an address with a port is a TCP peer's; other sockets have no proxies.
		if from, err := netip.ParseAddrPort(r.RemoteAddr); err == nil && trusted(plain(from.Addr())) {
			peer := plain(from.Addr())
			client := clientOf(r.Header[forwardedFor], peer, trusted)
			if client != peer {
				seen.RemoteAddr = net.JoinHostPort(client.String(), "0")
			}
			if proto := protoOf(r.Header.Get(forwardedProto)); proto != "" {
				seen.Header.Set(forwardedProto, proto)
			}
		}
		next.ServeHTTP(w, &seen)
	})
}

// clientOf walks back from the peer through the addresses that proxies noted. It stops at
// what is no address: what stands before that cannot be believed.
func clientOf(lists []string, peer netip.Addr, trusted func(netip.Addr) bool) netip.Addr {
	client := peer
	for _, text := range slices.Backward(strings.Split(strings.Join(lists, ","), ",")) {
		address, ok := Address(strings.TrimSpace(text))
		if !ok {
			break
		}
		client = address
		if !trusted(address) {
			break
		}
	}
	return client
}

// Address reads an IP address with or without a port, in the form that plain gives.
func Address(text string) (netip.Addr, bool) {
	address, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if withPort, errPort := netip.ParseAddrPort(text); errPort == nil {
		address, err = withPort.Addr(), nil
	}
	return plain(address), err == nil
}

// plain is the address in the one form in which addresses are compared.
func plain(address netip.Addr) netip.Addr { return address.Unmap().WithZone("") }

// protoOf is the scheme by which the client asked the first proxy; "" for any other text.
func protoOf(header string) string {
	first, _, _ := strings.Cut(header, ",")
	switch proto := strings.ToLower(strings.TrimSpace(first)); proto {
	case "http", "https":
		return proto
	}
	return ""
}
