package sql

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"stepcast/models"
)

// mysqlCursor is a statement that may give rows.
type mysqlCursor struct {
	session *mysqlSession
	rows    *sql.Rows
	class
	// binary tells the columns of the current set whose bytes need not be text; bits
	// those that are numbers written as bytes.
	binary, bits []bool
	// drained is whether the current set has no more rows.
	drained bool
}

var _ cursor = (*mysqlCursor)(nil)

func (c *mysqlCursor) columns() ([]models.ResultColumn, error) {
	types, err := c.rows.ColumnTypes()
	if err != nil {
		return nil, explainMySQL(err)
	}
	c.binary, c.bits = make([]bool, len(types)), make([]bool, len(types))
	columns := make([]models.ResultColumn, len(types))
	for i, t := range types {
		name := t.DatabaseTypeName()
		c.bits[i] = name == "BIT"
		c.binary[i] = slices.Contains([]string{"BINARY", "VARBINARY", "GEOMETRY"}, name) || strings.HasSuffix(name, "BLOB")
		if name == "" {
			name = untyped
		}
		columns[i] = models.ResultColumn{Name: t.Name(), Type: name}
	}
	return columns, nil
}

func (c *mysqlCursor) next() ([]*string, error) {
	if !c.rows.Next() {
		c.drained = true
		if err := c.rows.Err(); err != nil {
			return nil, explainMySQL(err)
		}
		return nil, nil
	}
	row, places := make([]any, len(c.binary)), make([]any, len(c.binary))
	for i := range row {
		places[i] = &row[i]
	}
	if err := c.rows.Scan(places...); err != nil {
		return nil, err
	}
	values := make([]*string, len(row))
	for i, value := range row {
		values[i] = c.text(i, value)
	}
	return values, nil
}

// text shows a value as the server does. The driver reads numbers, and leaves the rest
// as bytes.
func (c *mysqlCursor) text(column int, value any) *string {
	var s string
	switch v := value.(type) {
	case nil:
		return nil
	case []byte:
		if c.bits[column] {
			s = fmt.Sprintf("0x%X", v)
			return &s
		}
		return text(v, c.binary[column])
	case float32:
		s = float(float64(v), 32)
	case float64:
		s = float(v, 64)
	default:
		s = fmt.Sprint(v)
	}
	return &s
}

// float writes a number as MySQL does: with an exponent where it is very large or small.
func float(v float64, bits int) string {
	if a := math.Abs(v); a == 0 || 1e-15 <= a && a < 1e15 {
		return strconv.FormatFloat(v, 'f', -1, bits)
	}
	digits, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', -1, bits), "e")
	sign := strings.TrimSuffix(exponent[:1], "+")
	return digits + "e" + sign + strings.TrimLeft(exponent[1:], "0")
}

func (c *mysqlCursor) nextSet() (bool, error) {
	if c.rows.NextResultSet() {
		c.drained = false
		return true, nil
	}
	c.drained = true
	if err := c.rows.Err(); err != nil {
		return false, explainMySQL(err)
	}
	return false, nil
}

func (c *mysqlCursor) affected() (int64, bool) { return 0, false }

// close reads what is left, as the connection cannot be used before. A statement that
// only reads is ended on the server instead, because that may be a lot.
func (c *mysqlCursor) close() error {
	if c.drained || !c.reads() {
		return c.rows.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), c.session.grace)
	defer cancel()
	err := c.session.kill(ctx, "QUERY")
	closed := c.rows.Close() // It fails because of the KILL, or not when that came too late.
	if err != nil {
		return closed
	}
	// Then the KILL may be for the next statement, which is this one.
	_, _ = c.session.conn.ExecContext(ctx, "DO 0")
	return nil
}

// mysqlChange is a statement that has changed rows.
type mysqlChange struct{ result sql.Result }

var _ cursor = (*mysqlChange)(nil)

func (*mysqlChange) columns() ([]models.ResultColumn, error) { return nil, nil }
func (*mysqlChange) next() ([]*string, error)                { return nil, nil }
func (*mysqlChange) nextSet() (bool, error)                  { return false, nil }
func (*mysqlChange) close() error                            { return nil }

func (c *mysqlChange) affected() (int64, bool) {
	n, err := c.result.RowsAffected()
	return n, err == nil
}
