package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/glebarez/sqlite"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"gorm.io/gorm"
)

// sqliteReaders bounds the connections that read at once.
const sqliteReaders = 8

// sqliteFile is the path of a database file.
type sqliteFile string

func (f sqliteFile) connect(ctx context.Context, s *Store, config *gorm.Config) error {
	s.dialect = dialect{
		name:  "sqlite",
		goose: goose.DialectSQLite3,
		lock:  func(migration int64) lock.SessionLocker { return sqliteLock{migration} },
		clock: "CAST(unixepoch('subsec')*1000 AS INTEGER)",
		join:  "CROSS JOIN",
		// Transactions that write begin IMMEDIATE: they wait for their turn (busy_timeout)
		// before their first statement, and nothing can fail them after it.
		again:   func(error) bool { return false },
		refused: func(error) bool { return false },
	}
	if err := f.create(); err != nil {
		return err
	}
	var err error
	// One connection writes: a queue in the process is fairer and faster than SQLite's own lock.
	if s.write, err = f.open(ctx, config, 1, "_txlock=immediate"); err != nil {
		return err
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	s.read, err = f.open(ctx, config, sqliteReaders, "_pragma=query_only(1)")
	return err
}

// create makes the file and its folder, for nobody but us: logs and password
// hashes are in it. A file or folder that exists keeps its mode. SQLite gives the
// mode of the file to those that it puts beside it.
func (f sqliteFile) create() error {
	if err := os.MkdirAll(filepath.Dir(string(f)), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(string(f), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return file.Close()
}

// open makes a pool. Pragmas stand in the DSN because they are per connection.
// With synchronous=FULL a commit survives a power cut too. Measured, that makes a
// commit of one task up to three times slower, one of a hundred tasks hardly, and
// commits are grouped.
func (f sqliteFile) open(ctx context.Context, config *gorm.Config, connections int, extra string) (*gorm.DB, error) {
	path, err := filepath.Abs(string(f))
	if err != nil {
		return nil, err
	}
	// Setting _time_format would make the driver skip _txlock; its default sorts as time.
	dsn := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}).String() +
		"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)&_pragma=journal_size_limit(67108864)&" + extra
	pool, err := sql.Open(sqlite.DriverName, dsn)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	db, err := gorm.Open(sqliteDialector{sqlite.Dialector{Conn: pool}}, config)
	if err == nil {
		err = pool.PingContext(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return db, nil
}

// sqliteLock runs a migration in a transaction that holds SQLite's write lock.
type sqliteLock struct{ migration int64 }

func (sqliteLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE")
	return err
}

// SessionUnlock is not told how the migration went. It keeps it only when goose
// came to note it, so that one that failed leaves nothing behind.
func (l sqliteLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	var noted bool
	err := conn.QueryRowContext(ctx, "SELECT COUNT(*) > 0 FROM "+versionTable+" WHERE version_id = ?", l.migration).Scan(&noted)
	end := "COMMIT"
	if err != nil || !noted {
		end = "ROLLBACK"
	}
	if _, err := conn.ExecContext(ctx, end); err != nil {
		return fmt.Errorf("end migration: %w", err)
	}
	return nil
}
