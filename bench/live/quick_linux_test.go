package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
)

// quickMeter skips the test where nothing can be measured.
func quickMeter(t *testing.T) *meter {
	t.Helper()
	m, err := newMeter("", io.Discard)
	if err != nil {
		t.Skip(err)
	}
	m.repeatUntil = time.Time{}
	return m
}

// TestNothingIsLost runs each load against each server, with few subscribers. It looks at
// counts only: the figures of a machine that does other things meanwhile mean nothing.
func TestNothingIsLost(t *testing.T) {
	m := quickMeter(t)
	for _, g := range groups(quickSizes()) {
		t.Run(g.name, func(t *testing.T) {
			need := uint64(g.connections() + spareFiles)
			may, err := allowFiles(need)
			require.NoError(t, err)
			if may < need {
				t.Skipf("%d open files are needed and %d allowed", need, may)
			}
			found, err := m.takeTurns(t.Context(), g, peers)
			require.NoError(t, err)
			for i, side := range g.sides {
				require.Len(t, found[i], g.rounds, side.peer)
				checkSample(t, side, found[i][0])
			}
		})
	}
}

func checkSample(t *testing.T, s side, found sample) {
	t.Helper()
	require.Positive(t, found.connect, "%s: CPU of a connection", s.peer)
	if s.load.idle {
		require.Zero(t, found.events, s.peer)
		return
	}
	readers := s.load.subscribers
	if s.load.stalled {
		readers -= s.load.apart
	}
	require.Positive(t, found.events, s.peer)
	require.Equal(t, readers*found.events, found.deliveries+found.skipped, "%s: every subscriber got every event or a newer one", s.peer)
	require.Zero(t, found.lost, "%s: subscribers that have the newest event", s.peer)
	require.Zero(t, found.doubled, s.peer)
	if s.load.rate == 0 {
		require.Zero(t, found.skipped, "%s: all had each event before the next", s.peer)
		require.Len(t, found.latencies, found.deliveries, s.peer)
	}
	require.NotEmpty(t, found.latencies, s.peer)
	require.Positive(t, found.latencies[0], s.peer)
	require.InDelta(t, 870+s.load.padding, found.frame, 25, "%s: bytes of a frame", s.peer)
}

// TestServersSendTheSame: what they are compared by is the same task.
func TestServersSendTheSame(t *testing.T) {
	m := quickMeter(t)
	want := event{number: 1, due: 2}
	task := newWireTask(1, padding(3))
	task.show(want)
	for _, peer := range peers {
		t.Run(peer, func(t *testing.T) {
			server, err := startServer(t.Context(), serverOptions{peer: peer, core: m.serverCore, tasks: 1, padding: 3})
			require.NoError(t, err)
			defer func() { require.NoError(t, server.stop()) }()
			conn := subscribe(t, server)
			require.Equal(t, event{}.text(), next(t, conn).Steps[0].Contents[0].Message)
			require.NoError(t, server.publish(want))
			got := next(t, conn)
			require.Greater(t, got.Version, int64(1))
			got.Version = task.Version // counts what happened before the first event, too
			require.Equal(t, *task, got)
		})
	}
}

// subscribe subscribes with a client that others wrote.
func subscribe(t *testing.T, server *remote) *websocket.Conn {
	t.Helper()
	dialer := websocket.Dialer{Subprotocols: []string{subprotocol}}
	conn, resp, err := dialer.Dial("ws://"+server.address+"/graphql", nil)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(patience)))
	require.NoError(t, conn.WriteJSON(map[string]any{"type": "connection_init"}))
	_, ack, err := conn.ReadMessage()
	require.NoError(t, err)
	require.JSONEq(t, ackMessage, string(ack))
	require.NoError(t, conn.WriteJSON(map[string]any{
		"id": server.subscriptionID(), "type": "subscribe",
		"payload": map[string]any{"query": query, "variables": map[string]any{"id": server.tasks[0]}},
	}))
	return conn
}

// next reads a task.
func next(t *testing.T, conn *websocket.Conn) wireTask {
	t.Helper()
	_, text, err := conn.ReadMessage()
	require.NoError(t, err)
	var m struct {
		Type    string
		Payload struct {
			Data struct{ TaskProgress wireTask }
		}
	}
	require.NoError(t, json.Unmarshal(text, &m))
	require.Equal(t, "next", m.Type, "%s", text)
	return m.Payload.Data.TaskProgress
}

// TestCommandPrintsATable runs the command as people do, a part of it, with a profile.
func TestCommandPrintsATable(t *testing.T) {
	quickMeter(t)
	profile := filepath.Join(t.TempDir(), "cpu.out")
	var stdout, stderr strings.Builder
	code := run(t.Context(), []string{"-quick", "-only", "hot", "-peers", "stepcast", "-cpuprofile", profile}, &stdout, &stderr)
	require.Zero(t, code, stderr.String())
	require.Contains(t, stdout.String(), "allocations per delivery | ≤ 1 |")
	require.NotContains(t, stdout.String(), ", gorilla ", "it was left out")
	written, err := os.Stat(profile)
	require.NoError(t, err)
	require.Positive(t, written.Size())
}

func TestCommandRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, says string }{
		{"-only nothing", "hot, idle"},
		{"-peers apache", "stepcast, gorilla"},
		{"-rounds 0", "-rounds is 1 to"},
		{"more", "unexpected argument"},
		{"server -peer apache", `no server is called "apache"`},
	} {
		var stdout, stderr strings.Builder
		require.Equal(t, 1, run(t.Context(), strings.Fields(c.args), &stdout, &stderr), c.args)
		require.Contains(t, stderr.String(), c.says)
		require.Empty(t, stdout.String())
	}
}

// TestServerThatEndsIsNotWaitedFor: what it said is on the standard error.
func TestServerThatEndsIsNotWaitedFor(t *testing.T) {
	m := quickMeter(t)
	began := time.Now()
	_, err := startServer(t.Context(), serverOptions{peer: "apache", core: m.serverCore, tasks: 1})
	require.ErrorContains(t, err, "the server ended")
	require.Less(t, time.Since(began), patience)
}

// TestStopsWhenInterrupted: nothing is left running, and the error says why.
func TestStopsWhenInterrupted(t *testing.T) {
	m := quickMeter(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := m.takeTurns(ctx, groups(quickSizes())[0], peers)
	require.ErrorIs(t, err, context.Canceled)
}
