package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Pool gives the connections that write.
func Pool(s *Store) *sql.DB { return s.pools()[0] }

// Pack packs lines as Commit does.
var Pack = chunkLines

// SlowLog is gorm's logger.
func SlowLog(to *slog.Logger) logger.Interface { return slowLog{to, newInstruments(nil)} }

// Retry runs fn as a transaction that is run again after each error that again accepts.
func Retry(ctx context.Context, s *Store, again func(error) bool, fn func() error) error {
	retrying := *s
	retrying.dialect.again = again
	return retrying.change(ctx, func(*gorm.DB) error { return fn() })
}

// Statements gives the SQL that call executes.
func Statements(s *Store, call func(*Store) error) ([]string, error) {
	log := &statementLog{Interface: logger.Discard}
	watched := *s
	watched.read = s.read.Session(&gorm.Session{Logger: log})
	watched.write = s.write.Session(&gorm.Session{Logger: log})
	err := call(&watched)
	return log.statements, err
}

// Plan gives the database's plan for a statement, a line for each table.
func Plan(ctx context.Context, s *Store, statement string) (string, error) {
	explain := map[string]string{"sqlite": "EXPLAIN QUERY PLAN ", "mysql": "EXPLAIN "}[s.Dialect()]
	rows, err := Pool(s).QueryContext(ctx, explain+statement)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return "", err
	}
	var plan strings.Builder
	for rows.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return "", err
		}
		for i, v := range values {
			// possible_keys names indexes that are not used.
			if names[i] == "key" || names[i] == "detail" || names[i] == "table" || names[i] == "Extra" {
				fmt.Fprintf(&plan, "%s ", v)
			}
		}
		plan.WriteByte('\n')
	}
	return plan.String(), rows.Err()
}

type statementLog struct {
	logger.Interface
	statements []string
}

func (l *statementLog) LogMode(logger.LogLevel) logger.Interface { return l }

func (l *statementLog) Trace(_ context.Context, _ time.Time, statement func() (string, int64), _ error) {
	sql, _ := statement()
	l.statements = append(l.statements, sql)
}
