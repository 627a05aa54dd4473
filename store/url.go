package store

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"

	"gorm.io/gorm"
)

// target is a parsed Options.URL.
type target interface {
	// connect fills in the store's dialect and pools, and migrates. What it has
	// opened before an error stays in s, for the caller to close.
	connect(ctx context.Context, s *Store, config *gorm.Config) error
}

var errURL = errors.New("the database URL must be sqlite:///path/to/file.db or mysql://user:password@host:port/database")

// parseURL never repeats the URL in an error, because it may hold a password.
func parseURL(raw string) (target, error) {
	if path, ok := strings.CutPrefix(raw, "sqlite://"); ok && path != "" {
		return sqliteFile(path), nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "mysql" || u.Hostname() == "" || strings.Trim(u.Path, "/") == "" {
		return nil, errURL
	}
	server := mysqlServer{
		user:     u.User.Username(),
		addr:     net.JoinHostPort(u.Hostname(), port(u)),
		database: strings.Trim(u.Path, "/"),
		tls:      u.Query().Get("tls"),
	}
	server.password, _ = u.User.Password()
	for name := range u.Query() {
		if name != "tls" {
			return nil, errors.New("the database URL takes no parameter but tls (true, skip-verify or preferred)")
		}
	}
	return server, nil
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return "3306"
}
