package process

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"time"
)

// The rungs of containment, the best first.
const (
	// Subreaper: every descendant is known and ended (Linux).
	Subreaper = "subreaper"
	// ProcessGroup: what left the program's process group is out of reach (other Unix).
	ProcessGroup = "process-group"
	// SingleProcess: the program, and what a job object holds (Windows). It cannot be paused.
	SingleProcess = "process"
)

// GraceDefault is the time between TERM and KILL when a Spec gives none.
const GraceDefault = 10 * time.Second

var (
	// ErrEnded is returned for a program that has ended, or is being ended.
	ErrEnded = errors.New("process has ended")
	// ErrSuperseded is returned by a Pause that a Resume overtook.
	ErrSuperseded = errors.New("overtaken by a newer order")
	// ErrUnsupported is returned for what this platform cannot do.
	ErrUnsupported = errors.New("not supported on this platform")
	// ErrShimLost is returned by Wait when the shim died before it could tell how the
	// program ended. What was left of the program was ended.
	ErrShimLost = errors.New("shim was lost")
)

// Spec is what to run.
type Spec struct {
	// Path names the program by a path; LookPath finds one for a name.
	Path string
	// Args are the arguments after the program's name.
	Args []string
	// Env is the whole environment as "NAME=value": nothing is inherited. One variable
	// that marks the tree is added to it.
	Env []string
	// Dir is the working directory; empty is the server's.
	Dir string
	// Mark is part of the variable that marks the tree, for EndMarked; it may be empty.
	Mark string
	// Stdin is handed to the program as it is, which may be a terminal; nil is an empty one.
	// It stays the caller's to close.
	Stdin *os.File
	// Stdout and Stderr take the output, each from a goroutine of its own; nil discards
	// it. One that blocks holds the program back, and Wait as well. After an error the
	// rest is read and dropped.
	Stdout, Stderr io.Writer
	// Grace is the time between TERM and KILL; 0 is GraceDefault.
	Grace time.Duration
	// Lease is when the program is stopped unless Renew is called; zero is never.
	Lease time.Time
	// OnUsage is told about once a second what was used so far; nil for nobody. One
	// that is slow misses samples; it is not called any more when Wait has returned.
	OnUsage func(Usage)
}

// Usage is what a program and everything it started used so far.
type Usage struct {
	// CPU is user and system time, of processes that have ended too.
	CPU time.Duration
	// RSS is the memory that all processes held at the last look, in bytes: the sum of
	// their resident sets, so that what they share counts in each. 0 where processes
	// cannot be listed.
	RSS int64
	// MaxRSS is the largest RSS of all looks, or that of one process if that was larger
	// between two looks. The shim is a lower bound: the kernel counts a program from its
	// fork.
	MaxRSS int64
	// Processes is how many there were at the last look.
	Processes int
}

// Exit is how a program ended.
type Exit struct {
	// Code is what the program returned; nil when a signal ended it.
	Code *int
	// Signal ended the program: "KILL", "SEGV", …; empty when it returned a code.
	Signal string
	// Signals were sent to end it, in order: "TERM", "KILL".
	Signals []string
	// LeftBehind counts the processes that a program which ended by itself left
	// running. They were ended too.
	LeftBehind int
	// Survivors counts the processes that could not be ended.
	Survivors int
	Usage     Usage
}

// stdin is Stdin for an exec.Cmd, to which a nil pointer is not nil.
func stdin(s Spec) io.Reader {
	if s.Stdin == nil {
		return nil
	}
	return s.Stdin
}

// LookPath finds the program that a name stands for in the server's PATH, and checks
// that a path is an executable file.
func LookPath(name string) (string, error) { return exec.LookPath(name) }
