//go:build unix

package process

import (
	"context"
	"time"

	"stepcast/internal/process/shim"
)

// takeOverAfter is how much later than promised a shim may report the end before the
// server does its work: something stopped the shim itself.
const takeOverAfter = 3 * time.Second

// Pid is the process id of the program.
func (p *Process) Pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pid
}

// Done is closed when Wait has its answer.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait returns how the program ended, when nothing is left of it and all of its output
// was taken. It may be called more than once.
func (p *Process) Wait() (Exit, error) {
	<-p.done
	return p.exit, p.err
}

// Pause returns when the whole tree stands still. It returns the cause of ctx when
// that takes longer, but goes on trying until Resume; ErrSuperseded when Resume comes
// first; ErrEnded when the tree is being ended.
func (p *Process) Pause(ctx context.Context) error { return p.ask(ctx, shim.Pause) }

// Resume lets the tree go on; it does nothing when the tree does. Without a lease the
// tree stands still all the same until that is renewed.
func (p *Process) Resume(ctx context.Context) error { return p.ask(ctx, shim.Resume) }

// Stop begins the end of the tree: TERM, the grace period, KILL. It does not wait.
func (p *Process) Stop() {
	_ = p.order(shim.Order{Do: shim.Stop})
	p.takeOverIn(p.grace + takeOverAfter)
}

// Kill ends the tree without a grace period. It does not wait.
func (p *Process) Kill() {
	_ = p.order(shim.Order{Do: shim.Kill})
	p.takeOverIn(takeOverAfter)
}

// Interrupt tells the program what the interrupt key of a terminal would: INT to its
// process group. What it makes of that is the program's.
func (p *Process) Interrupt() error { return p.order(shim.Order{Do: shim.Interrupt}) }

// Renew moves the lease: from deadline on the tree stands still, until it is renewed
// again. A zero deadline is no lease at all.
func (p *Process) Renew(deadline time.Time) error {
	return p.order(shim.Order{Do: shim.Renew, Lease: leaseClock(deadline)})
}

// ask gives an order that the shim answers.
func (p *Process) ask(ctx context.Context, do string) error {
	p.mu.Lock()
	p.number++
	n, answered := p.number, make(chan string, 1)
	p.answers[n] = answered
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.answers, n)
		p.mu.Unlock()
	}()

	if err := p.order(shim.Order{Do: do, Number: n}); err != nil {
		return err
	}
	select {
	case result := <-answered:
		switch result {
		case shim.Done:
			return nil
		case shim.Superseded:
			return ErrSuperseded
		}
		return ErrEnded
	case <-p.done:
		return ErrEnded
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// takeOverIn sets when the server ends the tree itself; the earliest time counts.
func (p *Process) takeOverIn(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := time.Now().Add(d)
	switch {
	case p.takingOver == nil:
		p.takingOver = time.AfterFunc(d, p.takeOver)
	case at.Before(p.takeOverAt) && p.takingOver.Stop():
		p.takingOver.Reset(d)
	default:
		return
	}
	p.takeOverAt = at
}

// takeOver ends a tree whose shim does not, and then the shim, which follow takes for lost.
func (p *Process) takeOver() {
	p.reaping.Lock()
	defer p.reaping.Unlock()
	if p.reaped {
		return
	}
	sweep(lost{marker: p.marker, child: p.Pid(), shim: p.command.Process.Pid})
	_ = p.command.Process.Kill()
}

// tellUsage hands samples to their consumer, apart from the reports so that a slow
// consumer delays no answer.
func (p *Process) tellUsage() {
	defer close(p.told)
	for u := range p.usage {
		if p.spec.OnUsage != nil {
			p.spec.OnUsage(u)
		}
	}
}
