//go:build unix

package process

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"stepcast/internal/process/shim"
)

// follow reads what the shim reports until the program has ended, and takes the process
// apart: the shim, what it left, the output, the samples.
func (p *Process) follow(started chan<- error) {
	defer close(p.done)
	exit := p.readReports(started)
	p.reaping.Lock()
	p.reaped = true
	p.reaping.Unlock()
	switch {
	case exit == nil:
		exit = p.endLost()
	case exit.Survivors > 0:
		// The shim stays, trying to end them.
		go func() { _ = p.command.Wait() }()
	default:
		_ = p.command.Wait()
	}
	p.exit = *exit

	for _, o := range p.outputs {
		o.finish()
	}
	close(p.usage)
	<-p.told
	p.unwatch()
	p.reports.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.control.Close()
	if p.takingOver != nil {
		p.takingOver.Stop()
	}
}

// readReports returns the exit that the shim reported, or nil when there is none to come.
func (p *Process) readReports(started chan<- error) *Exit {
	running := false
	for {
		r, err := shim.ReadReport(p.reports)
		if err != nil {
			if !running {
				started <- fmt.Errorf("start shim: %w", ErrShimLost)
			}
			return nil
		}
		switch r.Is {
		case shim.Failed:
			started <- errors.New(r.Text)
			return &Exit{}
		case shim.Started:
			p.mu.Lock()
			p.pid = r.Pid
			p.mu.Unlock()
			running = true
			started <- nil
		case shim.Answered:
			p.mu.Lock()
			if answered := p.answers[r.Number]; answered != nil {
				answered <- r.Text
			}
			p.mu.Unlock()
		case shim.Used:
			p.setUsage(Usage(r.Usage))
		case shim.Exited:
			return exitOf(r)
		}
	}
}

// exitOf puts the wait status in words. A program that survived was sent KILL.
func exitOf(r shim.Report) *Exit {
	exit := &Exit{
		Signals: r.Exit.Signals, LeftBehind: r.Exit.LeftBehind, Survivors: r.Exit.Survivors,
		Usage: Usage(r.Usage),
	}
	switch {
	case !r.Exit.Reaped:
		exit.Signal = "KILL"
	case r.Exit.Status.Signaled():
		exit.Signal = signalName(r.Exit.Status.Signal())
	default:
		code := r.Exit.Status.ExitStatus()
		exit.Code = &code
	}
	return exit
}

// signalName writes a signal without its SIG: "KILL".
func signalName(sig syscall.Signal) string {
	if name := unix.SignalName(sig); name != "" {
		return strings.TrimPrefix(name, "SIG")
	}
	return strconv.Itoa(int(sig))
}

// setUsage leaves the newest sample for tellUsage.
func (p *Process) setUsage(u Usage) {
	p.mu.Lock()
	p.last = u
	p.mu.Unlock()
	select {
	case <-p.usage:
	default:
	}
	p.usage <- u
}

// lost is what is known of a tree whose shim cannot be asked.
type lost struct {
	marker string
	// child is the program; its session has the same number. 0 when it never started.
	child int
	// shim is the shim while it lives, else 0.
	shim int
}

// endLost ends what a shim left that died, or that says what cannot be understood.
func (p *Process) endLost() *Exit {
	_ = p.command.Process.Kill()
	p.err = fmt.Errorf("%w: %v", ErrShimLost, p.command.Wait())
	killed, survivors := sweep(lost{marker: p.marker, child: p.Pid()})
	p.mu.Lock()
	defer p.mu.Unlock()
	exit := &Exit{Signal: "KILL", Survivors: survivors, Usage: p.last}
	exit.Usage.Processes = survivors
	if survivors == 0 {
		exit.Usage.RSS = 0
	}
	if killed > 0 {
		exit.Signals = []string{"KILL"}
	}
	return exit
}
