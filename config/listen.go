package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

const (
	httpScheme  = "http://"
	httpsScheme = "https://"
)

// Listener is one entry of Addr, taken apart.
type Listener struct {
	// Addr is host:port, as net.Listen takes it.
	Addr string
	// TLS says that it serves HTTPS, with the certificate of TLSCert and TLSKey.
	TLS bool
}

// URL is where a client finds the listener under the host:port given.
func (l Listener) URL(hostPort string) string {
	if l.TLS {
		return httpsScheme + hostPort
	}
	return httpScheme + hostPort
}

// Listeners takes Addr apart, in its order. An entry that names no scheme serves HTTPS
// when there is a certificate, and else HTTP.
func (c Config) Listeners() []Listener {
	listeners := make([]Listener, len(c.Addr))
	for i, entry := range c.Addr {
		addr, secure := strings.CutPrefix(entry, httpsScheme)
		addr, plain := strings.CutPrefix(addr, httpScheme)
		listeners[i] = Listener{Addr: addr, TLS: secure || !plain && c.TLSCert != ""}
	}
	return listeners
}

// LoopbackOnly tells whether only this machine can reach the server: every address is
// localhost or a loopback IP, and no proxy brings requests of others. Another name may
// resolve to anything and does not count.
func (c Config) LoopbackOnly() bool { return c.exposed() == "" }

// exposed says how other machines may reach the server; "" when they cannot.
func (c Config) exposed() string {
	for i, listener := range c.Listeners() {
		host, _, err := net.SplitHostPort(listener.Addr)
		if err != nil || !isLoopback(host) {
			return fmt.Sprintf("the server listens on %s, which other machines may reach", c.Addr[i])
		}
	}
	if len(c.TrustedProxies) > 0 {
		return "trusted-proxies bring requests of other machines"
	}
	return ""
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// ExecAllowed tells whether shell and python may run. Whoever can submit runs commands
// as the server's user, so beyond loopback they are off until AllowExec. When they are
// off, reason says why and what turns them on.
func (c Config) ExecAllowed() (allowed bool, reason string) {
	if c.AllowExec || c.LoopbackOnly() {
		return true, ""
	}
	return false, fmt.Sprintf("off because %s; %s turns it on", c.exposed(), spelled("allow-exec"))
}

// HTTPAllowed lists what http contents may reach: HTTPTargets where they are given, else
// everything where ExecAllowed. A request comes from the server's machine, and so reaches
// what its client may not. When http is off, reason says why and what turns it on.
func (c Config) HTTPAllowed() (targets []string, reason string) {
	switch {
	case len(c.HTTPTargets) > 0:
		return c.HTTPTargets, ""
	case c.HTTPTargets != nil:
		return nil, fmt.Sprintf("off because it may reach nothing; %s names what it may", spelled(httpTargetsName))
	}
	if allowed, _ := c.ExecAllowed(); allowed {
		return []string{"*"}, ""
	}
	return nil, fmt.Sprintf("off because %s; %s names what it may reach", c.exposed(), spelled(httpTargetsName))
}

// parseTargets is parseList that keeps an empty list apart from none: it allows nothing.
func parseTargets(given any) ([]string, error) {
	targets, err := parseList(given)
	if targets == nil && err == nil {
		targets = []string{}
	}
	return targets, err
}

// checkListeners checks the addresses and the certificate that they need.
func (c Config) checkListeners(found *problems) {
	found.require(len(c.Addr) > 0, "addr", "names no address; write for example 127.0.0.1:8080")
	seen, secure := map[string]bool{}, false
	for i, listener := range c.Listeners() {
		found.add("addr", checkAddr(listener.Addr))
		again := seen[listener.Addr] && !strings.HasSuffix(listener.Addr, ":0")
		found.require(!again, "addr", "%s is given twice", excerpt(listener.Addr))
		seen[listener.Addr] = true
		found.require(!listener.TLS || c.TLSCert != "", "addr",
			"%s needs a certificate; name its files with tls-cert and tls-key", excerpt(c.Addr[i]))
		secure = secure || listener.TLS
	}
	found.require(c.TLSKey == "" || c.TLSCert != "", tlsKeyName,
		"is a key without a certificate; name its file too: %s", spelled(tlsCertName))
	found.require(c.TLSCert == "" || c.TLSKey != "", tlsCertName,
		"is a certificate without a key; name its file too: %s", spelled(tlsKeyName))
	found.require(c.TLSCert == "" || secure || len(c.Addr) == 0, tlsCertName,
		"is used by no address, because each begins with http://; write https:// or nothing before one, or leave tls-cert out")
}

// checkMetricsAddr checks the address of the metrics, which serves nothing else.
func (c Config) checkMetricsAddr(found *problems) {
	if c.MetricsAddr == "" {
		return
	}
	found.add(metricsAddrName, checkAddr(c.MetricsAddr))
	for _, listener := range c.Listeners() {
		taken := listener.Addr == c.MetricsAddr && !strings.HasSuffix(c.MetricsAddr, ":0")
		found.require(!taken, metricsAddrName, "%s is given as addr too, where metrics need a sign-in; choose another port", excerpt(c.MetricsAddr))
	}
}

// checkAddr says what is wrong with an address, and what would be right.
func checkAddr(addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("%s is not host:port; write for example 127.0.0.1:8080, :8080 or [::1]:8080", excerpt(addr))
	}
	if strings.ContainsAny(host, " /@?#") {
		return fmt.Errorf("%s has a host that cannot be; write host:port without a path", excerpt(addr))
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("%s has a port that is not a number from 0 to 65535", excerpt(addr))
	}
	return nil
}

// checkOrigin says what is wrong with an allowed origin.
func checkOrigin(origin string) error {
	if origin == "*" {
		return errors.New("* would let every page use its visitors' sessions; name each origin")
	}
	u, err := url.Parse(origin)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return fmt.Errorf("%s is not an origin; write for example https://example.org or http://localhost:3000", excerpt(origin))
	}
	if only := u.Scheme + "://" + u.Host; only != origin {
		return fmt.Errorf("%s is more than an origin; write %s", excerpt(origin), excerpt(strings.ToLower(only)))
	}
	return nil
}
