package script

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"stepcast/executor"
	"stepcast/models"
)

// makeWorkDir makes the directory of an execution, which nobody else may enter, and
// writes the code into it. It returns the path of both.
func (e *Executor) makeWorkDir(req executor.Request) (dir, file string, err error) {
	if err := os.MkdirAll(e.options.WorkRoot, 0o700); err != nil {
		return "", "", fmt.Errorf("make work directory: %w", err)
	}
	dir, err = os.MkdirTemp(e.options.WorkRoot, fmt.Sprintf("%s-%d-*", models.ContentID(req.Task, req.Content), req.Attempt))
	if err != nil {
		return "", "", fmt.Errorf("make work directory: %w", err)
	}
	if err := os.Mkdir(filepath.Join(dir, resultsDir), 0o700); err != nil {
		_ = RemoveWork(dir)
		return "", "", fmt.Errorf("make results directory: %w", err)
	}
	file = filepath.Join(dir, e.language.File)
	if err := os.WriteFile(file, []byte(req.Code), 0o600); err != nil {
		_ = RemoveWork(dir)
		return "", "", fmt.Errorf("write code: %w", err)
	}
	return dir, file, nil
}

// RemoveWork removes the directory of an execution, or the WorkRoot of all, with what
// scripts left there, also what they closed against themselves.
func RemoveWork(dir string) error {
	if os.RemoveAll(dir) == nil {
		return nil
	}
	_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, _ error) error {
		if entry != nil && entry.IsDir() {
			_ = os.Chmod(path, 0o700)
		}
		return nil
	})
	return os.RemoveAll(dir)
}
