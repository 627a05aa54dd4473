package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"stepcast/auth"
	"stepcast/config"
	"stepcast/live"
)

// Limits of every connection.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = time.Minute
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 64 << 10
)

// servers are the listeners of one process.
type servers struct {
	listeners []listener
	http      []*http.Server
	failed    chan error
}

// listener is an open port, and how it is spoken to.
type listener struct {
	config.Listener
	// setting is the one that gave the address: addrSetting or metricsSetting.
	setting string
	handler http.Handler
	socket  net.Listener
}

const (
	addrSetting    = "addr"
	metricsSetting = "metrics-addr"
)

// url is where this machine's own browser finds it.
func (l listener) url() string { return l.URL(reachable(l.socket.Addr().String())) }

// wanted lists what is to be served where: every path on the addresses of addr, and the
// metrics alone on that of metrics-addr.
func (a *App) wanted() (all []listener) {
	for _, l := range a.config.Listeners() {
		all = append(all, listener{Listener: l, setting: addrSetting, handler: a.handler})
	}
	if addr := a.config.MetricsAddr; addr != "" {
		all = append(all, listener{Listener: config.Listener{Addr: addr}, setting: metricsSetting, handler: metricsOnly(a.scrapes)})
	}
	return all
}

// listen opens every address, or none.
func (a *App) listen() (*servers, error) {
	wanted := a.wanted()
	s := &servers{failed: make(chan error, len(wanted))}
	for _, l := range wanted {
		var err error
		if l.socket, err = net.Listen("tcp", l.Addr); err != nil {
			s.close()
			if errors.Is(err, syscall.EADDRINUSE) {
				return nil, fmt.Errorf("another program listens on %s already; stop it, or choose another address with --%s (port 0 takes a free one)", l.Addr, l.setting)
			}
			return nil, fmt.Errorf("listen on %s: %w; choose another address with --%s", l.Addr, err, l.setting)
		}
		s.listeners = append(s.listeners, l)
	}
	return s, nil
}

// serve answers on every address. The certificate is for those of HTTPS, and nil when
// there are none.
func (s *servers) serve(certificate *certificate, logger *slog.Logger) {
	for _, l := range s.listeners {
		server := &http.Server{
			Handler: l.handler, ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout,
			IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes,
			ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
		}
		live.Prepare(server)
		s.http = append(s.http, server)
		go func() {
			if err := l.serve(server, certificate); !errors.Is(err, http.ErrServerClosed) {
				s.failed <- fmt.Errorf("serve on %s: %w", l.socket.Addr(), err)
			}
		}()
	}
}

// serve offers HTTP/2 over TLS as well; clients of WebSockets ask for HTTP/1.1.
func (l listener) serve(server *http.Server, certificate *certificate) error {
	if !l.TLS {
		return server.Serve(l.socket)
	}
	server.TLSConfig = certificate.settings()
	return server.ServeTLS(l.socket, "", "")
}

// shutdown lets open requests end; what has not when ctx ends is cut.
func (s *servers) shutdown(ctx context.Context) (err error) {
	for _, server := range s.http {
		if stopped := server.Shutdown(ctx); stopped != nil {
			err = errors.Join(err, stopped, server.Close())
		}
	}
	return err
}

func (s *servers) close() {
	for _, l := range s.listeners {
		_ = l.socket.Close() // nothing was accepted yet
	}
}

// urls are where a setting's addresses are found.
func (s *servers) urls(setting string) (urls []string) {
	for _, l := range s.listeners {
		if l.setting == setting {
			urls = append(urls, l.url())
		}
	}
	return urls
}

// reachable is where this machine's own browser finds host:port: who listens everywhere
// is found on localhost.
func reachable(hostPort string) string {
	host, port, err := net.SplitHostPort(hostPort)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip.IsUnspecified()) {
		return net.JoinHostPort("localhost", port)
	}
	return hostPort
}

// greet prints where the server listens, and how to sign in when nobody has yet.
func (a *App) greet(ctx context.Context, s *servers) error {
	urls := s.urls(addrSetting)
	if err := a.writeAddress(urls); err != nil {
		return err
	}
	if a.needsLink {
		secret, expires, err := a.auth.LoginLink(ctx, auth.AdminName)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "Sign in as %s (once, until %s): %s%s\n", auth.AdminName, expires.Local().Format("15:04"), urls[0], auth.LinkPath(secret))
	} else {
		fmt.Fprintln(a.stdout, "Sign in with a link from: stepcast login-link")
	}
	for _, url := range urls {
		fmt.Fprintf(a.stdout, "Stepcast is listening on %s\n", url)
	}
	for _, url := range s.urls(metricsSetting) {
		fmt.Fprintf(a.stdout, "Metrics, for whoever asks, are at %s%s\n", url, metricsPath)
	}
	return nil
}

// addressFile tells other commands on this machine where the server of a data folder
// listens: a JSON array of URLs.
func addressFile(c config.Config) string { return filepath.Join(c.Data, "address.json") }

func (a *App) writeAddress(urls []string) error {
	b, err := json.Marshal(urls)
	if err != nil {
		return err
	}
	return os.WriteFile(addressFile(a.config), b, 0o600)
}

func (a *App) removeAddress() {
	_ = os.Remove(addressFile(a.config)) // it is only a hint
}

// LoginLink makes a one-time sign-in link for a user of the server of this data
// folder, whether it runs or not.
func LoginLink(ctx context.Context, c config.Config, user string) (link string, expires time.Time, err error) {
	if d, err := config.ParseDatabase(c.DatabaseURL()); err == nil && d.Dialect == config.SQLite {
		// Opening would make one, in a folder that is no server's.
		if _, err := os.Stat(d.Path); errors.Is(err, fs.ErrNotExist) {
			return "", time.Time{}, fmt.Errorf("no server has kept anything in %s yet; start it once, or name its folder with --data", d.Path)
		}
	}
	s, err := openStore(ctx, c, nil, nil)
	if err != nil {
		return "", time.Time{}, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	secret, expires, err := auth.New(auth.Options{Store: s}).LoginLink(ctx, user)
	if err != nil {
		return "", time.Time{}, err
	}
	return address(c) + auth.LinkPath(secret), expires, nil
}

func address(c config.Config) string {
	var urls []string
	if b, err := os.ReadFile(addressFile(c)); err == nil && json.Unmarshal(b, &urls) == nil && len(urls) > 0 {
		return urls[0]
	}
	// The server is not running: where it will listen, if it is started the same way.
	first := c.Listeners()[0]
	return first.URL(reachable(first.Addr))
}
