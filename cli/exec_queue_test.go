package cli

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/internal/randomtest"
	"stepcast/models"
)

// few accepts n entries.
func few(n int) func(*entry) bool {
	return func(*entry) bool {
		n--
		return n >= 0
	}
}

// TestQueueOrder: what is put comes out once and in order, through memory and file alike.
func TestQueueOrder(t *testing.T) {
	t.Parallel()
	seed := randomtest.Seed(t)
	for n := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, n))
		q := newQueue(int64(random.IntN(2000)), 1<<20)
		var put, taken []entry
		for range 300 {
			if random.IntN(3) > 0 {
				e := entry{
					kind: entryKind(random.IntN(3)), level: levels[random.IntN(4)], stream: streams[random.IntN(2)],
					more: random.IntN(2) == 0, text: strconv.Itoa(len(put)) + strings.Repeat("x", random.IntN(300)),
				}
				q.put(e)
				put = append(put, e)
				continue
			}
			some, err := q.take(few(random.IntN(20)))
			require.NoError(t, err)
			taken = append(taken, some...)
		}
		require.False(t, q.ended())
		q.close()
		rest, err := q.take(few(1000))
		require.NoError(t, err)
		require.Equal(t, put, append(taken, rest...))
		require.True(t, q.ended())
		q.free()
	}
}

// A queue that is full holds back who puts, until there is room again.
func TestQueueHoldsBack(t *testing.T) {
	t.Parallel()
	for name, spool := range map[string]int64{"without a file": -1, "with a small file": 1000} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := newQueue(1000, spool)
			defer q.free()
			put := make(chan struct{}, 1000)
			go func() {
				for range 100 {
					q.put(entry{level: models.Info, stream: models.Stdout, text: strings.Repeat("x", 100)})
					put <- struct{}{}
				}
				q.close()
			}()
			total := 0
			until(t, "it is held back", func() bool {
				q.mu.Lock()
				defer q.mu.Unlock()
				return q.used > 1000-200 && q.written >= spool-200
			})
			require.Less(t, len(put), 30)
			for !q.ended() {
				select {
				case <-q.ready:
				case <-time.After(patience):
					t.Fatal("nothing comes")
				}
				some, err := q.take(few(10))
				require.NoError(t, err)
				total += len(some)
				q.wake()
			}
			require.Equal(t, 100, total)
		})
	}
}

// Nobody waits for a queue that nobody takes from.
func TestQueueAbandoned(t *testing.T) {
	t.Parallel()
	q := newQueue(100, -1)
	put := make(chan struct{})
	go func() {
		defer close(put)
		for range 100 {
			q.put(entry{text: strings.Repeat("x", 100)})
		}
	}()
	<-q.ready
	q.abandon()
	select {
	case <-put:
	case <-time.After(patience):
		t.Fatal("it is held back")
	}
	q.close()
	require.True(t, q.ended())
}

// What is lost with the file is told, and what comes after it is not lost.
func TestQueueLosesItsFile(t *testing.T) {
	t.Parallel()
	q := newQueue(100, 1<<20)
	defer q.free()
	for range 10 {
		q.put(entry{level: models.Info, stream: models.Stdout, text: strings.Repeat("x", 100)})
	}
	require.NoError(t, q.spool.Truncate(10))
	some, err := q.take(few(100))
	require.Len(t, some, 1)
	require.ErrorContains(t, err, "read the output that waited in a file")
	q.put(entry{level: models.Info, stream: models.Stdout, text: "after"})
	some, err = q.take(few(100))
	require.NoError(t, err)
	require.Equal(t, "after", some[0].text)
}

// TestWireSize is never less than what JSON makes of a text.
func TestWireSize(t *testing.T) {
	t.Parallel()
	require.Equal(t, 128, wireSize(""))
	require.GreaterOrEqual(t, wireSize(strings.Repeat("\x01", 100)), 600)
	require.GreaterOrEqual(t, wireSize("<\u2028\""), 128+6+6+2)
	require.Less(t, wireSize(strings.Repeat("\x01", 64<<10)), reportBytes, "the longest line fits")
}

func TestCommandLine(t *testing.T) {
	t.Parallel()
	require.Equal(t, `make -j8 'a b' '' 'it'\''s' '$HOME'`, commandLine([]string{"make", "-j8", "a b", "", "it's", "$HOME"}))
	const most = 1000
	long := cutText(strings.Repeat("é", 2*most), most)
	require.Equal(t, most, len([]rune(long)))
	require.True(t, strings.HasSuffix(long, "é…"))
	require.Equal(t, strings.Repeat("é", most), cutText(strings.Repeat("é", most), most))
}
