package bench

import (
	"runtime"
	"slices"
	"time"
)

// rounds is how often each load has its turn. The machine may be busy with other work:
// loads that are compared take turns, and medians of rounds are compared.
const rounds = 7

// load is something to measure.
type load struct {
	// run works for a while and says how many operations that was.
	run func() int
	// after clears up, untimed; it may be nil.
	after func()
}

// sample is one turn of a load.
type sample struct {
	operations  int
	wall, cpu   time.Duration
	allocations uint64
}

// samples are the turns of a load, one for each round.
type samples []sample

// takeTurns runs the loads in turns. What they gave comes in their order.
func takeTurns(loads ...load) []samples {
	all := make([]samples, len(loads))
	for round := range rounds + 1 {
		for i, l := range loads {
			s := measure(l.run)
			if l.after != nil {
				l.after()
			}
			if round > 0 { // the first warms up
				all[i] = append(all[i], s)
			}
		}
	}
	return all
}

func measure(run func() int) sample {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	cpu, began := cpuTime(), time.Now()
	n := run()
	s := sample{operations: n, wall: time.Since(began), cpu: cpuTime() - cpu}
	runtime.ReadMemStats(&after)
	s.allocations = after.Mallocs - before.Mallocs
	return s
}

func (s sample) rate() float64    { return float64(s.operations) / s.wall.Seconds() }
func (s sample) cpuCost() float64 { return float64(s.cpu.Microseconds()) / float64(s.operations) }
func (s sample) allocs() float64  { return float64(s.allocations) / float64(s.operations) }

// median is the middle one of what each turn gives.
func (all samples) median(figure func(sample) float64) float64 {
	values := make([]float64, len(all))
	for i, s := range all {
		values[i] = figure(s)
	}
	return middle(values)
}

// to is the median, over the rounds, of a figure's ratio to that of other.
func (all samples) to(other samples, figure func(sample) float64) float64 {
	values := make([]float64, len(all))
	for i, s := range all {
		values[i] = figure(s) / figure(other[i])
	}
	return middle(values)
}

func middle(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
