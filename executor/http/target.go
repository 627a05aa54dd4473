package http

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// targetsSetting names the setting of Options.Targets, for who misses a target.
const targetsSetting = "--http-targets (STEPCAST_HTTP_TARGETS)"

const targetForms = "an entry is *, or host, host:port, host:*, *.example.org, [::1]:8080, each optionally with http:// or https:// before it and /a/path after it"

// CheckTarget says what is wrong with an entry of Options.Targets. Forms:
//
//   - everything
//     example.org            this host, on the default port of the scheme: 80 or 443
//     example.org:8080       this port; example.org:* is every port
//     *.example.org          every name below example.org, not itself
//     10.1.2.3, [::1]:8080   an address, which only URLs that name it literally match
//     https://example.org    this scheme only
//     example.org/api        paths that begin with these segments: /api and /api/x, not /apix
//
// Case and a last dot of names do not count.
func CheckTarget(pattern string) error {
	_, err := parseTarget(pattern)
	return err
}

// target is an entry of the list of what is allowed.
type target struct {
	// everything: nothing of the rest counts.
	everything bool
	// scheme is empty for both.
	scheme string
	// host is as normalHost writes it. With below it stands for the names that end with it.
	host  string
	below bool
	// port is empty for the default port of the scheme, "*" for every port.
	port string
	// path has decoded segments.
	path []string
}

type targets []target

func parseTargets(patterns []string) (targets, error) {
	var list targets
	for _, pattern := range patterns {
		t, err := parseTarget(pattern)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}

func parseTarget(pattern string) (target, error) {
	text := strings.TrimSpace(pattern)
	if text == "*" {
		return target{everything: true}, nil
	}
	bad := func(why string) (target, error) {
		return target{}, fmt.Errorf("%.200q is no target: %s; %s", pattern, why, targetForms)
	}
	var t target
	if scheme, rest, found := strings.Cut(text, "://"); found {
		if t.scheme = strings.ToLower(scheme); t.scheme != "http" && t.scheme != "https" {
			return bad("the scheme is http or https")
		}
		text = rest
	}
	authority, path, _ := strings.Cut(text, "/")
	if err := t.readAuthority(authority); err != nil {
		return bad(err.Error())
	}
	if err := t.readPath(path); err != nil {
		return bad(err.Error())
	}
	return t, nil
}

func (t *target) readAuthority(text string) error {
	host, port, hasPort := text, "", false
	if inner, bracketed := strings.CutPrefix(text, "["); bracketed {
		address, rest, closed := strings.Cut(inner, "]")
		addr, err := netip.ParseAddr(strings.Replace(address, "%25", "%", 1))
		if !closed || err != nil || !addr.Is6() {
			return errors.New("in brackets stands an IPv6 address")
		}
		t.host = addr.String()
		if port, hasPort = strings.CutPrefix(rest, ":"); rest != "" && !hasPort {
			return errors.New("after the brackets stands a port or nothing")
		}
		return t.readPort(port, hasPort)
	}
	if host, port, hasPort = strings.Cut(text, ":"); strings.Contains(port, ":") {
		return errors.New("an IPv6 address stands in brackets")
	}
	if name, below := strings.CutPrefix(host, "*."); below {
		t.below, host = true, name
	}
	_, isAddr := parseAddr(host)
	if err := checkHost(host); err != nil || t.below && isAddr {
		return errors.New("the host is a name of letters, digits, - and dots, or an address; a * stands only before a name, as in *.example.org")
	}
	t.host = normalHost(host)
	return t.readPort(port, hasPort)
}

func (t *target) readPort(port string, given bool) error {
	if !given {
		return nil
	}
	if port != "*" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return errors.New("the port is a number from 1 to 65535, or *")
		}
		port = strconv.FormatUint(n, 10)
	}
	t.port = port
	return nil
}

func (t *target) readPath(path string) error {
	if strings.ContainsAny(path, "?#") {
		return errors.New("it has no query or fragment")
	}
	if path = strings.TrimSuffix(path, "/"); path == "" {
		return nil
	}
	segments, err := splitPath(path)
	if err != nil || hasDots(strings.Join(segments, "/")) {
		return errors.New("the path has only %XX escapes that are valid, and no . or .. segment")
	}
	t.path = segments
	return nil
}

// splitPath gives the decoded segments of an encoded path. An encoded slash is part of
// its segment.
func splitPath(path string) ([]string, error) {
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, segment := range segments {
		decoded, err := url.PathUnescape(segment)
		if err != nil {
			return nil, err
		}
		segments[i] = decoded
	}
	return segments, nil
}

func parseAddr(host string) (netip.Addr, bool) {
	addr, err := netip.ParseAddr(host)
	return addr, err == nil
}

// allow says whether a request may go to an address that checkURL accepts.
func (list targets) allow(u *url.URL) bool {
	return slices.ContainsFunc(list, func(t target) bool { return t.matches(u) })
}

// everything says whether nothing is refused.
func (list targets) everything() bool {
	return slices.ContainsFunc(list, func(t target) bool { return t.everything })
}

// name says whether an entry is this very address.
func (list targets) name(addr netip.Addr) bool {
	return slices.ContainsFunc(list, func(t target) bool { return !t.below && t.host == addr.String() })
}

func (t target) matches(u *url.URL) bool {
	if t.everything {
		return true
	}
	return (t.scheme == "" || t.scheme == u.Scheme) && t.matchesHost(u.Hostname()) && t.matchesPort(u) && t.matchesPath(u.EscapedPath())
}

func (t target) matchesHost(host string) bool {
	_, isAddr := parseAddr(host)
	host = normalHost(host)
	if t.below {
		return !isAddr && strings.HasSuffix(host, "."+t.host)
	}
	return host == t.host
}

func (t target) matchesPort(u *url.URL) bool {
	switch port := portOf(u); t.port {
	case "*":
		return true
	case "":
		return port == "80" && u.Scheme == "http" || port == "443" && u.Scheme == "https"
	default:
		return port == t.port
	}
}

func (t target) matchesPath(path string) bool {
	if len(t.path) == 0 {
		return true
	}
	segments, err := splitPath(path)
	return err == nil && len(segments) >= len(t.path) && slices.Equal(segments[:len(t.path)], t.path)
}
