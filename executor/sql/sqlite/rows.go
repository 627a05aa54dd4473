package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// pointerSize is in bytes.
const pointerSize = int(unsafe.Sizeof(uintptr(0)))

// pointerAt reads a pointer of the library's memory.
func pointerAt(place uintptr) uintptr {
	b := libc.GoBytes(place, pointerSize)
	if pointerSize == 4 {
		return uintptr(binary.NativeEndian.Uint32(b))
	}
	return uintptr(binary.NativeEndian.Uint64(b))
}

// Column is a column of a result.
type Column struct {
	Name string
	// Type is what the table declares, in its spelling; empty for an expression.
	Type string
}

// Rows is a statement that runs. It runs as far as Next is called: a statement without
// columns needs one call.
type Rows struct {
	c         *Conn
	statement uintptr
	columns   []Column
}

// Query begins a statement, with args for its placeholders. More than one statement is refused.
func (c *Conn) Query(text string, args []string) (*Rows, error) {
	statement, err := c.prepare(text)
	if err != nil {
		return nil, err
	}
	r := &Rows{c: c, statement: statement}
	if err := r.bind(args); err != nil {
		r.Close()
		return nil, err
	}
	for i := range lib.Xsqlite3_column_count(c.tls, statement) {
		r.columns = append(r.columns, Column{
			Name: libc.GoString(lib.Xsqlite3_column_name(c.tls, statement, i)),
			Type: libc.GoString(lib.Xsqlite3_column_decltype(c.tls, statement, i)),
		})
	}
	return r, nil
}

func (c *Conn) prepare(text string) (statement uintptr, err error) {
	code, err := libc.CString(text)
	if err != nil {
		return 0, err
	}
	defer libc.Xfree(c.tls, code)
	places := c.tls.Alloc(2 * pointerSize)
	defer c.tls.Free(2 * pointerSize)
	tail := places + uintptr(pointerSize)
	if err := c.check(lib.Xsqlite3_prepare_v2(c.tls, c.db, code, -1, places, tail)); err != nil {
		return 0, err
	}
	statement = pointerAt(places)
	if statement == 0 {
		return 0, errors.New("there is no statement in it")
	}
	if rest := libc.GoString(pointerAt(tail)); strings.Trim(rest, "; \t\r\n\f\v") != "" {
		lib.Xsqlite3_finalize(c.tls, statement)
		return 0, fmt.Errorf("there is something after the end of the statement: %.60q", rest)
	}
	return statement, nil
}

// bind gives the placeholders their values, as texts.
func (r *Rows) bind(args []string) error {
	if n := int(lib.Xsqlite3_bind_parameter_count(r.c.tls, r.statement)); n != len(args) {
		return fmt.Errorf("the statement has %d parameters, and %d have a value; write a variable as ${name}", n, len(args))
	}
	for i, arg := range args {
		value, err := libc.CString(arg)
		if err != nil {
			return err
		}
		code := lib.Xsqlite3_bind_text(r.c.tls, r.statement, int32(i+1), value, int32(len(arg)), lib.SQLITE_TRANSIENT)
		libc.Xfree(r.c.tls, value)
		if err := r.c.check(code); err != nil {
			return err
		}
	}
	return nil
}

// Columns are those of each row; a statement that gives no rows has none.
func (r *Rows) Columns() []Column { return r.columns }

// Next goes to the next row; false when there is none.
func (r *Rows) Next() (bool, error) {
	code := lib.Xsqlite3_step(r.c.tls, r.statement)
	return code == lib.SQLITE_ROW, r.c.check(code)
}

// Value gives a value of the row in SQLite's own text, nil for NULL. A blob is its
// bytes, and binary is true.
func (r *Rows) Value(column int) (value []byte, binary bool) {
	i, tls := int32(column), r.c.tls
	var at uintptr
	switch lib.Xsqlite3_column_type(tls, r.statement, i) {
	case lib.SQLITE_NULL:
		return nil, false
	case lib.SQLITE_BLOB:
		at, binary = lib.Xsqlite3_column_blob(tls, r.statement, i), true
	default:
		at = lib.Xsqlite3_column_text(tls, r.statement, i)
	}
	length := lib.Xsqlite3_column_bytes(tls, r.statement, i)
	if length == 0 || at == 0 {
		return []byte{}, binary
	}
	return append([]byte(nil), libc.GoBytes(at, int(length))...), binary
}

// Close ends the statement. Why it failed Next has told.
func (r *Rows) Close() { lib.Xsqlite3_finalize(r.c.tls, r.statement) }
