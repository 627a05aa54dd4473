//go:build unix

package process

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"stepcast/internal/process/shim"
)

// markerName is the variable that marks the processes of a tree.
const markerName = "STEPCAST_TREE"

// Process is a program that was started.
type Process struct {
	spec    Spec
	marker  string
	grace   time.Duration
	command *exec.Cmd // the shim
	reports *os.File
	outputs [2]*output
	// unwatch stops watching the context of Start.
	unwatch func() bool

	// usage has the newest sample until it is told; told is closed after the last one.
	usage chan Usage
	told  chan struct{}

	mu      sync.Mutex // guards what follows, and writes to control
	control *os.File
	pid     int
	last    Usage
	number  int
	answers map[int]chan string
	// takingOver fires at takeOverAt, when the shim should have done its work.
	takingOver *time.Timer
	takeOverAt time.Time

	// reaping guards reaped: the shim's pid may be used until reaped is set. Never
	// locked together with mu.
	reaping sync.Mutex
	reaped  bool

	// done is closed when exit and err are final.
	done chan struct{}
	exit Exit
	err  error
}

// Start runs a program and returns once it runs. When ctx is done the program is
// stopped like by Stop. Errors name what is wrong with the program or its directory,
// and may be shown to whoever asked for it.
func Start(ctx context.Context, spec Spec) (*Process, error) {
	return startIn(ctx, spec, Containment() == ProcessGroup)
}

// startIn is Start with a choice of containment.
func startIn(ctx context.Context, spec Spec, groupOnly bool) (*Process, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	var id [16]byte
	_, _ = rand.Read(id[:])
	p := &Process{
		spec:    spec,
		grace:   spec.Grace,
		marker:  markerOf(spec.Mark) + hex.EncodeToString(id[:]),
		answers: map[int]chan string{},
		usage:   make(chan Usage, 1),
		told:    make(chan struct{}),
		done:    make(chan struct{}),
	}
	if p.grace <= 0 {
		p.grace = GraceDefault
	}
	if err := p.startShim(groupOnly); err != nil {
		return nil, fmt.Errorf("start shim: %w", err)
	}
	p.unwatch = context.AfterFunc(ctx, p.Stop)
	started := make(chan error, 1)
	go p.tellUsage()
	go p.follow(started)
	if err := <-started; err != nil {
		<-p.done
		return nil, err
	}
	return p, nil
}

// markerOf begins the variable that marks the trees with this mark.
func markerOf(mark string) string { return markerName + "=" + mark + "/" }

// startShim executes this binary again, with a pipe each way and the write ends of the
// program's output, and orders it to start the program.
func (p *Process) startShim(groupOnly bool) error {
	var pipes [4]struct{ r, w *os.File }
	var err error
	for i := range pipes {
		if pipes[i].r, pipes[i].w, err = os.Pipe(); err != nil {
			break
		}
	}
	orders, reports, stdout, stderr := pipes[0], pipes[1], pipes[2], pipes[3]
	theirs := []*os.File{orders.r, reports.w, stdout.w, stderr.w}
	if err == nil {
		err = p.executeShim(theirs)
	}
	closeAll(theirs)
	if err != nil {
		closeAll([]*os.File{orders.w, reports.r, stdout.r, stderr.r})
		return err
	}
	p.control, p.reports = orders.w, reports.r
	p.outputs = [2]*output{newOutput(stdout.r, p.spec.Stdout), newOutput(stderr.r, p.spec.Stderr)}
	// If the shim died meanwhile, follow finds out.
	_ = p.order(shim.Order{Do: shim.Start, Launch: shim.Launch{
		Path: p.spec.Path, Args: p.spec.Args, Env: p.spec.Env, Dir: p.spec.Dir, Marker: p.marker,
		Grace: p.grace, Lease: leaseClock(p.spec.Lease), GroupOnly: groupOnly,
	}})
	return nil
}

func (p *Process) executeShim(files []*os.File) error {
	path, err := shim.Path()
	if err != nil {
		return err
	}
	p.command = &exec.Cmd{
		Path:        path,
		Args:        []string{shim.Name},
		Env:         shimEnv,
		Stdin:       stdin(p.spec),
		Stderr:      os.Stderr,
		ExtraFiles:  files,
		SysProcAttr: &syscall.SysProcAttr{Setsid: true},
	}
	return p.command.Start()
}

// shimEnv has nothing of the server's. It makes the runtime fit for one small loop: one
// thread at work, without the search for a CPU limit that the control group may have;
// and, with the race detector, without the second that it waits for reports at the end.
var shimEnv = []string{"GOMAXPROCS=1", "GODEBUG=containermaxprocs=0,updatemaxprocs=0", "GORACE=atexit_sleep_ms=0"}

func closeAll(files []*os.File) {
	for _, f := range files {
		if f != nil {
			f.Close()
		}
	}
}

// orderPatience is how long the pipe to the shim may be full: that of a shim that is stopped.
const orderPatience = 100 * time.Millisecond

// order tells the shim. The first order, which may be long, waits for a shim that starts.
// The others, each written whole or not at all, are given up while the pipe stays full:
// nobody hears them, and who comes next must get as far as taking over from the shim.
func (p *Process) order(o shim.Order) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if o.Do != shim.Start {
		_ = p.control.SetWriteDeadline(time.Now().Add(orderPatience))
	}
	switch err := shim.WriteOrder(p.control, o); {
	case errors.Is(err, syscall.EPIPE), errors.Is(err, os.ErrClosed):
		return ErrEnded
	case err != nil:
		return fmt.Errorf("order shim: %w", err)
	}
	return nil
}

// leaseClock puts a deadline on the clock that the shim reads.
func leaseClock(deadline time.Time) int64 {
	if deadline.IsZero() {
		return 0
	}
	return shim.ClockNow() + int64(time.Until(deadline))
}
