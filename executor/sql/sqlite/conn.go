// Package sqlite is a connection to a SQLite file for statements that others wrote.
//
// It calls the same library as the driver of database/sql does, which cannot do three
// things that are needed here: interrupt a query whose first row is out, keep a
// statement from reaching other files of the server, and give values in the text that
// SQLite itself has for them.
//
// A statement may do anything with the file and with databases in memory. Refused, with
// Error.Denied, are ATTACH and VACUUM INTO of other files, and pragmas that move
// temporary files. Extensions cannot be loaded, and the schema table cannot be written.
package sqlite

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// BusyTimeout is how long a statement waits for another connection that writes.
const BusyTimeout = 10 * time.Second

// Conn is a connection. One goroutine uses it; Interrupt alone may be called from others.
type Conn struct {
	tls       *libc.TLS
	db        uintptr
	callbacks callbacks
	// busyTimeout is BusyTimeout, save in tests.
	busyTimeout time.Duration
	// interrupted says that what waits for another connection gives up.
	interrupted atomic.Bool

	// mu guards closed, so that nothing interrupts what is gone.
	mu     sync.Mutex
	closed bool
}

// Open opens a file, and makes it, for its owner alone, when it is not there. Its folder
// must be.
func Open(path string) (*Conn, error) {
	if err := create(path); err != nil {
		return nil, err
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find the file: %w", err)
	}
	c := &Conn{tls: libc.NewTLS(), busyTimeout: BusyTimeout}
	uri := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(absolute)}).EscapedPath()}
	if err := errors.Join(c.open(uri.String()), c.limit()); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// create makes the file: SQLite would let everybody read it.
func create(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	switch {
	case errors.Is(err, os.ErrExist):
		return nil
	case errors.Is(err, os.ErrNotExist):
		return errors.New("the folder of its file does not exist")
	case err != nil:
		return errors.New("its file is not there and cannot be made")
	}
	return file.Close()
}

func (c *Conn) open(uri string) error {
	name, err := libc.CString(uri)
	if err != nil {
		return err
	}
	defer libc.Xfree(c.tls, name)
	place := c.tls.Alloc(pointerSize)
	defer c.tls.Free(pointerSize)
	code := lib.Xsqlite3_open_v2(c.tls, name, place, lib.SQLITE_OPEN_READWRITE|lib.SQLITE_OPEN_FULLMUTEX|lib.SQLITE_OPEN_URI, 0)
	c.db = pointerAt(place)
	return c.check(code)
}

// check makes an error of a result code.
func (c *Conn) check(code int32) error {
	switch code & 0xff {
	case lib.SQLITE_OK, lib.SQLITE_ROW, lib.SQLITE_DONE:
		return nil
	}
	message := libc.GoString(lib.Xsqlite3_errstr(c.tls, code))
	if c.db != 0 {
		message = libc.GoString(lib.Xsqlite3_errmsg(c.tls, c.db))
	}
	return &Error{Code: int(code), Message: message}
}

// InTransaction says whether a transaction is open.
func (c *Conn) InTransaction() bool { return lib.Xsqlite3_get_autocommit(c.tls, c.db) == 0 }

// Changes is how many rows the last INSERT, UPDATE or DELETE changed.
func (c *Conn) Changes() int64 { return lib.Xsqlite3_changes64(c.tls, c.db) }

// Interrupt ends what runs; its statement fails with Error.Interrupted. It does nothing
// where nothing runs yet, so call it until the statement has ended. Afterwards the
// connection does not wait for others any more.
func (c *Conn) Interrupt() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.interrupted.Store(true)
	if !c.closed {
		tls := libc.NewTLS()
		defer tls.Close()
		lib.Xsqlite3_interrupt(tls, c.db)
	}
}

// Close rolls an open transaction back and ends the connection. Its rows are closed before.
func (c *Conn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	err := c.check(lib.Xsqlite3_close_v2(c.tls, c.db))
	c.tls.Close()
	return err
}

// Error is what SQLite said.
type Error struct {
	// Code is the result code of SQLite, https://www.sqlite.org/rescode.html.
	Code    int
	Message string
}

func (e *Error) Error() string { return fmt.Sprintf("%s (SQLite error %d)", e.Message, e.Code&0xff) }

// Denied says whether the statement may not be run here.
func (e *Error) Denied() bool { return e.Code&0xff == lib.SQLITE_AUTH }

// Interrupted says whether Interrupt ended the statement.
func (e *Error) Interrupted() bool { return e.Code&0xff == lib.SQLITE_INTERRUPT }
