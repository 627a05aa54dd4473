//go:build unix

package shim

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// start forks the program into a session of its own.
func (k *keeper) start(l Launch) error {
	if err := prepare(l); err != nil {
		return err
	}

	var err error
	k.grace, k.lease = l.Grace, l.Lease
	k.child, err = syscall.ForkExec(l.Path, append([]string{l.Path}, l.Args...), &syscall.ProcAttr{
		Dir:   l.Dir,
		Env:   append([]string{l.Marker}, l.Env...),
		Files: []uintptr{stdinFD, stdoutFD, stderrFD},
		Sys:   childAttr(),
	})
	// The program's output ends when its last process lets go; the shim must not hold it.
	_ = syscall.Close(stdoutFD)
	_ = syscall.Close(stderrFD)
	if err != nil {
		return explainStart(l, err)
	}
	k.tree = newTree(l, k.child)
	k.sampleAt = time.Now().Add(sampleEvery)
	k.report(Report{Is: Started, Pid: k.child})
	return nil
}

// explainStart says which file the system meant by "no such file" or "permission denied".
func explainStart(l Launch, err error) error {
	if problem := checkDir(l.Dir); problem != nil {
		return problem
	}
	if _, statErr := os.Stat(l.Path); statErr == nil && errors.Is(err, syscall.ENOENT) {
		return fmt.Errorf("start %s: the interpreter named in its first line does not exist", l.Path)
	}
	return fmt.Errorf("start %s: %w", l.Path, err)
}

// checkDir says what keeps dir from being a working directory; empty is fine.
func checkDir(dir string) error {
	if dir == "" {
		return nil
	}
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return fmt.Errorf("working directory %s: %w", dir, errors.Unwrap(err))
	case !info.IsDir():
		return fmt.Errorf("working directory %s: %w", dir, syscall.ENOTDIR)
	}
	return nil
}
