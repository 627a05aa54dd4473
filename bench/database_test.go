package bench

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/glebarez/sqlite"
	"github.com/stretchr/testify/require"

	"stepcast/store"
	"stepcast/store/storetest"
)

// Kinds of database, as the tables name them.
const (
	kindSQLite = "SQLite"
	kindMySQL  = "MariaDB"
)

// database is one that a benchmark or a test has to itself.
type database struct {
	kind string
	url  string
	// raw is one connection beside the store's, and as durable.
	raw *sql.DB
}

func newSQLite(tb testing.TB) *database {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "stepcast.db")
	db := &database{kind: kindSQLite, url: "sqlite://" + path}
	createTables(tb, db)
	raw, err := sql.Open(sqlite.DriverName, "file:"+path+
		"?_pragma=busy_timeout(60000)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_txlock=immediate")
	require.NoError(tb, err)
	raw.SetMaxOpenConns(1)
	tb.Cleanup(func() { require.NoError(tb, raw.Close()) })
	db.raw = raw
	return db
}

// newMySQL makes a database on the MySQL server for tests, as storetest.NewMySQL does.
func newMySQL(tb testing.TB) *database {
	tb.Helper()
	db := &database{kind: kindMySQL, url: storetest.NewMySQL(tb)}
	createTables(tb, db)
	db.raw = storetest.Connect(tb, db.url)
	db.raw.SetMaxOpenConns(1)
	return db
}

func createTables(tb testing.TB, db *database) {
	tb.Helper()
	require.NoError(tb, db.open(tb).Close())
}

// open opens the store of the database, for the caller to close.
func (db *database) open(tb testing.TB) *store.Store {
	tb.Helper()
	s, err := store.Open(tb.Context(), store.Options{URL: db.url})
	require.NoError(tb, err)
	return s
}

func (db *database) exec(tb testing.TB, statement string, args ...any) {
	tb.Helper()
	_, err := db.raw.ExecContext(tb.Context(), statement, args...)
	require.NoError(tb, err, statement)
}

// number is what a query of one number gives.
func (db *database) number(tb testing.TB, query string, args ...any) (n int) {
	tb.Helper()
	require.NoError(tb, db.raw.QueryRowContext(tb.Context(), query, args...).Scan(&n), query)
	return n
}

// kinds are the databases that everything is measured and tested on.
var kinds = []struct {
	name string
	make func(tb testing.TB) *database
}{{kindSQLite, newSQLite}, {kindMySQL, newMySQL}}
