package process_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/internal/process"
)

func TestUsageCountsWhoWasWaitedFor(t *testing.T) {
	t.Parallel()
	for name, steps := range map[string][]string{
		"itself": {"use=300ms"},
		"child":  {"child", "use=300ms", "end", "wait"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireUsed(t, start(t, process.Spec{}, steps...).wait(t).Usage)
		})
	}
}

func requireUsed(t *testing.T, u process.Usage) {
	t.Helper()
	require.GreaterOrEqual(t, u.CPU, 290*time.Millisecond)
	require.Less(t, u.CPU, 2*time.Second)
	require.Greater(t, u.MaxRSS, int64(1<<20))
	require.Zero(t, u.Processes)
	require.Zero(t, u.RSS, "who has ended holds nothing")
}

// The program cannot wait for an orphan; its time counts all the same.
func TestUsageCountsOrphans(t *testing.T) {
	t.Parallel()
	r := start(t, process.Spec{}, "orphan", "pid", "use=300ms", "end", "hold")
	orphan := watched(t, r.pids(t, 1))
	eventually(t, "orphan has ended", func() bool { return living(orphan) == 0 })
	r.Stop()
	requireUsed(t, r.wait(t).Usage)
}

func TestUsageIsSampled(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var samples []process.Usage
	r := start(t, process.Spec{OnUsage: func(u process.Usage) {
		mu.Lock()
		defer mu.Unlock()
		samples = append(samples, u)
	}}, wildTree("burn")...)
	newest := func() (int, process.Usage) {
		mu.Lock()
		defer mu.Unlock()
		if len(samples) == 0 {
			return 0, process.Usage{}
		}
		return len(samples), samples[len(samples)-1]
	}
	eventually(t, "two samples of the whole tree", func() bool {
		n, u := newest()
		return n >= 2 && u.Processes == wildTreeSize && u.CPU > 0 && u.RSS > 0
	})
	r.Kill()
	exit := r.wait(t)
	n, last := newest()
	require.GreaterOrEqual(t, exit.Usage.CPU, last.CPU)
	require.GreaterOrEqual(t, exit.Usage.MaxRSS, last.MaxRSS)
	for i := 1; i < n; i++ {
		require.GreaterOrEqual(t, samples[i].MaxRSS, samples[i].RSS, "the most held at once")
		require.GreaterOrEqual(t, samples[i].CPU, samples[i-1].CPU, "CPU time never goes back")
	}
}

// A consumer that does not return delays neither answers nor the end of the tree; only
// Wait waits for it.
func TestSlowUsageConsumer(t *testing.T) {
	t.Parallel()
	entered, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	r := start(t, process.Spec{OnUsage: func(process.Usage) {
		once.Do(func() { close(entered) })
		<-release
	}}, "pid", "burn")
	ids := watched(t, r.pids(t, 1))
	<-entered
	require.NoError(t, r.Pause(t.Context()))
	r.Kill()
	eventually(t, "ended", func() bool { return living(ids) == 0 })
	select {
	case <-r.Done():
		t.Fatal("Wait did not wait for the consumer")
	default:
	}
	close(release)
	r.wait(t)
}
