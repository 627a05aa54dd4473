package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// meter measures servers, one after the other.
type meter struct {
	serverCore, generatorCore int
	// profile is where the CPU profile of Stepcast goes; "" is nowhere.
	profile string
	// repeatUntil is when disturbed measurements are no longer made again.
	repeatUntil time.Time
	// log gets a line for each measurement.
	log io.Writer
}

// repeatFor is how long after the start disturbed measurements are made again: on a
// machine that is never quiet the run has to end all the same.
const repeatFor = 3 * time.Minute

func newMeter(profile string, log io.Writer) (*meter, error) {
	m := &meter{profile: profile, repeatUntil: time.Now().Add(repeatFor), log: log}
	var err error
	m.serverCore, m.generatorCore, err = cores()
	return m, err
}

// measure puts a load on a server of its own; when others disturbed that, twice, and the
// less disturbed measurement counts.
func (m *meter) measure(ctx context.Context, s side) (sample, error) {
	best, err := m.once(ctx, s)
	if err != nil || !best.disturbed() || time.Now().After(m.repeatUntil) {
		return best, err
	}
	again, err := m.once(ctx, s)
	if again.others < best.others {
		best = again
	}
	return best, err
}

func (m *meter) once(ctx context.Context, s side) (found sample, err error) {
	server, err := startServer(ctx, serverOptions{
		peer: s.peer, core: m.serverCore, tasks: s.load.tasks, padding: s.load.padding,
	})
	if err != nil {
		return sample{}, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	profile := ""
	if s.peer == peerStepcast {
		profile = m.profile
	}
	err = onCore(m.generatorCore, func() error {
		g, err := newGenerator(ctx, server, s.load)
		if err != nil {
			return err
		}
		defer g.close()
		found, err = g.measure(profile)
		return err
	})
	if err != nil {
		return sample{}, fmt.Errorf("%s: %w", s.peer, err)
	}
	fmt.Fprintf(m.log, "%-8s %s\n", s.peer, found)
	return found, nil
}

// measure connects the subscribers and runs the load.
func (g *generator) measure(profile string) (s sample, err error) {
	if err := g.measureConnect(&s); err != nil || g.load.idle {
		return s, err
	}
	if g.load.stalled {
		if err := g.stall(); err != nil {
			return s, err
		}
	}
	if g.load.rate == 0 {
		if _, err := g.closedLoop(g.load.warm); err != nil {
			return s, err
		}
		g.record()
	}
	if profile != "" {
		if _, err := g.server.ask(order{Do: doProfile, File: profile}); err != nil {
			return s, err
		}
	}
	if err := g.measureLoop(&s); err != nil {
		return s, err
	}
	if profile != "" {
		_, err = g.server.ask(order{Do: doProfileEnd})
	}
	return s, err
}

// measureConnect connects the subscribers, and sees what each of them costs.
func (g *generator) measureConnect(s *sample) error {
	if g.load.idle {
		if err := g.connect(idleFirst); err != nil {
			return err
		}
	}
	empty, err := g.server.ask(order{Do: doCollect})
	if err != nil {
		return err
	}
	before, err := g.look()
	if err != nil {
		return err
	}
	if err := g.connect(g.load.connections()); err != nil {
		return err
	}
	after, err := g.look()
	if err != nil {
		return err
	}
	full, err := g.server.ask(order{Do: doCollect})
	if err != nil {
		return err
	}
	n := float64(g.load.subscribers)
	s.connect = float64((after.server.CPU - before.server.CPU).Nanoseconds()) / 1e3 / n
	s.memory = float64(after.server.RSS-empty.RSS) / n
	s.collected = float64(full.RSS-empty.RSS) / n
	s.others = after.others(before)
	return nil
}

// measureLoop runs the load in the window.
func (g *generator) measureLoop(s *sample) error {
	told := g.tally.deliveries
	before, err := g.look()
	if err != nil {
		return err
	}
	if g.load.rate == 0 {
		s.events, err = g.closedLoop(g.load.window)
	} else {
		s.events, err = g.openLoop(g.load.rate, g.load.warm, g.load.window)
	}
	if err != nil {
		return err
	}
	after, err := g.look()
	if err != nil {
		return err
	}
	s.wall = after.at.Sub(before.at)
	s.cpu = after.server.CPU - before.server.CPU
	s.mallocs = after.server.Mallocs - before.server.Mallocs
	s.others = max(s.others, after.others(before))
	s.deliveries = g.tally.deliveries - told
	s.skipped, s.doubled, s.frame = g.tally.skipped, g.tally.doubled, g.tally.frame
	s.lost = g.lost()
	slices.Sort(g.latencies)
	s.latencies = g.latencies
	return nil
}

// lost counts the subscribers that read and do not have the newest event, and those whose
// connection the server ended.
func (g *generator) lost() (n int) {
	for _, c := range g.conns {
		if g.load.stalled && c.apart {
			continue
		}
		if c.closed || c.last < g.newest {
			n++
		}
	}
	return n
}

// look is what was used up to a moment.
type look struct {
	at     time.Time
	server usage
	// own is the CPU time of this process, busy that of everybody on the machine.
	own, busy time.Duration
}

func (g *generator) look() (l look, err error) {
	if l.server, err = g.server.usage(); err != nil {
		return look{}, err
	}
	if l.own, err = cpuTime(); err != nil {
		return look{}, err
	}
	if l.busy, err = busyTime(); err != nil {
		return look{}, err
	}
	l.at = time.Now()
	return l, nil
}

// others is how much of a core everybody else used since an earlier look.
func (l look) others(since look) float64 {
	ours := (l.own - since.own) + (l.server.CPU - since.server.CPU)
	return max(0, (l.busy-since.busy-ours).Seconds()/l.at.Sub(since.at).Seconds())
}
