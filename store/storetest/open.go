package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"stepcast/store"
)

const defaultMySQL = "mysql://root@127.0.0.1:3306/test"

// opened has the URL of every open store, for Again.
var opened sync.Map

// OpenSQLite opens a new SQLite file, which the test deletes.
func OpenSQLite(t testing.TB) *store.Store {
	t.Helper()
	return Open(t, store.Options{URL: "sqlite://" + filepath.Join(t.TempDir(), "stepcast.db")})
}

// OpenMySQL opens a new database on the MySQL server for tests, which the test
// drops. It skips the test, or fails it, when there is no server.
func OpenMySQL(t testing.TB) *store.Store {
	t.Helper()
	return Open(t, store.Options{URL: NewMySQL(t)})
}

// Each runs the test on both databases, as subtests that run in parallel.
func Each(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, OpenSQLite(t))
	})
	t.Run("mysql", func(t *testing.T) {
		t.Parallel()
		test(t, OpenMySQL(t))
	})
}

// Open opens a store and closes it when the test ends.
func Open(t testing.TB, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), o)
	require.NoError(t, err)
	opened.Store(s, o.URL)
	t.Cleanup(func() {
		opened.Delete(s)
		require.NoError(t, s.Close())
	})
	return s
}

// Again opens the database of s once more, as another process would. set may
// change the options; it may be nil.
func Again(t testing.TB, s *store.Store, set func(*store.Options)) *store.Store {
	t.Helper()
	o := store.Options{URL: URL(t, s)}
	if set != nil {
		set(&o)
	}
	return Open(t, o)
}

// URL is where the database of a store is that was opened here.
func URL(t testing.TB, s *store.Store) string {
	t.Helper()
	at, ok := opened.Load(s)
	require.True(t, ok, "the store was not opened by storetest")
	return at.(string)
}

// NewMySQL creates an empty database on the server for tests and gives its URL.
// The test drops it.
func NewMySQL(t testing.TB) string {
	t.Helper()
	server, where := mysqlServer(t)
	name := "stepcast_test_" + strings.ToLower(rand.Text())
	_, err := server.ExecContext(t.Context(), "CREATE DATABASE "+name)
	require.NoError(t, err)
	t.Cleanup(func() {
		// The test's own context has ended by now.
		_, err := server.ExecContext(context.Background(), "DROP DATABASE "+name)
		require.NoError(t, err)
	})
	where.Path = "/" + name
	return where.String()
}

func mysqlServer(t testing.TB) (*sql.DB, *url.URL) {
	t.Helper()
	raw := os.Getenv("STEPCAST_TEST_MYSQL")
	named := raw != ""
	if !named {
		raw = defaultMySQL
	}
	where, err := url.Parse(raw)
	require.NoError(t, err, "STEPCAST_TEST_MYSQL")
	where.Path = "" // the database that it names need not exist
	server := Connect(t, where.String())
	if err := server.PingContext(t.Context()); err != nil {
		reason := fmt.Sprintf("no MySQL server for tests at %s (STEPCAST_TEST_MYSQL names one): %v", where.Redacted(), err)
		if named || strings.Contains(os.Getenv("STEPCAST_REQUIRE"), "mysql") {
			require.FailNow(t, reason)
		}
		t.Skip(reason)
	}
	return server, where
}

// Connect gives connections of the test's own to the MySQL database at a URL, or to no
// database of the server when the URL names none. The test closes them.
func Connect(t testing.TB, at string) *sql.DB {
	t.Helper()
	where, err := url.Parse(at)
	require.NoError(t, err)
	c := mysql.NewConfig()
	c.Net, c.Addr, c.User, c.DBName = "tcp", where.Host, where.User.Username(), strings.TrimPrefix(where.Path, "/")
	c.Passwd, _ = where.User.Password()
	c.Timeout, c.InterpolateParams, c.Logger = 5*time.Second, true, &mysql.NopLogger{}
	connector, err := mysql.NewConnector(c)
	require.NoError(t, err)
	db := sql.OpenDB(connector)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}
