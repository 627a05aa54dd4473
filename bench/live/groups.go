package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// side is a server under a load.
type side struct {
	peer string
	load load
}

// group is measurements that are compared: its sides take turns.
type group struct {
	// name is for -only; title is what the table says when it could not be measured.
	name, title string
	rounds      int
	sides       []side
	// rows words what was found: the samples of each side, none for one left out.
	rows func(found []samples) []row
}

// connections is how many a side has at most.
func (g group) connections() (n int) {
	for _, s := range g.sides {
		n = max(n, s.load.connections())
	}
	return n
}

// has says whether any of the servers is in it.
func (g group) has(peers []string) bool {
	return slices.ContainsFunc(g.sides, func(s side) bool { return slices.Contains(peers, s.peer) })
}

// groupNames are those of all groups.
func groupNames() (names []string) {
	for _, g := range groups(quickSizes()) {
		names = append(names, g.name)
	}
	return names
}

// groups are all there is to measure, those with goals first.
func groups(z sizes) []group {
	return []group{hotGroup(z), idleGroup(z), crowdGroup(z), stalledGroup(z), spreadGroup(z), separateGroup(z)}
}

// against puts one load on each of the servers.
func against(l load, peers ...string) (sides []side) {
	for _, peer := range peers {
		sides = append(sides, side{peer, l})
	}
	return sides
}

func (z sizes) closedLoop(tasks int) load {
	return load{subscribers: z.hot, tasks: tasks, warm: z.closedWarm, window: z.closedWindow}
}

// The order of the servers in the groups that have all three.
const (
	ofStepcast = iota
	ofGorilla
	ofGQLGen
)

// hotGroup is many subscribers of one task.
func hotGroup(z sizes) group {
	title := fmt.Sprintf("%s subscribers of one task", thousands(z.hot))
	return group{name: "hot", title: title, rounds: z.rounds, sides: against(z.closedLoop(1), peers...), rows: func(found []samples) []row {
		ours, broadcast, gqlgen := found[ofStepcast], found[ofGorilla], found[ofGQLGen]
		cpu := figures(found, sample.cpuCost, "µs")
		return []row{
			atMost(title+": CPU per delivery, of gorilla's broadcast", ours.of(broadcast, sample.cpuCost), 1.5, times, cpu),
			atMost("the same, of gqlgen's transport", ours.of(gqlgen, sample.cpuCost), 1.0/15, times, cpu),
			atMost("allocations per delivery", ours.median(sample.allocations), 1, number, figures(found, sample.allocations, "")),
			information("deliveries a second", number(ours.median(sample.perSecond)), figures(found, sample.perSecond, "")),
			information("CPU per connection, of gorilla's", times(ours.of(broadcast, sample.connectCost)), figures(found, sample.connectCost, "µs")),
		}
	}}
}

// spreadGroup is a few subscribers of each task.
func spreadGroup(z sizes) group {
	title := fmt.Sprintf("%s subscribers of %s tasks", thousands(z.hot), thousands(z.spread))
	return ratiosGroup("spread", title, z, z.spread)
}

// separateGroup is one subscriber of each task: nothing is shared.
func separateGroup(z sizes) group {
	title := fmt.Sprintf("%s subscribers of as many tasks", thousands(z.hot))
	return ratiosGroup("separate", title, z, z.hot)
}

func ratiosGroup(name, title string, z sizes, tasks int) group {
	return group{name: name, title: title, rounds: z.fewRounds, sides: against(z.closedLoop(tasks), peers...), rows: func(found []samples) []row {
		cpu := figures(found, sample.cpuCost, "µs")
		return []row{
			information(title+": CPU per delivery, of gorilla's broadcast", times(found[ofStepcast].of(found[ofGorilla], sample.cpuCost)), cpu),
			information("the same, of gqlgen's transport", times(found[ofStepcast].of(found[ofGQLGen], sample.cpuCost)), cpu),
		}
	}}
}

// idleGroup is subscribers to whom nothing happens.
func idleGroup(z sizes) group {
	title := fmt.Sprintf("%s idle subscribers", thousands(z.idle))
	l := load{subscribers: z.idle, tasks: 1, idle: true}
	return group{name: "idle", title: title, rounds: z.fewRounds, sides: against(l, peers...), rows: func(found []samples) []row {
		left := figures(found, sample.kilobytesCollected, "kB")
		return []row{
			atMost(title+": memory of each", found[ofStepcast].median(sample.kilobytes), 16, in("kB"), figures(found, sample.kilobytes, "kB")),
			information("the same without garbage", in("kB")(found[ofStepcast].median(sample.kilobytesCollected)), left),
		}
	}}
}

// crowdGroup is very many subscribers of one task, at a fixed rate.
func crowdGroup(z sizes) group {
	title := fmt.Sprintf("%s subscribers of one task, %s events a second", thousands(z.crowd), number(z.crowdRate))
	l := load{subscribers: z.crowd, tasks: 1, rate: z.crowdRate, warm: z.openWarm, window: z.openWindow}
	// gqlgen's transport is far below such a rate.
	return group{name: "crowd", title: title, rounds: z.fewRounds, sides: against(l, peerStepcast, peerGorilla), rows: func(found []samples) []row {
		ours := found[ofStepcast]
		lost := ours.sum(func(s sample) int { return s.lost }) + ours.sum(func(s sample) int { return s.doubled })
		return []row{
			atMost(title+": subscribers lost, and events doubled", orNone(ours, float64(lost)), 0, number, ""),
			kept(ours),
			information("the same, p50", in("ms")(ours.median(sample.p50)), figures(found, sample.p50, "ms")),
			information("the same, p99", in("ms")(ours.median(sample.p99)), figures(found, sample.p99, "ms")),
			information("the same, CPU per delivery, of gorilla's broadcast", times(ours.of(found[ofGorilla], sample.cpuCost)), figures(found, sample.cpuCost, "µs")),
		}
	}}
}

// kept is the row that says whether every subscriber got every event.
func kept(ours samples) row {
	came := ours.sum(func(s sample) int { return s.deliveries })
	skipped := ours.sum(func(s sample) int { return s.skipped })
	lost := ours.sum(func(s sample) int { return s.lost })
	r := row{what: "the same, rate kept", goal: "every event", found: none, met: none}
	if len(ours) == 0 {
		return r
	}
	r.met, r.found = met(skipped == 0 && lost == 0), met(skipped == 0 && lost == 0)
	r.figures = fmt.Sprintf("%s deliveries, %s events left out for a newer one", thousands(came), thousands(skipped))
	return r
}

// stalledGroup is subscribers that read while others do not any more.
func stalledGroup(z sizes) group {
	title := fmt.Sprintf("%s of %s subscribers stop reading", thousands(z.apart), thousands(z.stalling))
	reading := load{
		subscribers: z.stalling, tasks: 1, rate: z.stallRate, warm: z.openWarm, window: z.openWindow,
		padding: z.padding, apart: z.apart,
	}
	stalled := reading
	stalled.stalled = true
	sides := []side{{peerStepcast, reading}, {peerStepcast, stalled}}
	return group{name: "stalled", title: title, rounds: z.rounds, sides: sides, rows: func(found []samples) []row {
		without, with := found[0], found[1]
		figures := fmt.Sprintf("%s with, %s without; lost %d, left out %d", figure(with, sample.p99, "ms"), figure(without, sample.p99, "ms"),
			with.sum(func(s sample) int { return s.lost }), with.sum(func(s sample) int { return s.skipped }))
		r := atMost(title+": p99 of the others, of that when all read", with.of(without, sample.p99), 1.3, times, figures)
		if with.saturated() || without.saturated() {
			r.met, r.figures = none, r.figures+"; the server could not keep up, so the ratio says nothing"
		}
		return []row{r}
	}}
}

// orNone is a figure that was counted, not a number when nothing was measured.
func orNone(all samples, v float64) float64 {
	if len(all) == 0 {
		return math.NaN()
	}
	return v
}

// figures words a figure of each server.
func figures(found []samples, f func(sample) float64, unit string) string {
	var words []string
	for i, all := range found {
		if len(all) > 0 {
			words = append(words, peers[i]+" "+figure(all, f, unit))
		}
	}
	return strings.Join(words, ", ")
}

// figure words a median and the least.
func figure(all samples, f func(sample) float64, unit string) string {
	return strings.TrimSpace(fmt.Sprintf("%s (%s) %s", number(all.median(f)), number(all.least(f)), unit))
}

// thousands words a count: 10,000.
func thousands(n int) string {
	digits := []byte(fmt.Sprint(n))
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = slices.Insert(digits, at, ',')
	}
	return string(digits)
}
