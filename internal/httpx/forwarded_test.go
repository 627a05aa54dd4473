package httpx_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/internal/httpx"
)

var proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::1/128")}

// forwarded gives what the next handler sees of a request.
func forwarded(t testing.TB, remote string, header http.Header) (address, proto string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr, r.Header = remote, header
	before := header.Clone()
	httpx.Forwarded(proxies, http.HandlerFunc(func(_ http.ResponseWriter, seen *http.Request) {
		address, proto = seen.RemoteAddr, seen.Header.Get("X-Forwarded-Proto")
		require.Empty(t, seen.Header.Get("X-Forwarded-For"))
	})).ServeHTTP(httptest.NewRecorder(), r)
	require.Equal(t, before, r.Header, "the request itself is left alone")
	return address, proto
}

func TestForwarded(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		remote          string
		chain           []string
		proto           string
		want, wantProto string
	}{
		"no proxy":                  {"192.0.2.7:99", nil, "", "192.0.2.7:99", ""},
		"a client that makes it up": {"192.0.2.7:99", []string{"198.51.100.1"}, "https", "192.0.2.7:99", ""},
		"a proxy":                   {"10.0.0.1:99", []string{"198.51.100.1"}, "https", "198.51.100.1:0", "https"},
		"over HTTP":                 {"10.0.0.1:99", []string{"198.51.100.1"}, "http", "198.51.100.1:0", "http"},
		"no protocol at all":        {"10.0.0.1:99", []string{"198.51.100.1"}, "gopher", "198.51.100.1:0", ""},
		"a proxy of its own accord": {"10.0.0.1:99", nil, "https", "10.0.0.1:99", "https"},
		"made up before a proxy":    {"10.0.0.1:99", []string{"203.0.113.9, 198.51.100.1"}, "", "198.51.100.1:0", ""},
		"two proxies":               {"10.0.0.1:99", []string{"203.0.113.9, 198.51.100.1, 10.2.2.2"}, "https, http", "198.51.100.1:0", "https"},
		"two headers":               {"10.0.0.1:99", []string{"203.0.113.9", "198.51.100.1,10.2.2.2"}, "", "198.51.100.1:0", ""},
		"only proxies":              {"10.0.0.1:99", []string{"10.3.3.3,10.2.2.2"}, "", "10.3.3.3:0", ""},
		"with ports":                {"10.0.0.1:99", []string{"198.51.100.1:4711"}, "", "198.51.100.1:0", ""},
		"IPv6":                      {"[fd00::1]:99", []string{"2001:db8::5"}, "", "[2001:db8::5]:0", ""},
		"IPv6 with a port":          {"[fd00::1]:99", []string{"[2001:db8::5]:4711"}, "", "[2001:db8::5]:0", ""},
		"IPv6 in brackets":          {"[fd00::1]:99", []string{"[2001:db8::5]"}, "", "[2001:db8::5]:0", ""},
		"IPv4 within IPv6":          {"[::ffff:10.0.0.1]:99", []string{"::ffff:198.51.100.1"}, "", "198.51.100.1:0", ""},
		"neighbour of a proxy":      {"[fd00::2]:99", []string{"2001:db8::5"}, "https", "[fd00::2]:99", ""},
		"nonsense":                  {"10.0.0.1:99", []string{"198.51.100.1, unknown"}, "", "10.0.0.1:99", ""},
		"nonsense before a proxy":   {"10.0.0.1:99", []string{"198.51.100.1, _hidden, 10.2.2.2"}, "", "10.2.2.2:0", ""},
		"empty":                     {"10.0.0.1:99", []string{""}, "", "10.0.0.1:99", ""},
		"a socket without address":  {"@", []string{"198.51.100.1"}, "https", "@", ""},
		"an address without a port": {"10.0.0.1", []string{"198.51.100.1"}, "https", "10.0.0.1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header := http.Header{"Accept": {"*/*"}}
			if tt.chain != nil {
				header["X-Forwarded-For"] = tt.chain
			}
			if tt.proto != "" {
				header.Set("X-Forwarded-Proto", tt.proto)
			}
			address, proto := forwarded(t, tt.remote, header)
			require.Equal(t, tt.want, address)
			require.Equal(t, tt.wantProto, proto)
		})
	}
}

// FuzzForwarded sends any headers: an address that is seen can be read, and without a
// proxy it is the peer's.
func FuzzForwarded(f *testing.F) {
	f.Add("10.0.0.1:1", "1.2.3.4, [::1]:5", "https")
	f.Add("1.2.3.4:1", ",,,", "")
	f.Add("[fd00::1]:1", "::1%eth0, ::ffff:1.2.3.4", "HTTPS , x")
	f.Fuzz(func(t *testing.T, remote, chain, proto string) {
		address, seenProto := forwarded(t, remote, http.Header{"X-Forwarded-For": {chain}, "X-Forwarded-Proto": {proto}})
		require.Contains(t, []string{"", "http", "https"}, seenProto)
		if address == remote {
			return
		}
		_, err := netip.ParseAddrPort(address)
		require.NoError(t, err)
		peer, err := netip.ParseAddrPort(remote)
		require.NoError(t, err)
		ip := peer.Addr().Unmap().WithZone("")
		require.True(t, proxies[0].Contains(ip) || proxies[1].Contains(ip), "only a proxy is believed")
	})
}
