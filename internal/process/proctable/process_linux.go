package proctable

import (
	"bytes"
	"os"
	"strconv"
	"time"
)

// Process is a line of the process table: /proc/<pid>/stat at one moment.
type Process struct {
	Pid, Parent, Group, Session int
	// State is R, S, D, T, t, Z, …; of the first thread only.
	State   byte
	Threads int
	// Start is when it began, in ticks since boot.
	Start uint64
	// CPU is user and system time, that of its waited-for children too.
	CPU time.Duration
	// RSS is the resident set in bytes.
	RSS int64
}

// ID names a process for ever; a pid alone is given again.
type ID struct {
	Pid   int
	Start uint64
}

// ID names the process for ever.
func (p Process) ID() ID { return ID{p.Pid, p.Start} }

// Dead says whether it only waits for its parent to take notice. A process whose first
// thread is a zombie lives as long as it has other threads.
func (p Process) Dead() bool { return (p.State == 'Z' || p.State == 'X') && p.Threads <= 1 }

// tick is the unit of times in /proc: USER_HZ, which is 100 on every architecture that
// Go knows.
const tick = time.Second / 100

// Read gives the line of one process; false when there is no such process.
func Read(pid int) (Process, bool) {
	line, ok := readFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if !ok {
		return Process{}, false
	}
	return parse(pid, line)
}

// parse reads "12 (name) S 1 …". The name may hold anything, so it is skipped from its
// end: the last parenthesis.
func parse(pid int, line []byte) (Process, bool) {
	end := bytes.LastIndexByte(line, ')')
	if end < 0 {
		return Process{}, false
	}
	// The first field is number 3 of proc(5).
	field := bytes.Fields(line[end+1:])
	if len(field) < 22 {
		return Process{}, false
	}
	number := func(n int) int64 {
		v, _ := strconv.ParseInt(string(field[n-3]), 10, 64)
		return v
	}
	return Process{
		Pid:     pid,
		State:   field[0][0],
		Parent:  int(number(4)),
		Group:   int(number(5)),
		Session: int(number(6)),
		CPU:     time.Duration(number(14)+number(15)+number(16)+number(17)) * tick,
		Threads: int(number(20)),
		Start:   uint64(number(22)),
		RSS:     number(24) * int64(os.Getpagesize()),
	}, true
}

// ThreadStates gives the state of each thread.
func ThreadStates(pid int) []byte {
	tasks := "/proc/" + strconv.Itoa(pid) + "/task/"
	var states []byte
	for _, id := range numbersIn(tasks) {
		if line, ok := readFile(tasks + strconv.Itoa(id) + "/stat"); ok {
			if thread, ok := parse(id, line); ok {
				states = append(states, thread.State)
			}
		}
	}
	return states
}
