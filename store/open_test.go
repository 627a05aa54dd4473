package store_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/store"
	"stepcast/store/storetest"
)

func TestURLs(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"", "sqlite://", "stepcast.db", "postgres://u:secret@h/db", "mysql://u:secret@h", "mysql://u:secret@:3306/db",
		"mysql://u:sec ret@h:port/db", "mysql://u:secret@h/db?timeout=1s",
	} {
		_, err := store.Open(t.Context(), store.Options{URL: raw})
		require.ErrorContains(t, err, "the database URL", raw)
		require.NotContains(t, err.Error(), "sec", "a password is not repeated")
	}
	_, err := store.Open(t.Context(), store.Options{URL: "mysql://u:secret@127.0.0.1:1/db"})
	require.ErrorContains(t, err, "open database")
	require.NotContains(t, err.Error(), "secret")
}

func TestSQLiteFileIsPrivate(t *testing.T) {
	t.Parallel()
	// Characters that mean something in a DSN do not in a path.
	path := filepath.Join(t.TempDir(), "new", "50% of a?b#c &d é.db")
	s := storetest.Open(t, store.Options{URL: "sqlite://" + path})
	storetest.Submit(t, s, nil)
	files, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, files, 3, "the database, its log and its index")
	for _, f := range files {
		require.True(t, strings.HasPrefix(f.Name(), filepath.Base(path)), f.Name())
		info, err := f.Info()
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o600), info.Mode().Perm(), f.Name())
	}
	folder, err := os.Stat(filepath.Dir(path))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o700), folder.Mode().Perm())
}

func TestSQLiteSettings(t *testing.T) {
	t.Parallel()
	s := storetest.OpenSQLite(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"} {
		var got string
		require.NoError(t, store.Pool(s).QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got))
		require.Equal(t, want, got, pragma)
	}
}

func TestNewerDatabase(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		_, err := store.Pool(s).ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)")
		require.NoError(t, err)
		_, err = store.Open(t.Context(), store.Options{URL: storetest.URL(t, s)})
		require.EqualError(t, err, "open database: its tables have version 99 and this stepcast knows 2: "+
			"start the version of stepcast that upgraded them, or restore the backup from before the upgrade")
	})
}

// TestMigrationStartsOver: a migration that was cut short is made again.
func TestMigrationStartsOver(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		task := storetest.Submit(t, s, nil)
		for _, statement := range []string{"DELETE FROM goose_db_version WHERE version_id > 0", "DROP TABLE sessions"} {
			_, err := store.Pool(s).ExecContext(t.Context(), statement)
			require.NoError(t, err)
		}
		again := storetest.Again(t, s, nil)
		_, err := again.SessionByHash(t.Context(), "h")
		require.Equal(t, models.CodeNotFound, models.CodeOf(err))
		got, err := again.Task(t.Context(), task.ID)
		require.NoError(t, err)
		storetest.EqualTask(t, task, got)
	})
}

// TestFailedMigration: on SQLite, a migration that fails leaves nothing behind.
func TestFailedMigration(t *testing.T) {
	t.Parallel()
	s := storetest.OpenSQLite(t)
	for _, statement := range []string{
		"DELETE FROM goose_db_version WHERE version_id > 0", "DROP TABLE sessions", "DROP TABLE workers",
		"CREATE VIEW sessions AS SELECT 1",
	} {
		_, err := store.Pool(s).ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	_, err := store.Open(t.Context(), store.Options{URL: storetest.URL(t, s)})
	require.ErrorContains(t, err, "upgrade tables to version 1")
	var tables int
	require.NoError(t, store.Pool(s).QueryRowContext(t.Context(), "SELECT COUNT(*) FROM sqlite_master WHERE name = 'workers'").Scan(&tables))
	require.Zero(t, tables)
}

func TestPing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		require.NoError(t, s.Ping(t.Context()))
		closed, err := store.Open(t.Context(), store.Options{URL: storetest.URL(t, s)})
		require.NoError(t, err)
		require.NoError(t, closed.Close())
		require.Error(t, closed.Ping(t.Context()))
		_, err = closed.Row(t.Context(), 1)
		require.Error(t, err)
		require.Nil(t, models.AsFault(err), "it is no answer about the task")
	})
}
