package sql

import (
	"log/slog"
	"time"
)

const (
	// MaxRowsDefault bounds a result set.
	MaxRowsDefault = 100_000
	// GraceDefault is how long the end of a statement may take.
	GraceDefault = 10 * time.Second
)

// Options are of the server.
type Options struct {
	// DataSources are those there are, by name.
	DataSources map[string]DataSource
	// Default names the one that is used when params name none. Empty: the only one there
	// is, and where there are several params must name one.
	Default string
	// MaxRows bounds each result set; 0 is MaxRowsDefault.
	MaxRows int
	// Grace is how long ending a statement early may take before its connection is
	// dropped; 0 is GraceDefault.
	Grace time.Duration
	// DisabledReason switches the run type off and says why.
	DisabledReason string
	// Logger takes what an operator should know; nil is none.
	Logger *slog.Logger
}

// Driver is the kind of a data source.
type Driver string

// The drivers there are.
const (
	SQLite Driver = "sqlite"
	MySQL  Driver = "mysql" // and MariaDB
)

// DataSource says where statements run. It prints without its account.
type DataSource struct {
	Driver Driver
	// Path of the SQLite file, relative to the working directory. A file that is not there
	// is made, its folder is not.
	Path string

	// The others are for MySQL. Address is host:port; Database is the one that is current
	// when the script begins.
	Address  string
	User     string
	Password string `json:"-"`
	Database string
	// TLS is "true", "false", "skip-verify" or "preferred"; empty means false.
	TLS string
}

// String shows what there is to be seen.
func (d DataSource) String() string { return string(d.Driver) + " " + d.Path + d.Address }

func (o *Options) maxRows() int {
	if o.MaxRows <= 0 {
		return MaxRowsDefault
	}
	return o.MaxRows
}

func (o *Options) grace() time.Duration {
	if o.Grace <= 0 {
		return GraceDefault
	}
	return o.Grace
}

func (o *Options) logger() *slog.Logger {
	if o.Logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.Logger
}
