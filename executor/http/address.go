package http

import (
	"errors"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// urlMax is the length in bytes of an address, variables filled in.
const urlMax = 8 << 10

// parseURL reads an address and makes it fit to be sent. Its errors show no part of the
// address: a secret may have been filled in.
func parseURL(text string) (*url.URL, error) {
	if len(text) > urlMax {
		return nil, errors.New("it is longer than " + strconv.Itoa(urlMax) + " bytes")
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("it is malformed: write it as https://host/path, and special characters as %XX")
	}
	if err := checkURL(u); err != nil {
		return nil, err
	}
	u.Fragment, u.RawFragment = "", ""
	u.RawQuery = encodeQuery(u.RawQuery)
	return u, nil
}

// checkURL refuses what is no address of a web server, or not the same to everybody
// who reads it.
func checkURL(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" || u.Opaque != "" {
		return errors.New("it must begin with http:// or https://")
	}
	if u.User != nil {
		return errors.New("it must not have a user name or password, because addresses end in logs: use the header Authorization")
	}
	if err := checkHost(u.Hostname()); err != nil {
		return err
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return errors.New("its port must be a number from 1 to 65535")
		}
	}
	if hasDots(u.Path) {
		return errors.New("its path must not have a . or .. segment, encoded or not: write out where it leads")
	}
	return nil
}

var (
	hostName = regexp.MustCompile(`^(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.?$`)
	// numeric is the last label of what some systems read as an address: 127.1, 0x7f000001.
	numeric = regexp.MustCompile(`(?i)(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)\.?$`)
)

// checkHost takes a name in ASCII, or an address without its brackets.
func checkHost(host string) error {
	if host == "" {
		return errors.New("it must have a host, as in https://host/path")
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return nil
	}
	if len(host) > 254 || !hostName.MatchString(host) {
		return errors.New("its host must be a name of letters, digits, - and dots (others in their xn-- form), or an address, IPv6 in brackets")
	}
	if numeric.MatchString(host) {
		return errors.New("its host must be an address of four decimal numbers, such as 127.0.0.1, or a name that does not end in a number")
	}
	return nil
}

// hasDots says whether some server would read the decoded path as going up: also behind
// a backslash, an encoded slash, or with path parameters (..;x).
func hasDots(path string) bool {
	for segment := range strings.FieldsFuncSeq(path, func(r rune) bool { return r == '/' || r == '\\' }) {
		segment, _, _ = strings.Cut(segment, ";")
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}

// normalHost writes a host so that equal ones are equal texts.
func normalHost(host string) string {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.String()
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// portOf is the port that is dialled.
func portOf(u *url.URL) string {
	if port := u.Port(); port != "" {
		return strings.TrimLeft(port, "0")
	}
	if u.Scheme == "http" {
		return "80"
	}
	return "443"
}

const upperHex = "0123456789ABCDEF"

// encodeQuery encodes what may not stand in a query: a space in it would end the address.
func encodeQuery(query string) string {
	return encodeBytes(query, func(c byte) bool {
		return c > ' ' && c < 0x7f && !strings.ContainsRune("\"#<>\\^`{|}", rune(c))
	})
}

// percentEncode encodes everything but unreserved characters (RFC 3986, 2.3).
func percentEncode(value string) string {
	return encodeBytes(value, func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
	})
}

func encodeBytes(text string, keep func(byte) bool) string {
	var out strings.Builder
	for i := range len(text) {
		if c := text[i]; keep(c) {
			out.WriteByte(c)
		} else {
			out.Write([]byte{'%', upperHex[c>>4], upperHex[c&15]})
		}
	}
	return out.String()
}
