package proctable

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
)

// Pids lists every process that may be seen.
func Pids() []int { return numbersIn("/proc") }

// Carries says whether a process was started with the text marker in its environment.
// Of other users' processes nobody but root can tell.
func Carries(pid int, marker string) bool {
	environ, ok := readFile("/proc/" + strconv.Itoa(pid) + "/environ")
	return ok && bytes.Contains(environ, []byte(marker))
}

// childrenOf lists the children of a process; false where the kernel keeps no such
// list (it is built without CONFIG_PROC_CHILDREN). The list belongs to the thread that
// forked, so a process with several threads has several.
func childrenOf(pid, threads int) (pids []int, ok bool) {
	tasks := "/proc/" + strconv.Itoa(pid) + "/task/"
	ids := []int{pid}
	if threads > 1 {
		ids = numbersIn(tasks)
	}
	for _, id := range ids {
		list, found := readFile(tasks + strconv.Itoa(id) + "/children")
		ok = ok || found
		for _, field := range bytes.Fields(list) {
			if child, err := strconv.Atoi(string(field)); err == nil {
				pids = append(pids, child)
			}
		}
	}
	return pids, ok
}

func numbersIn(dir string) []int {
	f, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer f.Close()
	names, _ := f.Readdirnames(-1)
	numbers := make([]int, 0, len(names))
	for _, name := range names {
		if n, err := strconv.Atoi(name); err == nil {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// readFile reads a file of /proc without the poller and the stat that os.ReadFile costs.
func readFile(path string) ([]byte, bool) {
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, false
	}
	defer syscall.Close(fd)
	for content := make([]byte, 0, 1024); ; {
		n, err := syscall.Read(fd, content[len(content):cap(content)])
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			return nil, false
		case n == 0:
			return content, true
		}
		content = content[:len(content)+n]
		if len(content) == cap(content) {
			content = append(make([]byte, 0, 4*len(content)), content...)
		}
	}
}
