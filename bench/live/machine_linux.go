package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// maxCores is how many a unix.CPUSet can name.
const maxCores = 1024

// cores gives a core for the servers and one for the generator, out of those that this
// process may use.
func cores() (server, generator int, err error) {
	var allowed unix.CPUSet
	if err := unix.SchedGetaffinity(0, &allowed); err != nil {
		return 0, 0, fmt.Errorf("read which CPUs may be used: %w", err)
	}
	var found []int
	for core := 0; len(found) < 2 && core < maxCores; core++ {
		if allowed.IsSet(core) {
			found = append(found, core)
		}
	}
	if len(found) < 2 {
		return 0, 0, errors.New("two CPUs are needed, one for the server and one for the generator")
	}
	return found[0], found[1], nil
}

// pinProcess keeps this process, with all its threads, on one core.
func pinProcess(core int) error {
	pinned := map[string]bool{}
	for again := true; again; { // threads started meanwhile may come from one not yet pinned
		again = false
		threads, err := os.ReadDir("/proc/self/task")
		if err != nil {
			return err
		}
		for _, thread := range threads {
			if pinned[thread.Name()] {
				continue
			}
			pinned[thread.Name()], again = true, true
			id, err := strconv.Atoi(thread.Name())
			if err != nil {
				return err
			}
			if err := pinThread(id, core); err != nil && !errors.Is(err, unix.ESRCH) {
				return err
			}
		}
	}
	return nil
}

// pinThread keeps one thread on one core; id 0 is the calling thread.
func pinThread(id, core int) error {
	var only unix.CPUSet
	only.Set(core)
	if err := unix.SchedSetaffinity(id, &only); err != nil {
		return fmt.Errorf("pin to core %d: %w", core, err)
	}
	return nil
}

// onCore runs f on a thread of its own that stays on one core.
func onCore(core int, f func() error) error {
	done := make(chan error, 1)
	go func() {
		// It is never unlocked: so the thread ends with the goroutine, and nobody else
		// is left on its core.
		runtime.LockOSThread()
		err := pinThread(0, core)
		if err == nil {
			err = f()
		}
		done <- err
	}()
	return <-done
}

// allowFiles lets this process open as many files as wanted, if the system does, and
// gives how many it may open now.
func allowFiles(want uint64) (uint64, error) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0, fmt.Errorf("read the limit of open files: %w", err)
	}
	if limit.Cur >= want {
		return limit.Cur, nil
	}
	for _, wish := range []unix.Rlimit{{Cur: want, Max: max(want, limit.Max)}, {Cur: min(want, limit.Max), Max: limit.Max}} {
		if unix.Setrlimit(unix.RLIMIT_NOFILE, &wish) == nil {
			return wish.Cur, nil
		}
	}
	return limit.Cur, nil
}

// used is what this process has used so far.
func used() (usage, error) {
	cpu, err := cpuTime()
	if err != nil {
		return usage{}, err
	}
	rss, err := residentSet()
	if err != nil {
		return usage{}, err
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return usage{CPU: cpu, RSS: rss, Mallocs: memory.Mallocs}, nil
}

// cpuTime is the user and system time of this process.
func cpuTime() (time.Duration, error) {
	var times unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &times); err != nil {
		return 0, fmt.Errorf("read the CPU time: %w", err)
	}
	return time.Duration(times.Utime.Nano() + times.Stime.Nano()), nil
}

// residentSet is how much memory of this process is in RAM, in bytes.
func residentSet() (int64, error) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	fields := bytes.Fields(text)
	if len(fields) < 2 {
		return 0, fmt.Errorf("/proc/self/statm has %d fields", len(fields))
	}
	pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
	return pages * int64(os.Getpagesize()), err
}

// userHertz is the unit of /proc/stat, the same on every Linux that Go knows.
const userHertz = 100

// busyTime is how long all CPUs together have worked for anybody since the machine started.
func busyTime() (time.Duration, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	// cpu user nice system idle iowait irq softirq steal, and guests that are part of user.
	fields := bytes.Fields(line)
	const first, idle, iowait, last = 1, 4, 5, 8
	if len(fields) <= last {
		return 0, fmt.Errorf("/proc/stat begins with %q", line)
	}
	var ticks int64
	for i := first; i <= last; i++ {
		if i == idle || i == iowait {
			continue
		}
		n, err := strconv.ParseInt(string(fields[i]), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("/proc/stat: %w", err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / userHertz, nil
}
