package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
)

// migrations has a folder of numbered SQL files for each dialect. A file that was
// released is never changed; a new one is added for both.
//
//go:embed migrations
var migrations embed.FS

// versionTable is where goose notes the migrations that a database has had.
const versionTable = goose.DefaultTablename

// migrate brings the tables up to date. Several processes may do so at once: each
// migration is made once, under a lock of the whole database.
func (s *Store) migrate(ctx context.Context) error {
	version, err := s.tablesVersion(ctx)
	if err != nil {
		return fmt.Errorf("read version of tables: %w", err)
	}
	known := knownMigrations(s.dialect.name)
	if newest := known[len(known)-1]; version > newest {
		return fmt.Errorf("its tables have version %d and this stepcast knows %d: start the version of stepcast that upgraded them, or restore the backup from before the upgrade", version, newest)
	}
	for _, number := range known {
		if number <= version {
			continue
		}
		if err := s.apply(ctx, number); err != nil {
			return fmt.Errorf("upgrade tables to version %d: %w", number, err)
		}
	}
	return nil
}

// tablesVersion is the number of the newest migration that the database has had, 0
// for an empty database.
func (s *Store) tablesVersion(ctx context.Context) (version int64, err error) {
	db := s.write.WithContext(ctx)
	if !db.Migrator().HasTable(versionTable) {
		return 0, nil
	}
	return version, db.Table(versionTable).Select("COALESCE(MAX(version_id), 0)").Scan(&version).Error
}

// apply makes one migration, unless somebody else did so meanwhile. It does not use
// goose's Up, which looks at the version table, and may create it, before it locks.
func (s *Store) apply(ctx context.Context, number int64) error {
	files, err := fs.Sub(migrations, path.Join("migrations", s.dialect.name))
	if err != nil {
		return err
	}
	// Everything, the lock included, runs on one connection without transactions of
	// goose's own (WithIsolateDDL): on SQLite the lock is the transaction.
	provider, err := goose.NewProvider(s.dialect.goose, s.pools()[0], files,
		goose.WithSessionLocker(s.dialect.lock(number)), goose.WithIsolateDDL(true), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	if _, err := provider.ApplyVersion(ctx, number, true); !errors.Is(err, goose.ErrAlreadyApplied) {
		return err
	}
	return nil
}

// knownMigrations gives the numbers of the embedded files of a dialect, ascending.
func knownMigrations(dialect string) (numbers []int64) {
	// The pattern and the names are fixed: nothing here can fail.
	names, _ := fs.Glob(migrations, path.Join("migrations", dialect, "*.sql"))
	for _, name := range names {
		digits, _, _ := strings.Cut(path.Base(name), "_")
		number, _ := strconv.ParseInt(digits, 10, 64)
		numbers = append(numbers, number)
	}
	slices.Sort(numbers)
	return numbers
}
