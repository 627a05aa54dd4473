package process

import (
	"syscall"
	"time"

	"stepcast/internal/process/proctable"
)

const (
	// sweepLooks is how many looks in a row must find nobody.
	sweepLooks = 2
	// sweepPatience is how long the kernel gets to end what was killed.
	sweepPatience = 750 * time.Millisecond
	// sweepRounds is how often everyone is killed at the least.
	sweepRounds = 10
)

// sweep ends what is left of a tree whose shim is gone or does not answer: who is below
// the shim, carries the marker or is in the program's session, and everyone below those.
// It returns how many it had to kill, and how many are there after sweepPatience and
// sweepRounds: on a machine so busy that one look takes longer than the patience, all
// were sent their signal all the same.
func sweep(t lost) (killed, survivors int) {
	ended := map[proctable.ID]bool{}
	until := time.Now().Add(sweepPatience)
	for empty, round := 0, 0; empty < sweepLooks; round++ {
		members := append(remains(t), dying(ended)...)
		if len(members) == 0 {
			empty++
			continue
		}
		empty = 0
		if round >= sweepRounds && !time.Now().Before(until) {
			return len(ended), countIDs(members)
		}
		for _, p := range members {
			if t.child != 0 && p.Session == t.child {
				_ = syscall.Kill(-p.Group, syscall.SIGKILL)
			}
			p.Signal(syscall.SIGKILL)
			ended[p.ID()] = true
		}
		// The kernel takes a moment to end them; there is nothing to wait on for
		// processes that are not our children.
		time.Sleep(time.Millisecond)
	}
	return len(ended), 0
}

func countIDs(processes []proctable.Process) int {
	ids := map[proctable.ID]bool{}
	for _, p := range processes {
		ids[p.ID()] = true
	}
	return len(ids)
}

// dying lists those that were killed and are not dead yet. A process on its way out has
// no environment any more, so nothing else would tell that it belongs to the tree.
func dying(ended map[proctable.ID]bool) (found []proctable.Process) {
	for id := range ended {
		if p, ok := proctable.Read(id.Pid); ok && p.ID() == id && !p.Dead() {
			found = append(found, p)
		}
	}
	return found
}

// EndMarked ends every process whose Spec had this Mark and that no shim takes care of
// any more. A restarted server calls it for what its predecessor's dead shims left.
// Others than root can only end their own. It returns how many it ended and how many
// it could not.
func EndMarked(mark string) (ended, survivors int) {
	return sweep(lost{marker: markerOf(mark)})
}

// remains lists the living of a lost tree.
func remains(t lost) []proctable.Process {
	var found []proctable.Process
	seen := map[int]bool{}
	add := func(p proctable.Process) {
		if !seen[p.Pid] && !p.Dead() {
			seen[p.Pid] = true
			found = append(found, p)
		}
	}
	if t.shim != 0 {
		for _, p := range proctable.Descendants(t.shim) {
			add(p)
		}
	}
	for _, pid := range proctable.Pids() {
		if p, ok := proctable.Read(pid); ok && (t.child != 0 && p.Session == t.child || proctable.Carries(pid, t.marker)) {
			add(p)
		}
	}
	for i := 0; i < len(found); i++ {
		for _, p := range proctable.Descendants(found[i].Pid) {
			add(p)
		}
	}
	return found
}
