package config

import (
	"fmt"
	"net/netip"
	"strings"
)

// parseProxies reads IP addresses and networks. A name would have to be resolved, and
// may become anybody's.
func parseProxies(given any) ([]netip.Prefix, error) {
	texts, err := parseList(given)
	if err != nil {
		return nil, err
	}
	proxies := make([]netip.Prefix, 0, len(texts))
	for _, text := range texts {
		proxy, err := parseProxy(text)
		if err != nil {
			return nil, err
		}
		proxies = append(proxies, proxy)
	}
	return proxies, nil
}

func parseProxy(text string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(text); err == nil && address.Zone() == "" {
		address = address.Unmap()
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	network, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%s is neither an address nor a network; write for example 10.1.2.3, 10.0.0.0/8 or fd00::/8", excerpt(text))
	}
	if network.Bits() == 0 {
		return netip.Prefix{}, fmt.Errorf("%s would let every client name any address as its own; name the proxies", excerpt(text))
	}
	return network.Masked(), nil
}

// showProxies writes a network of one address as that address.
func showProxies(proxies []netip.Prefix) string {
	texts := make([]string, len(proxies))
	for i, proxy := range proxies {
		texts[i] = proxy.String()
		if proxy.IsSingleIP() {
			texts[i] = proxy.Addr().String()
		}
	}
	return strings.Join(texts, ",")
}
