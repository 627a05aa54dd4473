package config_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/config"
)

func TestLoopbackOnly(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		addr []string
		want bool
	}{
		"the default":          {[]string{"127.0.0.1:8080"}, true},
		"all of 127":           {[]string{"127.8.8.8:0"}, true},
		"IPv6":                 {[]string{"[::1]:8080"}, true},
		"IPv4 within IPv6":     {[]string{"[::ffff:127.0.0.1]:8080"}, true},
		"localhost":            {[]string{"LocalHost:8080"}, true},
		"every network":        {[]string{":8080"}, false},
		"every network named":  {[]string{"0.0.0.0:8080"}, false},
		"every IPv6 network":   {[]string{"[::]:8080"}, false},
		"another name":         {[]string{"localhost.example.org:8080"}, false},
		"one of two":           {[]string{"127.0.0.1:8080", "192.0.2.1:8080"}, false},
		"no address at all":    {nil, true},
		"what cannot be read":  {[]string{"127.0.0.1"}, false},
		"a number as the host": {[]string{"2130706433:80"}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, config.Config{Addr: tt.addr}.LoopbackOnly())
		})
	}
}

func TestListeners(t *testing.T) {
	t.Parallel()
	cfg := config.Config{Addr: []string{":80", "http://[::1]:81", "https://a:82"}}
	require.Equal(t, []config.Listener{{Addr: ":80"}, {Addr: "[::1]:81"}, {Addr: "a:82", TLS: true}}, cfg.Listeners())
	cfg.TLSCert = "cert.pem"
	listeners := cfg.Listeners()
	require.Equal(t, []config.Listener{{Addr: ":80", TLS: true}, {Addr: "[::1]:81"}, {Addr: "a:82", TLS: true}}, listeners)
	require.Equal(t, "https://localhost:80", listeners[0].URL("localhost:80"))
	require.Equal(t, "http://[::1]:81", listeners[1].URL(listeners[1].Addr))
}

// The metrics have an address of their own, and do not open the server to others.
func TestMetricsAddr(t *testing.T) {
	t.Parallel()
	for name, from := range map[string]sources{
		"flag":        {args: []string{"--metrics-addr=0.0.0.0:9464", "--addr=127.0.0.1:0"}},
		"variable":    {environ: []string{"STEPCAST_METRICS_ADDR=0.0.0.0:9464"}},
		"file":        {file: "metrics-addr: 0.0.0.0:9464"},
		"over others": {args: []string{"--metrics-addr= 0.0.0.0:9464"}, file: "metrics-addr: a:1"},
	} {
		cfg, err := load(t, from)
		require.NoError(t, err, name)
		require.Equal(t, "0.0.0.0:9464", cfg.MetricsAddr, name)
		require.Len(t, cfg.Listeners(), 1, name)
		require.True(t, cfg.LoopbackOnly(), name)
	}
	free, err := load(t, sources{args: []string{"--metrics-addr=127.0.0.1:0", "--addr=127.0.0.1:0"}})
	require.NoError(t, err, "each takes a port of its own")
	require.Equal(t, "127.0.0.1:0", free.MetricsAddr)
	none, err := load(t, sources{args: []string{"--metrics-addr="}, environ: []string{"STEPCAST_METRICS_ADDR=:80"}})
	require.NoError(t, err)
	require.Empty(t, none.MetricsAddr, "an empty flag takes it back")
}

// A scheme does not hide where an address leads, and a proxy brings everybody.
func TestExposure(t *testing.T) {
	t.Parallel()
	local := config.Config{Addr: []string{"https://127.0.0.1:8443", "http://localhost:80"}}
	require.True(t, local.LoopbackOnly())
	for want, cfg := range map[string]config.Config{
		"the server listens on https://:8443, which other machines may reach": {Addr: []string{"127.0.0.1:80", "https://:8443"}},
		"trusted-proxies bring requests of other machines": {
			Addr: local.Addr, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		},
	} {
		require.False(t, cfg.LoopbackOnly())
		allowed, reason := cfg.ExecAllowed()
		require.False(t, allowed)
		require.Contains(t, reason, want)
		targets, reason := cfg.HTTPAllowed()
		require.Empty(t, targets)
		require.Equal(t, "off because "+want+"; --http-targets (STEPCAST_HTTP_TARGETS, http-targets in stepcast.yaml) names what it may reach", reason)
	}
}

func TestHTTPAllowed(t *testing.T) {
	t.Parallel()
	far := []string{"0.0.0.0:80"}
	for name, tt := range map[string]struct {
		cfg    config.Config
		want   []string
		reason string
	}{
		"this machine only":          {config.Default(), []string{"*"}, ""},
		"others, with allow-exec":    {config.Config{Addr: far, AllowExec: true}, []string{"*"}, ""},
		"others, with targets":       {config.Config{Addr: far, HTTPTargets: []string{"a"}}, []string{"a"}, ""},
		"targets bind this one, too": {config.Config{HTTPTargets: []string{"a"}}, []string{"a"}, ""},
		"nothing": {
			config.Config{HTTPTargets: []string{}},
			nil,
			"off because it may reach nothing; --http-targets (STEPCAST_HTTP_TARGETS, http-targets in stepcast.yaml) names what it may",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			targets, reason := tt.cfg.HTTPAllowed()
			require.Equal(t, tt.want, targets)
			require.Equal(t, tt.reason, reason)
		})
	}
	for _, from := range []sources{{args: []string{"--http-targets="}}, {file: "http-targets: []"}} {
		cfg, err := load(t, from)
		require.NoError(t, err)
		_, reason := cfg.HTTPAllowed()
		require.Contains(t, reason, "may reach nothing")
	}
}

func TestExecAllowed(t *testing.T) {
	t.Parallel()
	allowed, reason := config.Default().ExecAllowed()
	require.True(t, allowed)
	require.Empty(t, reason)

	open := config.Config{Addr: []string{"127.0.0.1:8080", ":9090"}}
	allowed, reason = open.ExecAllowed()
	require.False(t, allowed)
	require.Equal(t, "off because the server listens on :9090, which other machines may reach; "+
		"--allow-exec (STEPCAST_ALLOW_EXEC, allow-exec in stepcast.yaml) turns it on", reason)

	open.AllowExec = true
	allowed, reason = open.ExecAllowed()
	require.True(t, allowed)
	require.Empty(t, reason)
}

func TestFreePortsMayRepeat(t *testing.T) {
	t.Parallel()
	cfg := config.Default()
	cfg.Addr = []string{"127.0.0.1:0", "127.0.0.1:0"}
	require.NoError(t, cfg.Validate())
}
