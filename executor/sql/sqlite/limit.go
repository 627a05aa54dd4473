package sqlite

import (
	"strings"
	"time"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// busyWait is between two tries to get a lock.
const busyWait = 5 * time.Millisecond

// callbacks keeps the functions that SQLite calls, as long as it may.
type callbacks struct {
	authorize func(tls *libc.TLS, _ uintptr, action int32, first, second, database, trigger uintptr) int32
	busy      func(tls *libc.TLS, _ uintptr, tries int32) int32
}

// limit sets what a statement may not do.
func (c *Conn) limit() error {
	if c.db == 0 {
		return nil
	}
	c.callbacks = callbacks{authorize: authorize, busy: c.busy}
	defensive := libc.NewVaList(int32(1), uintptr(0))
	defer libc.Xfree(c.tls, defensive)
	for _, code := range []int32{
		lib.Xsqlite3_extended_result_codes(c.tls, c.db, 1),
		lib.Xsqlite3_db_config(c.tls, c.db, lib.SQLITE_DBCONFIG_DEFENSIVE, defensive),
		lib.Xsqlite3_set_authorizer(c.tls, c.db, *(*uintptr)(unsafe.Pointer(&c.callbacks.authorize)), 0),
		lib.Xsqlite3_busy_handler(c.tls, c.db, *(*uintptr)(unsafe.Pointer(&c.callbacks.busy)), 0),
	} {
		if err := c.check(code); err != nil {
			return err
		}
	}
	return nil
}

// authorize implements sqlite3_set_authorizer.
func authorize(_ *libc.TLS, _ uintptr, action int32, first, second, _, _ uintptr) int32 {
	switch action {
	case lib.SQLITE_ATTACH:
		// The name is NULL where it is computed, and empty for the temporary database that
		// VACUUM itself attaches.
		if name := libc.GoString(first); first != 0 && (name == "" || name == ":memory:") {
			return lib.SQLITE_OK
		}
		return lib.SQLITE_DENY
	case lib.SQLITE_PRAGMA:
		switch strings.ToLower(libc.GoString(first)) {
		case "temp_store_directory", "data_store_directory":
			return lib.SQLITE_DENY
		}
	case lib.SQLITE_FUNCTION:
		if strings.EqualFold(libc.GoString(second), "load_extension") {
			return lib.SQLITE_DENY
		}
	}
	return lib.SQLITE_OK
}

// busy implements sqlite3_busy_handler: it waits for another connection, unless
// somebody interrupted.
func (c *Conn) busy(_ *libc.TLS, _ uintptr, tries int32) int32 {
	if c.interrupted.Load() || time.Duration(tries)*busyWait >= c.busyTimeout {
		return 0
	}
	time.Sleep(busyWait)
	return 1
}
