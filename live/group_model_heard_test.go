package live

import (
	"encoding/json"

	"stepcast/live/internal/testschema"
)

// modelMessage is a message of any of the subscriptions.
type modelMessage struct {
	ID, Type string
	Payload  json.RawMessage
}

// modelHeard is what a client knows of one stream. Guarded by the mu of the line that it
// hears of it by.
type modelHeard struct {
	model *model
	mode  string
	// ended is the type of the message that ended it.
	ended string
	// floor is what a snapshot must at least be, and latest the newest; every is up to where
	// it has all numbers; told is the newest number of each key.
	floor, latest, every int
	told                 map[int]int
}

// begin prepares for a new subscription.
func (h *modelHeard) begin() {
	h.ended, h.latest = "", 0
	h.floor = h.model.resolver.Feed(h.mode).Newest()
	clear(h.told)
}

// hear takes a message, and checks that it may come now.
func (h *modelHeard) hear(m modelMessage) {
	var payload struct {
		Data struct {
			Latest  *testschema.Latest
			Every   *testschema.Batch
			Changes *testschema.Change
		}
	}
	if h.ended != "" {
		h.wrong("%s after %s", m.Type, h.ended)
	}
	if m.Type != "next" {
		h.ended = m.Type
		return
	}
	if err := json.Unmarshal(m.Payload, &payload); err != nil {
		h.wrong("%s: %v", m.Payload, err)
		return
	}
	switch h.mode {
	case "latest":
		h.hearLatest(payload.Data.Latest.Number)
	case "every":
		h.hearEvery(payload.Data.Every.Numbers)
	case "changes":
		h.hearChange(payload.Data.Changes)
	}
}

func (h *modelHeard) hearLatest(number int) {
	if number <= h.latest || number < h.floor {
		h.wrong("%d after %d, and it was at %d before", number, h.latest, h.floor)
	}
	h.latest = number
}

func (h *modelHeard) hearEvery(numbers []int) {
	for _, number := range numbers {
		if h.every++; number != h.every {
			h.wrong("%d where %d comes next", number, h.every)
		}
	}
}

// hearChange forgets nothing: what is told again, because a client reads everything anew
// before it hears of it, may be older than what it has read.
func (h *modelHeard) hearChange(c *testschema.Change) {
	h.told[c.Key] = max(h.told[c.Key], c.Number)
	if c.Resync {
		h.readAll()
	}
}

// readAll is what a client does after subscribing and when it is told to.
func (h *modelHeard) readAll() {
	for key, number := range h.model.list(h.mode) {
		h.told[key] = max(h.told[key], number)
	}
}

func (h *modelHeard) wrong(format string, args ...any) {
	h.model.t.Errorf(h.mode+": "+format, args...)
}
