package sql

import (
	"context"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"

	"stepcast/models"
)

// session is the connection of one execution. One goroutine uses it; stop alone is
// called from another.
type session interface {
	// dialect says how the server reads texts.
	dialect() dialect
	// run begins a statement.
	run(s ready) (cursor, error)
	// stop ends what runs, and returns when ended is closed, with the commands that were
	// sent, in order. Afterwards the session is only good to be closed.
	stop(ended <-chan struct{}) (sent []string)
	// rollback ends the open transaction, and says whether there was one as far as the
	// server tells.
	rollback() (open bool)
	// close ends the connection, and says whether nothing of a stopped one is left.
	close() (gone bool)
}

// cursor is a statement that was begun. It may have several result sets.
type cursor interface {
	// columns of the current set; none when the statement gives no rows.
	columns() ([]models.ResultColumn, error)
	// next gives the values of the next row of the set, nil at its end.
	next() ([]*string, error)
	// nextSet goes to the next result set, past what is left of the current one.
	nextSet() (bool, error)
	// affected is how many rows it changed; false when that is not known.
	affected() (int64, bool)
	// close ends it, also where rows are left.
	close() error
}

// connect begins a session. The error is a problem.
func (e *Executor) connect(ctx context.Context, name string) (session, error) {
	source := e.options.DataSources[name]
	if source.Driver == SQLite {
		return openSQLite(source)
	}
	return openMySQL(ctx, source, e.options.grace(), e.options.logger().With("dataSource", name))
}

// untyped is the type of a column whose data source gives it none.
const untyped = "string"

// text shows a value: bytes that are no text in hex, and those of a binary type also
// where a terminal could not show them.
func text(value []byte, binary bool) *string {
	s := string(value)
	if !utf8.ValidString(s) || binary && strings.ContainsFunc(s, isControl) {
		s = "0x" + strings.ToUpper(hex.EncodeToString(value))
	}
	return &s
}

func isControl(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }
