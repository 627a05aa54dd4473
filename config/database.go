package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	sqliteScheme = "sqlite://"
	mysqlScheme  = "mysql://"
	mysqlPort    = 3306
)

// Dialect is the kind of a database.
type Dialect string

// The dialects there are.
const (
	SQLite Dialect = "sqlite"
	MySQL  Dialect = "mysql" // and MariaDB
)

// hostName is what a name may be made of; whether it resolves shows when it is dialled.
var hostName = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

// tlsModes are the values of the parameter tls, as the MySQL driver knows them.
var tlsModes = []string{"true", "false", "skip-verify", "preferred"}

// Database is a database URL, taken apart. It prints without its password.
type Database struct {
	Dialect Dialect
	// Path of the SQLite file, in the form of this machine; relative to the working directory.
	Path string

	// The others are for MySQL. Host has no brackets, Port is never 0, Name is the schema.
	Host     string
	Port     int
	User     string
	Password Secret
	Name     string
	// TLS is "true", "false", "skip-verify" or "preferred"; empty means false.
	TLS string
}

// ParseDatabase takes a database URL apart: sqlite:///absolute/path, sqlite://relative/path
// or mysql://user:password@host:port/name[?tls=true], where the password and the port
// may be left out. Its errors say what to write and never hold the password.
func ParseDatabase(raw string) (Database, error) {
	if path, ok := strings.CutPrefix(raw, sqliteScheme); ok {
		return parseSQLite(path)
	}
	if strings.HasPrefix(raw, mysqlScheme) {
		return parseMySQL(raw)
	}
	return Database{}, errors.New("begins with neither sqlite:// nor mysql://; write for example " +
		"sqlite:///var/lib/stepcast/stepcast.db, or mysql://user:password@host:3306/stepcast (MariaDB too)")
}

func parseSQLite(path string) (Database, error) {
	if path == "" || strings.HasSuffix(path, "/") {
		return Database{}, errors.New("names no file; write for example sqlite:///var/lib/stepcast/stepcast.db")
	}
	if strings.Contains(path, ":memory:") {
		return Database{}, errors.New("a database in memory would lose accepted tasks; name a file")
	}
	if strings.ContainsAny(path, "?#") {
		return Database{}, errors.New("a SQLite file takes no parameters, and no ? or # in its path")
	}
	// sqlite:///C:/folder/file.db on Windows.
	if bare := strings.TrimPrefix(path, "/"); filepath.VolumeName(bare) != "" {
		path = bare
	}
	return Database{Dialect: SQLite, Path: filepath.FromSlash(path)}, nil
}

func parseMySQL(raw string) (Database, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Fragment != "" {
		// What url.Parse says may quote a part of the password.
		return Database{}, errors.New("cannot be read; write mysql://user:password@host:3306/name, and in user and " +
			"password %40 for @, %3A for :, %2F for /, %3F for ?, %23 for # and %25 for %")
	}
	password, _ := u.User.Password()
	db := Database{
		Dialect:  MySQL,
		Host:     u.Hostname(),
		Port:     mysqlPort,
		User:     u.User.Username(),
		Password: Secret(password),
		Name:     strings.TrimPrefix(u.Path, "/"),
	}
	switch {
	case db.User == "":
		return Database{}, errors.New("names no user; write mysql://user:password@host:3306/name")
	case !isHost(db.Host):
		return Database{}, errors.New("names no host that can be; write mysql://user:password@host:3306/name")
	case db.Name == "" || strings.Contains(db.Name, "/"):
		return Database{}, errors.New("names no database; write mysql://user:password@host:3306/name")
	}
	if port := u.Port(); port != "" {
		db.Port, err = strconv.Atoi(port)
		if err != nil || db.Port < 1 || db.Port > 65535 {
			return Database{}, errors.New("has a port that is not a number from 1 to 65535")
		}
	}
	db.TLS, err = parseTLS(u.RawQuery)
	if err != nil {
		return Database{}, err
	}
	return db, nil
}

// isHost tells whether a host is an IP address or may be a name.
func isHost(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil || hostName.MatchString(host)
}

// parseTLS returns the parameter tls, the only one that is left to the operator: the
// others decide whether the store is right.
func parseTLS(query string) (string, error) {
	params, err := url.ParseQuery(query)
	if err != nil {
		return "", errors.New("has parameters that cannot be read; write for example ?tls=true")
	}
	for name := range params {
		if name != "tls" {
			return "", fmt.Errorf("has the parameter %s; only tls may be given, for example ?tls=true", excerpt(name))
		}
	}
	mode := params.Get("tls")
	if mode != "" && !slices.Contains(tlsModes, mode) {
		return "", fmt.Errorf("tls=%s is none of %s", excerpt(mode), strings.Join(tlsModes, ", "))
	}
	return mode, nil
}

// Addr returns host:port of a MySQL server, an IPv6 host in brackets.
func (d Database) Addr() string { return net.JoinHostPort(d.Host, strconv.Itoa(d.Port)) }

// Redacted returns the URL without its password, for people and logs.
func (d Database) Redacted() string {
	if d.Dialect == SQLite {
		return sqliteScheme + filepath.ToSlash(d.Path)
	}
	u := url.URL{Scheme: string(MySQL), User: url.User(d.User), Host: d.Addr(), Path: "/" + d.Name}
	if d.TLS != "" {
		u.RawQuery = url.Values{"tls": {d.TLS}}.Encode()
	}
	return u.String()
}

// String is Redacted.
func (d Database) String() string { return d.Redacted() }

// redact shows a database URL without its password; one that cannot be read shows nothing.
func redact(raw string) string {
	if raw == "" {
		return ""
	}
	db, err := ParseDatabase(raw)
	if err != nil {
		return hidden
	}
	return db.Redacted()
}
