package auth

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"stepcast/models"
)

type stopped struct{ at atomic.Int64 }

func (s *stopped) Now() time.Time          { return time.Unix(0, s.at.Load()) }
func (s *stopped) Advance(d time.Duration) { s.at.Add(int64(d)) }

func TestCacheForgetsAfterItsTime(t *testing.T) {
	t.Parallel()
	var clock stopped
	loads := 0
	c := newCache(clock.Now, time.Second, func(context.Context, string) (int, error) {
		loads++
		return loads, nil
	})
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {time.Second - 1, 1}, {1, 2}, {time.Second, 3}} {
		clock.Advance(step.after)
		if got, err := c.get(t.Context(), "a"); got != step.want || err != nil {
			t.Fatalf("%v later: got %d, %v; want %d", step.after, got, err, step.want)
		}
	}
	c.forget("a")
	if got, _ := c.get(t.Context(), "a"); got != 4 {
		t.Fatalf("after forget: got %d, want 4", got)
	}
	c.forgetAll()
	if got, _ := c.get(t.Context(), "a"); got != 5 {
		t.Fatalf("after forgetAll: got %d, want 5", got)
	}
}

func TestCacheRemembersAbsenceButNoFailure(t *testing.T) {
	t.Parallel()
	var clock stopped
	loads := map[string]int{}
	c := newCache(clock.Now, time.Second, func(_ context.Context, key string) (int, error) {
		loads[key]++
		if key == "absent" {
			return 0, models.NotFound("it")
		}
		return 0, errors.New("database away")
	})
	for range 3 {
		if _, err := c.get(t.Context(), "absent"); !missing(err) {
			t.Fatalf("got %v, want NOT_FOUND", err)
		}
		if _, err := c.get(t.Context(), "failing"); err == nil || missing(err) {
			t.Fatalf("got %v, want the failure", err)
		}
	}
	if loads["absent"] != 1 || loads["failing"] != 3 {
		t.Fatalf("loads: %v, want absent 1, failing 3", loads)
	}
}

func TestCacheFloodOfGuessesKeepsWhatCounts(t *testing.T) {
	t.Parallel()
	var clock stopped
	loads := 0
	c := newCache(clock.Now, time.Second, func(_ context.Context, key string) (int, error) {
		if key == "good" {
			loads++
			return 1, nil
		}
		return 0, models.NotFound("it")
	})
	_, _ = c.get(t.Context(), "good")
	for i := range 3 * missingSize {
		_, _ = c.get(t.Context(), strconv.Itoa(i))
	}
	_, _ = c.get(t.Context(), "good")
	if loads != 1 {
		t.Fatalf("the good key was loaded %d times, want once", loads)
	}
	if held := len(c.absent.items); held != missingSize {
		t.Fatalf("%d guesses are held, want %d", held, missingSize)
	}
}

// A look-up that began before a forget may have read what was there before.
func TestCacheDropsLookUpOvertakenByForget(t *testing.T) {
	t.Parallel()
	var clock stopped
	reading, revoked := make(chan struct{}), make(chan struct{})
	var loads atomic.Int64
	c := newCache(clock.Now, time.Second, func(context.Context, string) (string, error) {
		if loads.Add(1) == 1 {
			close(reading)
			<-revoked
			return "old", nil
		}
		return "new", nil
	})
	var first sync.WaitGroup
	first.Go(func() { _, _ = c.get(context.Background(), "a") })
	<-reading
	c.forget("a")
	if got, _ := c.get(t.Context(), "a"); got != "new" {
		t.Fatalf("during the old look-up: got %q, want new", got)
	}
	close(revoked)
	first.Wait()
	if got, _ := c.get(t.Context(), "a"); got != "new" {
		t.Fatalf("after the old look-up: got %q, want new", got)
	}
}

func TestCacheSharesLookUpsAndOutlivesItsFirstCaller(t *testing.T) {
	t.Parallel()
	var clock stopped
	reading, release := make(chan struct{}), make(chan struct{})
	var loads atomic.Int64
	c := newCache(clock.Now, time.Second, func(ctx context.Context, _ string) (int, error) {
		if loads.Add(1) == 1 {
			close(reading)
		}
		<-release
		return 7, ctx.Err()
	})
	first, leave := context.WithCancel(context.Background())
	left := make(chan error, 1)
	go func() { _, err := c.get(first, "a"); left <- err }()
	<-reading
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Fatalf("the caller who left got %v", err)
	}
	var rest sync.WaitGroup
	for range 20 {
		rest.Go(func() {
			if got, err := c.get(context.Background(), "a"); got != 7 || err != nil {
				t.Errorf("got %d, %v; want 7", got, err)
			}
		})
	}
	close(release)
	rest.Wait()
	if n := loads.Load(); n != 1 {
		t.Fatalf("%d look-ups, want 1", n)
	}
}
