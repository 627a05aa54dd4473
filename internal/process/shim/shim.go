//go:build unix

package shim

import (
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"
)

// Name is the argument 0 that makes this binary a shim.
const Name = "stepcast-shim"

// stdinFD is the program's standard input; the shim itself reads nothing from it.
const stdinFD = 0

// The shim's file descriptors, as the server hands them over.
const (
	ordersFD = 3 + iota
	reportsFD
	stdoutFD
	stderrFD
)

// The shim begins here, so that what initialises after this package never does.
func init() { Main() }

// Main is the shim when this process was started as one, and does not return then;
// in every other process it returns at once.
func Main() {
	if len(os.Args) > 0 && os.Args[0] == Name {
		os.Exit(run())
	}
}

func run() int {
	// PDEATHSIG of the program fires when the thread that forked it ends, so this
	// thread stays until the shim ends. The loop runs apart from it: a goroutine that
	// is bound to a thread is slow to wake.
	runtime.LockOSThread()
	keepFiles()
	in := pipeEnd(ordersFD, "orders")
	first, err := ReadOrder(in)
	if err != nil || first.Do != Start {
		return 2
	}
	events := make(chan os.Signal, 8)
	// Notify also undoes a SIGINT or SIGHUP that the server ignores, which the program
	// would inherit.
	signal.Notify(events, syscall.SIGCHLD, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT)
	k := &keeper{out: pipeEnd(reportsFD, "reports")}
	if err := k.start(first.Launch); err != nil {
		k.report(Report{Is: Failed, Text: err.Error()})
		return 1
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		orders := make(chan Order)
		go readOrders(in, orders)
		k.run(orders, events)
	}()
	<-ended
	return 0
}

// keepFiles keeps every descriptor from the program: those handed over, and those that
// the server got from whoever started it and does not know of.
func keepFiles() {
	last := stderrFD
	if dir, err := os.Open("/dev/fd"); err == nil {
		names, _ := dir.Readdirnames(-1)
		dir.Close()
		for _, name := range names {
			if fd, err := strconv.Atoi(name); err == nil {
				last = max(last, fd)
			}
		}
	}
	for fd := ordersFD; fd <= last; fd++ {
		syscall.CloseOnExec(fd)
	}
}

// pipeEnd makes a file of an inherited descriptor that can be read and written with
// deadlines, which takes a non-blocking one.
func pipeEnd(fd uintptr, name string) *os.File {
	_ = syscall.SetNonblock(int(fd), true)
	return os.NewFile(fd, name)
}

// readOrders passes on what the server says and closes orders when the server is gone.
func readOrders(in *os.File, orders chan<- Order) {
	defer close(orders)
	for {
		o, err := ReadOrder(in)
		if err != nil {
			return
		}
		orders <- o
	}
}
