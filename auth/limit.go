package auth

import (
	"math"
	"sync"
	"time"

	"stepcast/internal/httpx"
	"stepcast/models"
)

// How many sign-ins may fail before one has to wait, and how long one waits for each
// further: of one user from one address, and of all users from one address, behind
// which many people may sit.
const (
	userBurst     = 5
	userRefill    = 15 * time.Second
	addressBurst  = 50
	addressRefill = 2 * time.Second
)

// limiterSize bounds the buckets held. Full ones need not be; dropping one that is
// not gives its holder a fresh burst, which is worth less than the effort of filling
// the table.
const limiterSize = 10_000

// limiter is a token bucket per key.
type limiter struct {
	now    func() time.Time
	burst  float64
	refill time.Duration

	mu      sync.Mutex
	buckets *lru[bucket]
}

// bucket holds how many tries were left at a time.
type bucket struct {
	left float64
	at   time.Time
}

func newLimiter(now func() time.Time, burst int, refill time.Duration) *limiter {
	return &limiter{now: now, burst: float64(burst), refill: refill, buckets: newLRU[bucket](limiterSize)}
}

// take uses up one try. When none is left it says how long to wait for the next.
func (l *limiter) take(key string) (wait time.Duration) {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.at(key, now)
	if b.left < 1 {
		return time.Duration((1 - b.left) * float64(l.refill))
	}
	b.left--
	l.buckets.put(key, b)
	return 0
}

// giveBack undoes a take whose try did not fail.
func (l *limiter) giveBack(key string) {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.at(key, now)
	b.left++
	if b.left >= l.burst {
		l.buckets.remove(key)
		return
	}
	l.buckets.put(key, b)
}

// at gives the bucket as it is now.
func (l *limiter) at(key string, now time.Time) bucket {
	b, ok := l.buckets.get(key)
	if !ok {
		return bucket{left: l.burst, at: now}
	}
	if passed := now.Sub(b.at); passed > 0 {
		b.left = min(l.burst, b.left+float64(passed)/float64(l.refill))
		b.at = now
	}
	return b
}

// tooMany is the answer to somebody who has to wait.
func tooMany(wait time.Duration) *models.Fault {
	seconds := int(math.Ceil(wait.Seconds()))
	return &models.Fault{
		Code: models.CodeLimit, RetryAfter: max(seconds, 1),
		Message: "too many failed sign-ins; wait and try again",
	}
}

// addressKey is what counts as one address: the host without its port, and for IPv6
// the /64, which one machine can fill at will.
func addressKey(remote string) string {
	address, ok := httpx.Address(remote)
	if !ok {
		return "?"
	}
	if address.Is6() {
		network, _ := address.Prefix(64) // 64 is within the length of any IPv6 address
		return network.String()
	}
	return address.String()
}
