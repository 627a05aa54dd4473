//go:build unix

package shim

import (
	"os"
	"syscall"
	"time"
)

const (
	sampleEvery = time.Second
	// lingerLimit is what processes get that a program left behind: many only have the
	// rest of its output to copy, as with exec > >(tee log).
	lingerLimit = 250 * time.Millisecond
	// orphanGrace is between TERM and KILL when nobody waits for a gentle end: the
	// server died, or the program has ended and these are left.
	orphanGrace = 2 * time.Second
	// killPatience is how long the kernel gets to end what was killed before it is
	// reported as a survivor.
	killPatience = 750 * time.Millisecond
	// leaseStopLimit is how long a tree without a lease may take to stand still before
	// it is ended: what cannot be stopped must not go on writing.
	leaseStopLimit = 5 * time.Second
)

// phase is how far a tree is on its way to its end:
//
//	running ──program ended, others left──▶ lingering
//	   │                                        │ lingerLimit
//	   └────────stop, kill, server died────▶ ending ──grace over──▶ killing ──▶ beyond
//
// Every phase is left for good as soon as nobody is left. In beyond the exit has been
// reported, with survivors, and the shim goes on trying.
type phase int

const (
	running phase = iota
	lingering
	ending
	killing
	beyond
)

// keeper is the state of the shim's one loop.
type keeper struct {
	out   *os.File
	tree  tree
	grace time.Duration
	child int
	// status is how the program ended; nil while it runs.
	status *syscall.WaitStatus
	// childless is whether the kernel knows no child of the shim, dead or alive.
	childless bool

	phase phase
	// until is when the phase is over.
	until time.Time
	// told is whether somebody ordered the end.
	told bool
	pace pace
	hold hold

	// lease is the deadline on ClockNow; 0 is none.
	lease int64

	exit Exit
	// usage is as of the last sample; reaped is the CPU time of those who ended.
	usage    Usage
	reaped   time.Duration
	sampleAt time.Time
}

// run keeps the tree until nobody is left of it.
func (k *keeper) run(orders <-chan Order, events <-chan os.Signal) {
	timer := time.NewTimer(0)
	for {
		k.reap()
		if k.gone() {
			if k.phase != beyond {
				k.reportExit()
			}
			return
		}
		timer.Reset(k.advance(time.Now()))
		select {
		case o, ok := <-orders:
			if !ok {
				orders = nil
				k.end(orphanGrace, true)
				continue
			}
			k.obey(o)
		case event := <-events:
			if event != syscall.SIGCHLD {
				k.end(k.grace, true)
			}
		case <-timer.C:
		}
	}
}

// advance does what the phase asks for and returns the time until the next look.
func (k *keeper) advance(now time.Time) time.Duration {
	if k.status != nil && k.phase == running {
		k.enter(lingering, now.Add(lingerLimit))
	}
	if k.phase == lingering && !now.Before(k.until) {
		k.exit.LeftBehind = k.tree.usage().Processes
		k.end(min(k.grace, orphanGrace), false)
	}
	if k.phase == ending && !now.Before(k.until) {
		k.enter(killing, now.Add(killPatience))
	}
	switch k.phase {
	case running:
		return k.runOn(now)
	case ending:
		k.note("TERM", k.tree.term())
	case killing, beyond:
		k.note("KILL", k.tree.kill())
		if k.phase == killing && !now.Before(k.until) {
			k.exit.Survivors = k.tree.left()
			k.reportExit()
			k.enter(beyond, now)
		}
	}
	wait := k.pace.next()
	if k.phase == beyond {
		return max(wait, time.Second)
	}
	return min(wait, k.until.Sub(now))
}

func (k *keeper) enter(p phase, until time.Time) {
	k.phase, k.until = p, until
	k.pace.reset()
}

// end begins the end of the tree, or brings it closer. A grace of 0 leaves out TERM.
func (k *keeper) end(grace time.Duration, told bool) {
	k.told = k.told || told
	until := time.Now().Add(grace)
	switch {
	case k.phase <= lingering:
		k.hold.abandon(k)
		k.enter(ending, until)
	case k.phase == ending && until.Before(k.until):
		k.until = until
	}
}

func (k *keeper) obey(o Order) {
	switch o.Do {
	case Pause, Resume:
		if k.phase != running {
			k.answer(o.Number, Ended)
			return
		}
		k.hold.order(k, o.Number, o.Do == Pause)
	case Renew:
		k.lease = o.Lease
	case Stop:
		k.end(k.grace, true)
	case Kill:
		k.end(0, true)
	case Interrupt:
		k.interrupt()
	}
}

// interrupt sends INT to the program's process group, as a terminal does. A program that
// was reaped has no group that is sure to be its own.
func (k *keeper) interrupt() {
	if k.status == nil {
		_ = syscall.Kill(-k.child, syscall.SIGINT)
	}
}

// gone says whether nobody is left. After an ordinary end the kernel's word that there
// are no children is enough. Where somebody had to be ended, those who escaped are
// looked for as well.
func (k *keeper) gone() bool {
	return k.childless && k.status != nil && k.tree.gone(k.phase >= ending)
}

// note remembers a signal that reached somebody, once, when the end was ordered.
func (k *keeper) note(signal string, reached int) {
	n := len(k.exit.Signals)
	if k.told && reached > 0 && (n == 0 || k.exit.Signals[n-1] != signal) {
		k.exit.Signals = append(k.exit.Signals, signal)
	}
}

func (k *keeper) reportExit() {
	k.sample()
	k.usage.Processes = k.exit.Survivors
	if k.status != nil {
		k.exit.Reaped, k.exit.Status = true, *k.status
	}
	k.report(Report{Is: Exited, Exit: k.exit, Usage: k.usage})
}

func (k *keeper) answer(order int, result string) {
	k.report(Report{Is: Answered, Number: order, Text: result})
}

// report tells the server. A server that does not read for a while misses samples and
// answers: the shim has a lease to watch. Nothing is left to watch at the exit.
func (k *keeper) report(r Report) {
	deadline := time.Time{}
	if r.Is != Exited {
		deadline = time.Now().Add(100 * time.Millisecond)
	}
	_ = k.out.SetWriteDeadline(deadline)
	_ = WriteReport(k.out, r)
}

// pace spaces repeated looks: often at first, then ever more rarely.
type pace struct{ wait time.Duration }

func (p *pace) reset() { p.wait = 0 }

func (p *pace) next() time.Duration {
	p.wait = min(max(p.wait*2, time.Millisecond), 50*time.Millisecond)
	return p.wait
}
