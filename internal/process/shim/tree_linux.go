package shim

import (
	"os"
	"syscall"
	"time"

	"stepcast/internal/process/proctable"
)

const (
	// sleepStands is how long a process in uninterruptible sleep must not have used any
	// CPU to count as standing still. It cannot be stopped before it wakes, which for the
	// parent of a vfork is only after its stopped child goes on; it has its SIGSTOP.
	sleepStands = 100 * time.Millisecond
	// groupLooks is after how many looks whole groups are stopped: something forks
	// faster than it can be stopped one by one.
	groupLooks = 3
	// emptyLooks is how many looks in a row must find nobody who escaped.
	emptyLooks = 2
)

// procTree is everyone below a subreaper, found through /proc, and whoever carries its
// marker elsewhere.
type procTree struct {
	self   int
	marker string
	// termed are those that got TERM; nil before anybody did.
	termed map[proctable.ID]bool
	// asleep has when each process in uninterruptible sleep was first seen with its CPU time.
	asleep map[proctable.ID]sleep
	looks  int
	empty  int
	// lookedAt and lookTook are of the last time that outsiders looked.
	lookedAt time.Time
	lookTook time.Duration
}

type sleep struct {
	cpu   time.Duration
	since time.Time
}

var _ tree = (*procTree)(nil)

func newProcTree(marker string) *procTree {
	return &procTree{self: os.Getpid(), marker: marker}
}

// stop goes from parents to children: a shell that does job control must not see its
// job stop while it can still act on it.
func (t *procTree) stop(thorough bool) bool {
	t.looks++
	still := true
	members := t.walk()
	everyone := members
	if thorough {
		everyone = append(everyone, t.strangers(members)...)
	}
	for _, p := range everyone {
		if !t.stands(p) {
			p.Signal(syscall.SIGSTOP)
			still = false
		}
	}
	if !still && t.looks > groupLooks {
		proctable.SignalGroups(members, syscall.SIGSTOP)
	}
	return still
}

// resume goes from children to parents, for the same reason.
func (t *procTree) resume() {
	members := t.walk()
	members = append(members, t.strangers(members)...)
	for i := len(members) - 1; i >= 0; i-- {
		members[i].Signal(syscall.SIGCONT)
	}
	t.looks, t.asleep = 0, nil
}

// term sends TERM to all who are there at the first look. Later it spares those that
// have a parent in the tree: a script's handler of TERM may be running them to clean
// up. An orphan has no such excuse; its parent died while it was being forked.
func (t *procTree) term() int {
	first := t.termed == nil
	if first {
		t.termed = map[proctable.ID]bool{}
	}
	reached := 0
	members := t.walk()
	outside := len(members)
	for i, p := range append(members, t.outsiders(members)...) {
		if p.Dead() || t.termed[p.ID()] || !first && p.Parent != t.self && i < outside {
			continue
		}
		t.termed[p.ID()] = true
		if p.Signal(syscall.SIGTERM) {
			reached++
		}
		p.Signal(syscall.SIGCONT)
	}
	return reached
}

func (t *procTree) kill() int {
	reached := 0
	members := t.walk()
	proctable.SignalGroups(members, syscall.SIGKILL)
	for _, p := range append(members, t.outsiders(members)...) {
		if !p.Dead() {
			p.Signal(syscall.SIGKILL)
			reached++
		}
	}
	return reached
}

func (t *procTree) left() int {
	members := t.walk()
	left := 0
	for _, p := range append(members, t.strangers(members)...) {
		if !p.Dead() {
			left++
		}
	}
	return left
}

// gone needs no look at the tree itself: a subreaper without children has no
// descendants.
func (t *procTree) gone(thorough bool) bool {
	if !thorough {
		return true
	}
	if len(t.strangers(nil)) > 0 {
		t.empty = 0
		return false
	}
	t.empty++
	return t.empty >= emptyLooks
}

func (t *procTree) usage() Usage {
	var u Usage
	for _, p := range t.walk() {
		u.CPU += p.CPU
		if !p.Dead() {
			u.RSS += p.RSS
			u.Processes++
		}
	}
	return u
}

// stands says whether no thread of a process can run.
func (t *procTree) stands(p proctable.Process) bool {
	states := []byte{p.State}
	if p.Threads > 1 {
		states = proctable.ThreadStates(p.Pid)
	}
	asleep := false
	for _, state := range states {
		switch state {
		case 'T', 't', 'Z', 'X':
		case 'D':
			asleep = true
		default:
			return false
		}
	}
	if !asleep {
		return true
	}
	if t.asleep == nil {
		t.asleep = map[proctable.ID]sleep{}
	}
	before, seen := t.asleep[p.ID()]
	if !seen || before.cpu != p.CPU {
		t.asleep[p.ID()] = sleep{p.CPU, time.Now()}
		return false
	}
	return time.Since(before.since) >= sleepStands
}

// walk lists the descendants of the shim, parents before their children.
func (t *procTree) walk() []proctable.Process { return proctable.Descendants(t.self) }

// strangers lists who carries the marker outside the tree: a process that something
// else started on its behalf. Those that were forked since the members were listed
// are none.
func (t *procTree) strangers(members []proctable.Process) []proctable.Process {
	known := map[int]bool{t.self: true}
	for _, p := range members {
		known[p.Pid] = true
	}
	var outside []proctable.Process
	for _, p := range proctable.Carriers(t.marker, known) {
		if !p.IsBelow(t.self) {
			outside = append(outside, p)
		}
	}
	return outside
}

// outsiders is strangers for who asks again and again: since a look reads about every
// process of the machine, it looks for a tenth of the time at most, and finds nobody
// in between.
func (t *procTree) outsiders(members []proctable.Process) []proctable.Process {
	began := time.Now()
	if began.Sub(t.lookedAt) < 10*t.lookTook {
		return nil
	}
	found := t.strangers(members)
	t.lookedAt = time.Now()
	t.lookTook = t.lookedAt.Sub(began)
	return found
}
