package auth

import (
	"context"
	"maps"
	"sync"
	"time"
)

// usesEvery is how often the uses of tokens are stored: no token is written more often.
const usesEvery = time.Minute

// usesMax bounds the tokens whose use waits to be stored. One beyond is noted when it is
// used again.
const usesMax = 10_000

// uses has when tokens were last used, by their ids, until that is stored: signing in is
// on the way of every request, and must not write.
type uses struct {
	mu sync.Mutex
	at map[int64]time.Time
}

func (u *uses) note(id int64, at time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.at == nil {
		u.at = map[int64]time.Time{}
	}
	if _, waits := u.at[id]; waits || len(u.at) < usesMax {
		u.at[id] = at
	}
}

func (u *uses) of(id int64) (at time.Time, used bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	at, used = u.at[id]
	return at, used
}

func (u *uses) all() map[int64]time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	return maps.Clone(u.at)
}

// drop forgets what was stored, but for what was used again meanwhile.
func (u *uses) drop(stored map[int64]time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	maps.DeleteFunc(u.at, func(id int64, at time.Time) bool { return stored[id].Equal(at) })
}

// StoreUses stores when tokens were used since it was last called. What cannot be stored
// waits for the next call.
func (s *Service) StoreUses(ctx context.Context) error {
	now := s.uses.all()
	if err := s.store.NoteTokenUses(ctx, now); err != nil {
		return err
	}
	s.uses.drop(now)
	return nil
}

// KeepUses calls StoreUses every minute until ctx ends, and then once more.
func (s *Service) KeepUses(ctx context.Context) {
	tick := time.NewTicker(usesEvery)
	defer tick.Stop()
	for ended := false; !ended; {
		select {
		case <-ctx.Done():
			ended = true
		case <-tick.C:
		}
		// Also what ctx ends is stored, within a bound.
		storing, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadTimeout)
		if err := s.StoreUses(storing); err != nil {
			s.log.WarnContext(ctx, "the last uses of tokens wait to be stored", "error", err)
		}
		cancel()
	}
}
