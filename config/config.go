package config

import (
	"log/slog"
	"net/netip"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// How logs are written: the values of LogFormat.
const (
	LogText = "text"
	LogJSON = "json"
)

// Who may introspect: the values of Introspection.
const (
	IntrospectionSignedIn = "signed-in"
	IntrospectionAdmin    = "admin"
	IntrospectionOff      = "off"
)

// Config is every setting of a server. Durations of zero mean what the field says.
// It prints without its secrets.
type Config struct {
	// Addr lists where the server listens, as host:port, http://host:port or
	// https://host:port. Port 0 lets the system choose. See Listeners.
	Addr []string
	// TLSCert and TLSKey name the PEM files of the certificate, with its chain, and of its
	// key; both are empty for no HTTPS. They are read again when they change.
	TLSCert, TLSKey string
	// MetricsAddr is a host:port that serves /metrics to everybody who reaches it, by plain
	// HTTP and without a sign-in; empty for none. Port 0 lets the system choose.
	MetricsAddr string
	// Data is the folder of everything the server keeps in files. Made when it is missing.
	Data string
	// Database says where tasks are kept; empty for SQLite in Data. See DatabaseURL.
	Database string
	// File is the YAML file these settings were read from; empty for none.
	File string

	// Locale is the language of texts for readers who name none we have: a BCP 47 tag.
	Locale string
	// Zone is the IANA name of the time zone of times without one, or "Local". See Location.
	Zone string

	// AllowExec lets shell and python run although other machines reach the server. See ExecAllowed.
	AllowExec bool
	// AllowedOrigins lists the web pages of other sites that may call the server, as scheme://host[:port].
	AllowedOrigins []string
	// TrustedProxies are the reverse proxies whose word on where a request came from counts.
	TrustedProxies []netip.Prefix
	// Introspection says who may ask GraphQL for its schema: IntrospectionSignedIn,
	// IntrospectionAdmin or IntrospectionOff.
	Introspection string
	// Documents names the folder or the JSON file of the GraphQL documents that clients may
	// ask for by an id; empty for none.
	Documents string
	// DocumentsOnly refuses all other documents.
	DocumentsOnly bool
	// AdminToken is the API token of the user admin; empty leaves admin's tokens alone.
	AdminToken Secret
	// AdminPassword is the password of the user admin; empty leaves it alone.
	AdminPassword Secret
	// LegacyTokens are the token codes that clients of older systems go on using.
	LegacyTokens []LegacyToken
	// Secrets are handed to scripts as environment variables of these names, and masked in their logs.
	Secrets map[string]Secret

	// LogLevel is the least severe level that the server's own log shows.
	LogLevel slog.Level
	// LogFormat is LogText or LogJSON.
	LogFormat string

	// NoWorker leaves the running of tasks to other processes.
	NoWorker bool
	// MaxTasks is how many tasks this process runs at a time.
	MaxTasks int
	// QueueLimit is how many tasks may wait in all; more are refused.
	QueueLimit int
	// OwnerQueueLimit is how many tasks of one owner may wait; more are refused.
	OwnerQueueLimit int
	// SocketLimit is how many sockets and streams one user may have open; more are refused.
	SocketLimit int
	// Lease is how long a worker that is not heard of keeps its task. At least a second.
	Lease time.Duration
	// StallAfter is how long a running task may be silent before it is shown as stalled.
	StallAfter time.Duration
	// Retention is how long finished tasks are kept; zero keeps them for ever.
	Retention time.Duration
	// Grace is how long running tasks go on after the server was told to stop.
	Grace time.Duration
	// KillGrace is how long the processes of a cancelled task have between TERM and KILL.
	KillGrace time.Duration
	// OutputLimit is how many bytes one execution may write to its log.
	OutputLimit int64
	// ResultLimit is how many bytes of results one execution may give.
	ResultLimit int64

	// DataSources are the databases that sql contents may name.
	DataSources map[string]Database
	// DefaultDataSource is the one of those that name none; empty for the only one there is.
	DefaultDataSource string
	// ResultRows is how many rows of one result set of sql are kept.
	ResultRows int
	// HTTPTargets lists what http contents may reach; nil leaves it to HTTPAllowed.
	HTTPTargets []string
	// HTTPLimit is how many bytes of one response http contents take.
	HTTPLimit int64

	// Python is the interpreter of python contents: a path, or a name found on PATH.
	Python string
	// Shell is the interpreter of shell contents; empty for bash where there is one, else sh.
	Shell string
	// Engines says what an engine that a Linkis client names stands for here.
	Engines Engines
	// LinkisInstance is the host:port that Linkis execution ids carry. Nothing is sent there.
	LinkisInstance string
	// IManagerAliases serves iManager's tasks also at the paths of its other releases.
	IManagerAliases bool
}

// Default returns the settings of a server that was told nothing. It is valid.
func Default() Config {
	return Config{
		Addr:            []string{"127.0.0.1:8080"},
		Data:            ".stepcast",
		Locale:          "en",
		Zone:            "Local",
		Introspection:   IntrospectionSignedIn,
		LogLevel:        slog.LevelInfo,
		LogFormat:       LogText,
		MaxTasks:        max(4, 2*runtime.NumCPU()),
		QueueLimit:      10_000,
		OwnerQueueLimit: 1000,
		SocketLimit:     10_000,
		Lease:           10 * time.Second,
		StallAfter:      time.Minute,
		Retention:       30 * 24 * time.Hour,
		Grace:           10 * time.Second,
		KillGrace:       10 * time.Second,
		OutputLimit:     64 << 20,
		ResultLimit:     64 << 20,
		ResultRows:      100_000,
		HTTPLimit:       16 << 20,
		Python:          "python3",
		Engines:         DefaultEngines(),
		LinkisInstance:  "127.0.0.1:9104",
	}
}

// DatabaseURL returns where tasks are kept, the default resolved: a file in Data. It
// holds the password as it was written; to show it, use ParseDatabase and Redacted.
func (c Config) DatabaseURL() string {
	if c.Database != "" {
		return c.Database
	}
	return sqliteScheme + filepath.ToSlash(filepath.Join(c.Data, "stepcast.db"))
}

// Location returns the time zone of Zone, and the machine's when Zone is not valid. It
// may read files: call it once and keep the answer.
func (c Config) Location() *time.Location {
	location, err := parseZone(c.Zone)
	if err != nil {
		return time.Local
	}
	return location
}

// String lists the settings that differ from their defaults as name=value, the secret
// ones hidden, on one line.
func (c Config) String() string {
	var said []string
	for _, s := range settings {
		if shown := s.show(c); shown != s.show(Default()) {
			said = append(said, s.name+"="+shown)
		}
	}
	return strings.Join(said, " ")
}

// GoString keeps secrets out of %#v.
func (c Config) GoString() string { return c.String() }

// LogValue keeps secrets out of logs.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }
