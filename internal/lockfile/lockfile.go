// Package lockfile lets one process own a folder: a lock on a file in it that the
// system takes back when the process ends, however it ends.
package lockfile

import (
	"errors"
	"fmt"
	"os"
)

// ErrHeld says that another process has the lock.
var ErrHeld = errors.New("another process has the lock")

// Lock is a lock that this process holds.
type Lock struct{ file *os.File }

// Acquire takes the lock of the file at path, making the file when it is missing. It
// does not wait: ErrHeld when another process has it.
func Acquire(path string) (*Lock, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	if err := lock(file); err != nil {
		_ = file.Close() // nothing was written
		return nil, err
	}
	return &Lock{file}, nil
}

// Release gives the lock back. The file stays: removing it would let two processes
// lock two files of one name.
func (l *Lock) Release() error { return l.file.Close() }
