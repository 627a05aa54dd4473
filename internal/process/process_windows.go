package process

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// drainDelay is how long output is waited for after the program has ended.
const drainDelay = 250 * time.Millisecond

// Containment says which rung this machine reaches.
func Containment() string { return SingleProcess }

// Main does nothing here: there is no shim.
func Main() {}

// EndMarked finds nobody: a job object ends its processes with the server.
func EndMarked(string) (ended, survivors int) { return 0, 0 }

// Process is a program that was started. A job object holds it and its children; it is
// closed with the server, which ends them.
type Process struct {
	spec    Spec
	command *exec.Cmd
	unwatch func() bool
	done    chan struct{}
	exit    Exit

	mu     sync.Mutex // guards what follows
	job    windows.Handle
	killed bool
	lease  *time.Timer
}

// Start runs a program and returns once it runs. When ctx is done the program is ended.
func Start(ctx context.Context, spec Spec) (*Process, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	p := &Process{spec: spec, done: make(chan struct{})}
	p.command = &exec.Cmd{
		Path: spec.Path, Args: append([]string{spec.Path}, spec.Args...), Env: spec.Env, Dir: spec.Dir,
		Stdin: stdin(spec), Stdout: orDiscard(spec.Stdout), Stderr: orDiscard(spec.Stderr),
		WaitDelay:   drainDelay,
		SysProcAttr: &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP},
	}
	var err error
	if p.job, err = newJob(); err != nil {
		return nil, fmt.Errorf("make job object: %w", err)
	}
	if err := p.command.Start(); err != nil {
		windows.CloseHandle(p.job)
		return nil, fmt.Errorf("start %s: %w", spec.Path, err)
	}
	// What the program starts before this line is not in the job.
	if err := assign(p.job, p.command.Process.Pid); err != nil {
		_ = p.command.Process.Kill()
		_ = p.command.Wait()
		windows.CloseHandle(p.job)
		return nil, fmt.Errorf("assign to job object: %w", err)
	}
	p.unwatch = context.AfterFunc(ctx, p.Kill)
	_ = p.Renew(spec.Lease)
	go p.follow()
	return p, nil
}

func orDiscard(w io.Writer) io.Writer {
	if w == nil {
		return io.Discard
	}
	return w
}

// newJob makes a job object whose processes end with its last handle.
func newJob() (windows.Handle, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return 0, err
	}
	var limits windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	limits.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err != nil {
		windows.CloseHandle(job)
	}
	return job, err
}

func assign(job windows.Handle, pid int) error {
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(pid))
	if err != nil {
		return err
	}
	defer windows.CloseHandle(process)
	return windows.AssignProcessToJobObject(job, process)
}

func (p *Process) follow() {
	defer close(p.done)
	_ = p.command.Wait()
	p.unwatch()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lease != nil {
		p.lease.Stop()
	}
	// This ends what the program left behind.
	windows.CloseHandle(p.job)
	p.job = 0
	state := p.command.ProcessState
	p.exit.Usage.CPU = state.UserTime() + state.SystemTime()
	if p.killed {
		p.exit.Signal, p.exit.Signals = "KILL", []string{"KILL"}
		return
	}
	code := state.ExitCode()
	p.exit.Code = &code
}

// Pid is the process id of the program.
func (p *Process) Pid() int { return p.command.Process.Pid }

// Done is closed when Wait has its answer.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait returns how the program ended. It may be called more than once.
func (p *Process) Wait() (Exit, error) {
	<-p.done
	return p.exit, nil
}

// Pause returns ErrUnsupported.
func (p *Process) Pause(context.Context) error { return ErrUnsupported }

// Resume returns ErrUnsupported.
func (p *Process) Resume(context.Context) error { return ErrUnsupported }

// Stop ends the program at once: there is no TERM.
func (p *Process) Stop() { p.Kill() }

// Kill ends the program and what is in its job.
func (p *Process) Kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.job != 0 {
		p.killed = true
		_ = windows.TerminateJobObject(p.job, 1)
	}
}

// Interrupt sends Ctrl-Break to the program's process group, where Ctrl-C is off. What it
// makes of that is the program's.
func (p *Process) Interrupt() error {
	return windows.GenerateConsoleCtrlEvent(windows.CTRL_BREAK_EVENT, uint32(p.Pid()))
}

// Renew moves the lease. A program whose lease is over is ended, since it cannot be
// stopped. A zero deadline is no lease at all.
func (p *Process) Renew(deadline time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.job == 0 {
		return ErrEnded
	}
	if p.lease != nil {
		p.lease.Stop()
	}
	if !deadline.IsZero() {
		p.lease = time.AfterFunc(time.Until(deadline), p.Kill)
	}
	return nil
}
