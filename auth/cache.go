package auth

import (
	"context"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// loadTimeout bounds one look-up in the store. It is not the caller's deadline,
// because callers share the look-up.
const loadTimeout = 5 * time.Second

// cache remembers what load answered for ttl, counted from before the look-up, so
// that no answer is older than ttl when it is used. Callers who ask for the same key
// at once share one look-up. What does not exist is remembered apart: a flood of
// guesses cannot push out what counts.
type cache[V any] struct {
	now     func() time.Time
	ttl     time.Duration
	load    func(ctx context.Context, key string) (V, error)
	flights singleflight.Group

	// mu guards what follows; it is not held during load.
	mu     sync.Mutex
	found  *lru[answer[V]]
	absent *lru[answer[V]]
	// epoch goes up with each forget. A look-up that began before it is neither
	// remembered nor joined.
	epoch uint64
}

// answer is what the store said: a value, or the error that there is none.
type answer[V any] struct {
	value V
	err   error
	until time.Time
}

func newCache[V any](
	now func() time.Time, ttl time.Duration, load func(ctx context.Context, key string) (V, error),
) *cache[V] {
	return &cache[V]{
		now: now, ttl: ttl, load: load,
		found: newLRU[answer[V]](cacheSize), absent: newLRU[answer[V]](missingSize),
	}
}

// get answers from memory or from the store. Its errors are those of load, and that of ctx.
func (c *cache[V]) get(ctx context.Context, key string) (V, error) {
	held, epoch, ok := c.recall(key)
	if ok {
		return held.value, held.err
	}
	var none V
	flight := c.flights.DoChan(strconv.FormatUint(epoch, 36)+":"+key, func() (any, error) {
		return c.fetch(ctx, key, epoch)
	})
	select {
	case <-ctx.Done():
		return none, context.Cause(ctx)
	case landed := <-flight:
		if landed.Err != nil {
			return none, landed.Err
		}
		return landed.Val.(V), nil
	}
}

// forget makes the next get of key ask the store.
func (c *cache[V]) forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	c.found.remove(key)
	c.absent.remove(key)
}

// forgetAll makes the next get of every key ask the store.
func (c *cache[V]) forgetAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	c.found.clear()
	c.absent.clear()
}

// recall answers from memory; ok is false when the store must be asked.
func (c *cache[V]) recall(key string) (held answer[V], epoch uint64, ok bool) {
	now := c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if held, ok = c.found.get(key); ok && now.Before(held.until) {
		return held, c.epoch, true
	}
	if held, ok = c.absent.get(key); ok && now.Before(held.until) {
		return held, c.epoch, true
	}
	return held, c.epoch, false
}

// fetch asks the store and remembers its answer, unless something was forgotten
// meanwhile. It outlives the caller that began it, because others may wait for it too.
func (c *cache[V]) fetch(ctx context.Context, key string, epoch uint64) (V, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadTimeout)
	defer cancel()
	until := c.now().Add(c.ttl)
	value, err := c.load(ctx, key)

	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case epoch != c.epoch:
	case err == nil:
		c.absent.remove(key)
		c.found.put(key, answer[V]{value: value, until: until})
	case missing(err):
		c.found.remove(key)
		c.absent.put(key, answer[V]{err: err, until: until})
	}
	return value, err
}
