package executor

import (
	"errors"
	"io"

	"stepcast/models"
)

// ErrResultsFull is what writing a result answers when the execution has given all
// the bytes that it may. What was written before stays: Close keeps it, cut.
var ErrResultsFull = errors.New("the results of an execution are limited, and the limit is reached")

// A TableWriter takes the rows of a result set. It is not for concurrent use.
type TableWriter interface {
	// Row appends a row: one value for each column, nil for NULL. It may block. After
	// ErrResultsFull the row is not there; any other error is for the executor to fail with.
	Row(values []*string) error
	// Cut notes that rows were left out, because of a limit of the executor's own.
	Cut()
	// Close makes the result visible. A result that is never closed is never seen.
	Close() error
}

// A FileWriter takes the bytes of a file. It is not for concurrent use. Its Write may
// block, and answers ErrResultsFull when only a part of the bytes was taken. Close makes
// the result visible; one that is never closed is never seen.
type FileWriter interface {
	io.WriteCloser
}

// Results is where an execution puts what it produced besides its log.
type Results interface {
	// Table begins a result set. An empty name is given one: "result 1".
	Table(name string, columns []models.ResultColumn) (TableWriter, error)
	// File begins a file. Its media type follows from its name and first bytes.
	File(name string) (FileWriter, error)
}
