package http

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/executor/executortest"
)

func TestSize(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.0 kB", 1250: "1.2 kB", 999_949: "999.9 kB", 999_950: "1.0 MB",
		3_400_000: "3.4 MB", 16 << 20: "16.8 MB", 1<<63 - 1: "9.2 EB",
	} {
		require.Equal(t, want, size(n))
	}
}

func TestWhatIsSentAfterTheResponseBeganDoesNotCount(t *testing.T) {
	t.Parallel()
	var sink executortest.Sink
	p := progress{sink: &sink}
	p.sent(1, 4)
	p.response()
	p.sent(4, 4)
	p.received(1, 4)
	require.Equal(t, []executortest.Event{
		{Call: "Progress", Percent: 12.5}, {Call: "Progress", Percent: 62.5},
	}, sink.Events())
}
