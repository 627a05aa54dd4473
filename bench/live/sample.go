package main

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// sample is what one measurement of a server found.
type sample struct {
	// connect is the CPU time that one subscriber cost the server, from its connection to
	// its task, in microseconds.
	connect float64
	// memory is what one subscriber added to the server's resident set, in bytes;
	// collected is what of that is left when all garbage is.
	memory, collected float64

	// events were published in the window, and came deliveries times to subscribers that
	// read. frame is the size of each, in bytes.
	events, deliveries, frame int
	// cpu and mallocs are what the server used for them, within wall.
	cpu, wall time.Duration
	mallocs   uint64
	// latencies are from when an event was due until it was read, in microseconds, sorted.
	latencies []int32

	// Over the whole run: subscribers that were not told of the newest event, events that
	// were left out because a newer one came, and such as came again.
	lost, skipped, doubled int

	// others is how much of a core everybody else on this machine used meanwhile.
	others float64
}

// othersLimit is how much of a core others may use before a measurement is disturbed.
const othersLimit = 0.15

func (s sample) disturbed() bool { return s.others > othersLimit }

// cpuCost is the server's CPU time for one delivery, in microseconds.
func (s sample) cpuCost() float64 {
	return float64(s.cpu.Nanoseconds()) / 1e3 / float64(s.deliveries)
}

// allocations is how many objects the server allocated for one delivery.
func (s sample) allocations() float64 { return float64(s.mallocs) / float64(s.deliveries) }

// perSecond is how many deliveries came in a second.
func (s sample) perSecond() float64 { return float64(s.deliveries) / s.wall.Seconds() }

// connectCost is the CPU time of a connection, in microseconds.
func (s sample) connectCost() float64 { return s.connect }

// kilobytes is the memory of a subscriber; kilobytesCollected is what is no garbage.
func (s sample) kilobytes() float64          { return s.memory / 1e3 }
func (s sample) kilobytesCollected() float64 { return s.collected / 1e3 }

// p50 and p99 are latencies in milliseconds that half, and all but a hundredth, do not exceed.
func (s sample) p50() float64 { return s.quantile(0.50) }
func (s sample) p99() float64 { return s.quantile(0.99) }

func (s sample) quantile(q float64) float64 {
	if len(s.latencies) == 0 {
		return math.NaN()
	}
	at := int(math.Ceil(q*float64(len(s.latencies)))) - 1
	return float64(s.latencies[max(at, 0)]) / 1e3
}

func (s sample) String() string {
	if s.events == 0 {
		return fmt.Sprintf("%s µs a connection, %s kB a subscriber, others used %.2f of a core",
			number(s.connect), number(s.kilobytes()), s.others)
	}
	return fmt.Sprintf("%s µs a delivery of %d bytes, %s a second, p50 %s ms, p99 %s ms, lost %d, skipped %d, doubled %d, others used %.2f of a core",
		number(s.cpuCost()), s.frame, number(s.perSecond()), number(s.p50()), number(s.p99()), s.lost, s.skipped, s.doubled, s.others)
}

// samples are the measurements of one server under one load, one for each round.
type samples []sample

func (all samples) median(figure func(sample) float64) float64 {
	values := make([]float64, len(all))
	for i, s := range all {
		values[i] = figure(s)
	}
	return middle(values)
}

func (all samples) least(figure func(sample) float64) float64 {
	least := math.Inf(1)
	for _, s := range all {
		least = min(least, figure(s))
	}
	return least
}

// saturated says whether more than a hundredth of the events were left out: then
// lateness is that of a queue.
func (all samples) saturated() bool {
	deliveries := all.sum(func(s sample) int { return s.deliveries })
	return 100*all.sum(func(s sample) int { return s.skipped }) > deliveries
}

// sum adds up what the samples counted.
func (all samples) sum(count func(sample) int) (n int) {
	for _, s := range all {
		n += count(s)
	}
	return n
}

// of is the median, over the rounds, of a figure's ratio to that of other: what disturbs
// a whole round disturbs both.
func (all samples) of(other samples, figure func(sample) float64) float64 {
	n := min(len(all), len(other))
	values := make([]float64, n)
	for i := range n {
		values[i] = figure(all[i]) / figure(other[i])
	}
	return middle(values)
}

// middle is the median, not a number when there is none.
func middle(values []float64) float64 {
	n := len(values)
	if n == 0 {
		return math.NaN()
	}
	slices.Sort(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
