package script

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"stepcast/executor"
	"stepcast/models"
)

// resultsDir is where a script leaves files that outlast it, within its directory. The
// environment variable STEPCAST_RESULTS has its path.
const resultsDir = ".results"

// collect gives the sink every file that the script left in its results directory,
// those of subdirectories included, by name. No process of the script is there any more.
func (x *execution) collect(ctx context.Context, dir string) {
	root, err := os.OpenRoot(filepath.Join(dir, resultsDir))
	if err != nil {
		return // the script removed it: it has no results
	}
	defer root.Close()
	skipped := 0
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			x.warn("The result %s could not be read: %v", name, err)
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case entry.IsDir():
			return nil
		case !entry.Type().IsRegular():
			x.warn("%s is no file, so it is no result: links and the like are left out", name)
			return nil
		case skipped > 0:
			skipped++
			return nil
		}
		if !x.collectFile(root, name) {
			skipped++
		}
		return nil
	})
	if err != nil {
		x.warn("Not all results were stored: %v", err)
	}
	if skipped > 1 {
		x.warn("Further results that were left out: %d", skipped-1)
	}
}

// collectFile stores one file; false when the limit of results is reached.
func (x *execution) collectFile(root *os.Root, name string) bool {
	size, err := x.copyFile(root, name)
	switch {
	case errors.Is(err, executor.ErrResultsFull):
		x.warn("The result %s is cut after %d bytes: the results of an execution are limited", name, size)
		return false
	case err != nil:
		x.warn("The result %s was not stored: %v", name, err)
	default:
		x.sink.Log(models.Info, models.System, fmt.Sprintf("Result %s: %d bytes", name, size))
	}
	return true
}

func (x *execution) copyFile(root *os.Root, name string) (size int64, err error) {
	file, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return 0, err
	}
	defer file.Close()
	result, err := x.sink.File(name)
	if err != nil {
		return 0, err
	}
	size, err = io.Copy(result, file)
	if err != nil && !errors.Is(err, executor.ErrResultsFull) {
		return size, err // what is not closed is never seen
	}
	return size, errors.Join(err, result.Close())
}

func (x *execution) warn(format string, args ...any) {
	x.sink.Log(models.Warn, models.System, fmt.Sprintf(format, args...))
}
