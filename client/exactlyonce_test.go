package client

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// chaos serves the numbers 1 to total over and over, each time from the cursor asked
// for, and misbehaves in every way that a client must bear: it repeats itself, drops
// connections at any point, closes them with codes of a restart, and refuses some.
type chaos struct {
	rnd   *rand.Rand
	field string
	batch func(numbers ...int) map[string]any
	total int
}

// serve plays the server over one websocket; the error is why it ended.
func (c *chaos) serve(p *peer) error {
	defer p.conn.Close()
	var init, subscribe message
	if err := p.conn.ReadJSON(&init); err != nil {
		return err
	}
	if c.rnd.IntN(10) == 0 {
		return nil
	}
	if err := p.conn.WriteJSON(message{Type: "connection_ack"}); err != nil {
		return err
	}
	if err := p.conn.ReadJSON(&subscribe); err != nil {
		return err
	}
	var r request
	if err := json.Unmarshal(subscribe.Payload, &r); err != nil {
		return err
	}
	at := c.position(r.Variables["after"])
	for at < c.total {
		switch c.rnd.IntN(20) {
		case 0:
			return nil
		case 1:
			codes := []int{1000, 1001, 1012, 1013}
			frame := websocket.FormatCloseMessage(codes[c.rnd.IntN(len(codes))], "")
			return p.conn.WriteControl(websocket.CloseMessage, frame, time.Now().Add(testPatience))
		case 2: // half a frame
			_, err := p.conn.NetConn().Write([]byte{0x81, 0x7e, 0x10, 0x00, '{', '"'})
			return err
		}
		from := max(1, at+1-c.rnd.IntN(4)*c.rnd.IntN(4)) // often a few old ones first
		to := min(c.total, at+c.rnd.IntN(9))
		var numbers []int
		for n := from; n <= to; n++ {
			numbers = append(numbers, n)
		}
		if len(numbers) == 0 {
			continue
		}
		if err := c.next(p, numbers); err != nil {
			return err
		}
		at = max(at, to)
	}
	if c.rnd.IntN(2) == 0 {
		return nil // the last word is lost as well
	}
	if err := p.conn.WriteJSON(message{ID: operationID, Type: "complete"}); err != nil {
		return err
	}
	_, _, err := p.conn.ReadMessage()
	return err
}

func (c *chaos) next(p *peer, numbers []int) error {
	payload, err := json.Marshal(map[string]any{"data": map[string]any{c.field: c.batch(numbers...)}})
	if err != nil {
		return err
	}
	return p.conn.WriteJSON(message{ID: operationID, Type: "next", Payload: payload})
}

func (c *chaos) position(after any) int {
	switch after := after.(type) {
	case string:
		_, tail, _ := strings.Cut(after, ":")
		n, _ := strconv.Atoi(tail)
		return n
	case float64:
		return int(after)
	}
	return 0
}

// run serves until ctx ends.
func (c *chaos) run(ctx context.Context, s *server) {
	for {
		if c.rnd.IntN(8) == 0 {
			s.handshakes <- 503
		}
		select {
		case p := <-s.sockets:
			stop := context.AfterFunc(ctx, func() { p.conn.Close() })
			_ = c.serve(p)
			stop()
		case <-ctx.Done():
			return
		}
	}
}

func TestExactlyOnceThroughChaos(t *testing.T) {
	t.Parallel()
	now := uint64(time.Now().UnixNano())
	for _, seed := range []uint64{1, 2, 3, now, now + 1, now + 2} {
		t.Run(fmt.Sprint("events of seed ", seed), func(t *testing.T) {
			t.Parallel()
			through(t, seed, "taskEvents", events, func(c *Client) []int64 {
				return gather(t, c.WatchEvents(t.Context(), "690", ""), eventNumbers)
			})
		})
		t.Run(fmt.Sprint("log of seed ", seed), func(t *testing.T) {
			t.Parallel()
			through(t, seed, "taskLog", lines, func(c *Client) []int64 {
				return gather(t, c.WatchLog(t.Context(), "690", 0, ""), lineNumbers)
			})
		})
	}
}

func through(t *testing.T, seed uint64, field string, batch func(...int) map[string]any, watch func(*Client) []int64) {
	t.Helper()
	const total = 600
	s := newServer(t)
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan struct{})
	go func() {
		defer close(served)
		(&chaos{rnd: rand.New(rand.NewPCG(seed, 1)), field: field, batch: batch, total: total}).run(ctx, s)
	}()
	got := watch(s.client())
	cancel()
	<-served
	for i, n := range got {
		if n != int64(i+1) {
			t.Fatalf("seed %d: %d in place %d", seed, n, i+1)
		}
	}
	if len(got) != total {
		t.Errorf("seed %d: %d of %d", seed, len(got), total)
	}
}

func gather[T any](t *testing.T, s *Stream[T], numbers func(T) []int64) (all []int64) {
	t.Helper()
	for batch, err := range s.All(within(t)) {
		if err != nil {
			t.Errorf("after %d: %v", len(all), err)
		}
		all = append(all, numbers(batch)...)
	}
	return all
}
