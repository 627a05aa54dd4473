//go:build unix

package shim

import (
	"math"
	"time"
)

// stillLooks is how many looks in a row must find the whole tree standing still: a
// child that was being forked during the first is there in the second.
const stillLooks = 2

// hold keeps a tree standing still while its owner wants it to, or while its lease is
// over. The two wishes are independent.
type hold struct {
	paused bool
	// waiting are the numbers of the pauses that have not been answered.
	waiting []int
	// stopped is whether somebody may have got a SIGSTOP since the last resume.
	stopped bool
	// since is when it was last seen not to stand still, though it should.
	since time.Time
	// still counts the looks in a row that found all standing.
	still int
}

// runOn is advance for a running tree: it stops it, lets it go on, and samples it.
func (k *keeper) runOn(now time.Time) time.Duration {
	h, wait := &k.hold, k.sampleAt.Sub(now)
	if wait <= 0 {
		k.report(Report{Is: Used, Usage: k.sample()})
		k.sampleAt, wait = now.Add(sampleEvery), sampleEvery
		// Somebody outside may have let one go on.
		if h.still >= stillLooks && !k.tree.stop(false) {
			h.still, h.since = 0, now
		}
	}
	lease := k.leaseLeft()
	if h.paused || lease <= 0 {
		if h.still < stillLooks {
			h.look(k, now)
		}
		if h.still < stillLooks {
			if lease <= 0 && min(now.Sub(h.since), -lease) > leaseStopLimit {
				k.end(0, true)
				return 0
			}
			return min(wait, k.pace.next())
		}
		if lease > 0 {
			wait = min(wait, lease)
		}
		return wait
	}
	h.release(k)
	return min(wait, lease)
}

// look stops whoever runs, and answers the pauses once all stand still.
func (h *hold) look(k *keeper, now time.Time) {
	if !h.stopped {
		h.stopped, h.since = true, now
		k.pace.reset()
	}
	if !k.tree.stop(true) {
		h.still = 0
		return
	}
	h.still++
	if h.still >= stillLooks {
		h.answerAll(k, Done)
	}
}

// release lets everyone go on.
func (h *hold) release(k *keeper) {
	if h.stopped {
		k.tree.resume()
	}
	h.stopped, h.still = false, 0
}

// order takes a pause or resume. A resume is answered at once: nobody has to do
// anything for SIGCONT to have its effect.
func (h *hold) order(k *keeper, n int, paused bool) {
	h.paused = paused
	if paused {
		h.still, h.since = 0, time.Now()
		h.waiting = append(h.waiting, n)
		return
	}
	h.answerAll(k, Superseded)
	if k.leaseLeft() > 0 {
		h.release(k)
	}
	k.answer(n, Done)
}

// abandon gives the hold up because the tree is being ended.
func (h *hold) abandon(k *keeper) {
	h.answerAll(k, Ended)
	h.paused = false
}

func (h *hold) answerAll(k *keeper, result string) {
	for _, n := range h.waiting {
		k.answer(n, result)
	}
	h.waiting = nil
}

// leaseLeft is the time until the lease is over; 0 or less when it is.
func (k *keeper) leaseLeft() time.Duration {
	if k.lease == 0 {
		return math.MaxInt64
	}
	return time.Duration(k.lease - ClockNow())
}
