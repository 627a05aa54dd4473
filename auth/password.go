package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"runtime"
	"sync/atomic"

	"golang.org/x/crypto/argon2"

	"stepcast/models"
)

// Lengths of passwords, in bytes. The least binds those who set one.
const (
	passwordMin = 8
	passwordMax = 1024
)

// hashQueueMax is how many may wait for their password to be checked; more are sent
// away, so that a flood of sign-ins holds a bounded number of requests.
const hashQueueMax = 64

// errBusy is the answer when the queue is full.
var errBusy = &models.Fault{
	Code: models.CodeUnavailable, RetryAfter: 1,
	Message: "too many people are signing in at this moment; try again in a second",
}

// passwords makes and checks stored passwords. No more run at once than there are
// processors: each takes PasswordCost.MemoryKiB and a whole core.
type passwords struct {
	cost    PasswordCost
	nobody  phc
	slots   chan struct{}
	waiting atomic.Int64
}

func newPasswords(cost PasswordCost) *passwords {
	return &passwords{
		cost: cost,
		// No password is known to give this sum: it is drawn, not computed.
		nobody: phc{cost: cost, salt: randomBytes(saltBytes), sum: randomBytes(sumBytes)},
		slots:  make(chan struct{}, runtime.GOMAXPROCS(0)),
	}
}

// hash gives the form in which a password is stored.
func (p *passwords) hash(ctx context.Context, password string) (string, error) {
	made := phc{cost: p.cost, salt: randomBytes(saltBytes)}
	sum, err := p.sum(ctx, password, made.cost, made.salt, sumBytes)
	if err != nil {
		return "", err
	}
	made.sum = sum
	return made.String(), nil
}

// matches says whether password is the stored one. Where there is none ("" or
// unreadable) it does the same work, so that the time taken tells nothing.
func (p *passwords) matches(ctx context.Context, stored, password string) (bool, error) {
	known, readable := parsePHC(stored)
	if !readable {
		known = p.nobody
	}
	sum, err := p.sum(ctx, password, known.cost, known.salt, len(known.sum))
	if err != nil {
		return false, err
	}
	same := subtle.ConstantTimeCompare(sum, known.sum) == 1
	return same && readable, nil
}

// outdated says whether a stored password was made at another cost than ours.
func (p *passwords) outdated(stored string) bool {
	known, ok := parsePHC(stored)
	return ok && known.cost != p.cost
}

func (p *passwords) sum(
	ctx context.Context, password string, cost PasswordCost, salt []byte, length int,
) ([]byte, error) {
	if p.waiting.Add(1) > hashQueueMax {
		p.waiting.Add(-1)
		return nil, errBusy
	}
	defer p.waiting.Add(-1)
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	return argon2.IDKey([]byte(password), salt, cost.Passes, cost.MemoryKiB, cost.Threads, uint32(length)), nil
}

// newPassword checks the length of a password that is to be set.
func newPassword(password string) error {
	if len(password) < passwordMin || len(password) > passwordMax {
		return models.Invalid([]string{"password"}, "a password has %d to %d bytes", passwordMin, passwordMax)
	}
	return nil
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: the runtime ends the process instead
	return b
}
