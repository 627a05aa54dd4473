package client

import (
	"encoding/json"
	"errors"
	"testing"
)

// FuzzEventFeed: whatever a server sends, events are delivered in order and each once,
// or the stream ends by ErrProtocol.
func FuzzEventFeed(f *testing.F) {
	f.Add([]byte(`{"taskEvents":{"events":[{"id":"1:1"},{"id":"1:2"}],"cursor":"1:2"}}`), []byte(`{"taskEvents":{"events":[{"id":"1:2"}]}}`))
	f.Add([]byte(`{"taskEvents":{"gap":{"reason":"EXPIRED","task":{"id":"1"}},"cursor":"x"}}`), []byte(`{"taskEvents":null}`))
	f.Add([]byte(`{"taskEvents":{"events":[{"__typename":"PlanChanged","id":"1:9","steps":[null]}]}}`), []byte(`null`))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		feed := &eventFeed{id: "1"}
		last := int64(0)
		for _, data := range [][]byte{first, second} {
			batch, deliver, err := feed.accept(data)
			if err != nil {
				if !errors.Is(err, ErrProtocol) {
					t.Errorf("error %v", err)
				}
				return
			}
			if batch.Gap != nil {
				last = 0
			}
			for i, e := range batch.Events {
				if n := e.Head().Number(); !deliver || n <= last || last > 0 && n != last+1 {
					t.Errorf("event %d (%v) after %d", i, n, last)
				}
				last = e.Head().Number()
			}
		}
		if _, err := json.Marshal(feed.request()); err != nil {
			t.Errorf("cannot ask again: %v", err)
		}
	})
}

// FuzzLogFeed: as FuzzEventFeed, for lines.
func FuzzLogFeed(f *testing.F) {
	f.Add([]byte(`{"taskLog":{"lines":[{"number":1},{"number":2}],"cursor":2}}`), []byte(`{"taskLog":{"lines":[{"number":2}],"cursor":-5}}`))
	f.Add([]byte(`{"taskLog":{"gap":{"reason":"REPLACED"},"lines":[{"number":77}]}}`), []byte(`{"taskLog":{"cursor":9007199254740993}}`))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		feed := &logFeed{id: "1"}
		last := int64(0)
		for _, data := range [][]byte{first, second} {
			batch, deliver, err := feed.accept(data)
			if err != nil {
				if !errors.Is(err, ErrProtocol) {
					t.Errorf("error %v", err)
				}
				return
			}
			if batch.Gap != nil {
				last = 0
			}
			for _, l := range batch.Lines {
				if !deliver || l.Number <= last {
					t.Errorf("line %d after %d", l.Number, last)
				}
				last = l.Number
			}
		}
	})
}

// FuzzMessage: no message makes the stream panic.
func FuzzMessage(f *testing.F) {
	f.Add("next", []byte(`{"data":{"taskProgress":{"version":1}}}`))
	f.Add("next", []byte(`{"errors":[{"message":"x","path":["a",0,null]}]}`))
	f.Add("error", []byte(`[{"message":"x"}]`))
	f.Fuzz(func(t *testing.T, kind string, payload []byte) {
		stream := &Stream[*Task]{values: make(chan *Task, 1)}
		s := &subscription[*Task]{feed: &progressFeed{version: -1}, stream: stream, latest: true}
		_ = s.take(t.Context(), &session{}, message{ID: operationID, Type: kind, Payload: payload})
	})
}
