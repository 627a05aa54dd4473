package sql

import (
	"errors"
	"time"

	"stepcast/executor/sql/sqlite"
	"stepcast/models"
)

// interruptEvery is between two interrupts: one that comes before a statement runs does nothing.
const interruptEvery = 10 * time.Millisecond

// sqliteSession is a session on a file.
type sqliteSession struct{ conn *sqlite.Conn }

var _ session = (*sqliteSession)(nil)

func openSQLite(source DataSource) (session, error) {
	conn, err := sqlite.Open(source.Path)
	if err != nil {
		return nil, err
	}
	return &sqliteSession{conn}, nil
}

func (s *sqliteSession) dialect() dialect { return dialect{} }

func (s *sqliteSession) run(r ready) (cursor, error) {
	rows, err := s.conn.Query(r.query, r.args)
	if err != nil {
		return nil, explainSQLite(err)
	}
	return &sqliteCursor{conn: s.conn, rows: rows, class: r.class}, nil
}

func (s *sqliteSession) stop(ended <-chan struct{}) []string {
	again := time.NewTicker(interruptEvery)
	defer again.Stop()
	for {
		s.conn.Interrupt()
		select {
		case <-ended:
			return []string{"INTERRUPT"}
		case <-again.C:
		}
	}
}

func (s *sqliteSession) rollback() bool {
	if !s.conn.InTransaction() {
		return false
	}
	// Closing the connection would do it too.
	if rows, err := s.conn.Query("ROLLBACK", nil); err == nil {
		_, _ = rows.Next()
		rows.Close()
	}
	return true
}

// close leaves nothing: the statement ran in this process, and has ended.
func (s *sqliteSession) close() bool {
	_ = s.conn.Close()
	return true
}

// explainSQLite says what a refused statement wanted.
func explainSQLite(err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) && e.Denied() {
		return errors.New("a statement may not reach other files of the server: ATTACH, VACUUM INTO, " +
			"load_extension and pragmas that name folders are refused")
	}
	return err
}

// sqliteCursor is a statement on a file.
type sqliteCursor struct {
	conn *sqlite.Conn
	rows *sqlite.Rows
	class
}

var _ cursor = (*sqliteCursor)(nil)

func (c *sqliteCursor) columns() ([]models.ResultColumn, error) {
	var columns []models.ResultColumn
	for _, column := range c.rows.Columns() {
		if column.Type == "" {
			column.Type = untyped
		}
		columns = append(columns, models.ResultColumn{Name: column.Name, Type: column.Type})
	}
	return columns, nil
}

func (c *sqliteCursor) next() ([]*string, error) {
	found, err := c.rows.Next()
	if err != nil || !found {
		return nil, explainSQLite(err)
	}
	values := make([]*string, len(c.rows.Columns()))
	for i := range values {
		if value, binary := c.rows.Value(i); value != nil {
			values[i] = text(value, binary)
		}
	}
	return values, nil
}

func (c *sqliteCursor) nextSet() (bool, error) { return false, nil }

func (c *sqliteCursor) affected() (int64, bool) { return c.conn.Changes(), c.changes() }

func (c *sqliteCursor) close() error {
	c.rows.Close()
	return nil
}
