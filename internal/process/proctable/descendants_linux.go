package proctable

import "syscall"

// Descendants lists everyone below root, parents before their children, root itself
// left out. The table changes while it is read, so a process that is being forked or
// loses its parent in that moment may be missed: whoever needs all looks again.
func Descendants(root int) []Process {
	line, ok := Read(root)
	if !ok {
		return nil
	}
	children, ok := childrenOf(root, line.Threads)
	if !ok {
		return descendantsByParent(root)
	}
	var found []Process
	seen := map[int]bool{root: true}
	for queue := children; len(queue) > 0; queue = queue[1:] {
		p, ok := Read(queue[0])
		// The pid may be somebody else's by now, whose parent is none of us.
		if !ok || seen[p.Pid] || !seen[p.Parent] {
			continue
		}
		seen[p.Pid] = true
		found = append(found, p)
		children, _ := childrenOf(p.Pid, p.Threads)
		queue = append(queue, children...)
	}
	return found
}

// IsBelow says whether p is a descendant of root.
func (p Process) IsBelow(root int) bool {
	for parent := p.Parent; parent > 1; {
		if parent == root {
			return true
		}
		next, ok := Read(parent)
		if !ok {
			// It may be there and not be shown (proc(5), hidepid); reading again would not end.
			if syscall.Kill(parent, 0) != syscall.ESRCH {
				return false
			}
			// The parent has ended meanwhile; who is the parent now?
			if next, ok = Read(p.Pid); !ok {
				return false
			}
			p = next
		}
		parent = next.Parent
	}
	return false
}

// descendantsByParent does the same from the whole table.
func descendantsByParent(root int) []Process {
	below := map[int][]Process{}
	for _, pid := range Pids() {
		if p, ok := Read(pid); ok {
			below[p.Parent] = append(below[p.Parent], p)
		}
	}
	found := below[root]
	for i := 0; i < len(found); i++ {
		found = append(found, below[found[i].Pid]...)
	}
	return found
}

// Carriers lists the living who carry marker, except the known ones.
func Carriers(marker string, known map[int]bool) []Process {
	var found []Process
	for _, pid := range Pids() {
		if known[pid] || !Carries(pid, marker) {
			continue
		}
		if p, ok := Read(pid); ok && !p.Dead() {
			found = append(found, p)
		}
	}
	return found
}
