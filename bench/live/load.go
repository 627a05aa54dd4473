package main

import "time"

// load is what is put on a server.
type load struct {
	// subscribers are spread over the tasks, of which every event changes all.
	subscribers, tasks int
	// rate is the events a second; 0 publishes one whenever all have the last.
	rate float64
	// warm is how long that goes on before it is measured, for the time of window.
	warm, window time.Duration
	// padding makes each frame longer, in bytes.
	padding int
	// apart is how many subscribers do not count for latencies. When stalled is set they
	// stop reading as soon as they have the task.
	apart   int
	stalled bool
	// idle publishes nothing. It connects some first, which are not counted: they pay for
	// what a server needs but once.
	idle bool
}

// idleFirst is how many an idle load connects first.
const idleFirst = 100

// narrow says whether the connections have small buffers, so that one which is not read
// is full soon.
func (l load) narrow() bool { return l.apart > 0 }

// connections is how many there are at most.
func (l load) connections() int {
	if l.idle {
		return l.subscribers + idleFirst
	}
	return l.subscribers
}

// sizes are how much of everything there is.
type sizes struct {
	rounds, fewRounds int
	// hot is the subscribers of the closed loops; spread is the tasks of the second.
	hot, spread int
	idle        int
	// crowd subscribers get crowdRate events a second.
	crowd     int
	crowdRate float64
	// apart of stalling subscribers may stop reading frames with padding more bytes.
	stalling, apart, padding int
	stallRate                float64
	// The times that each loop takes to warm up, and is measured.
	closedWarm, closedWindow, openWarm, openWindow time.Duration
}

// fullSizes are those of the goals.
func fullSizes(rounds int) sizes {
	return sizes{
		rounds: rounds, fewRounds: min(rounds, 3),
		hot: 1000, spread: 100, idle: 5000, crowd: 10_000, crowdRate: 5,
		stalling: 1000, apart: 200, padding: 16 << 10, stallRate: 4,
		closedWarm: 500 * time.Millisecond, closedWindow: 1500 * time.Millisecond,
		openWarm: 2 * time.Second, openWindow: 4 * time.Second,
	}
}

// quickSizes show in seconds whether everything works, and nothing else.
func quickSizes() sizes {
	return sizes{
		rounds: 1, fewRounds: 1,
		hot: 60, spread: 6, idle: 60, crowd: 200, crowdRate: 10,
		stalling: 50, apart: 10, padding: 16 << 10, stallRate: 10,
		closedWarm: 100 * time.Millisecond, closedWindow: 200 * time.Millisecond,
		openWarm: 300 * time.Millisecond, openWindow: 500 * time.Millisecond,
	}
}
