//go:build unix

package shim

import (
	"errors"
	"syscall"
)

// A tree is what a program started, as far as its rung of containment can tell. Only
// the loop of the shim uses it.
type tree interface {
	// stop sends SIGSTOP to whoever runs, and says whether all stood still already. A
	// thorough one looks for escaped ones too, which costs more the more processes the
	// machine has.
	stop(thorough bool) bool
	// resume lets everyone go on.
	resume()
	// term sends TERM, and CONT so that it is heard, to everyone who has not got it
	// yet and has nobody to answer for it; returns how many it reached.
	term() int
	// kill sends KILL to everyone and returns how many it reached.
	kill() int
	// left counts who is there, escaped ones included.
	left() int
	// gone is asked when the shim has no children left: whether that is all. A
	// thorough answer takes more than one look; until then it is false.
	gone(thorough bool) bool
	// usage is what those who live have used.
	usage() Usage
}

// groupTree is the process group of the program, for systems where descendants
// cannot be listed. It cannot see whether a process stands still.
type groupTree struct {
	group  int
	termed bool
}

var _ tree = (*groupTree)(nil)

func (t *groupTree) stop(bool) bool {
	t.signal(syscall.SIGSTOP)
	return true
}

func (t *groupTree) resume() { t.signal(syscall.SIGCONT) }

func (t *groupTree) term() int {
	if t.termed {
		return 0
	}
	t.termed = true
	reached := t.signal(syscall.SIGTERM)
	t.signal(syscall.SIGCONT)
	return reached
}

func (t *groupTree) kill() int { return t.signal(syscall.SIGKILL) }

// left is 1 for a group of any size.
func (t *groupTree) left() int { return t.signal(0) }

func (t *groupTree) gone(bool) bool { return t.left() == 0 }

func (t *groupTree) usage() Usage { return Usage{Processes: t.left()} }

// signal sends to the group and returns 1 if it has anybody.
func (t *groupTree) signal(sig syscall.Signal) int {
	if errors.Is(syscall.Kill(-t.group, sig), syscall.ESRCH) {
		return 0
	}
	return 1
}
