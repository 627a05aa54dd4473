package live

import (
	"bytes"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// eventStream is graphql-sse in its "distinct connections" mode.
// https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
//
// Each `next` carries the cursor of its element as the event's id. A browser's
// EventSource sends the last one when it comes back, which it does by itself however a
// response ends. So `complete` has an id, too, and who comes back with that one is told
// by 204 that there is nothing more.
var eventStream = &streamKind{
	format: &format{
		name:      "sse",
		place:     2,
		next:      func(p *packet) []byte { return nextEvent(p.body, p.mark.Cursor) },
		failed:    failedEvents,
		completed: []byte(completedEvent),
		frame:     joined,
	},
	contentType: mediaEvents + "; charset=utf-8",
	// Some browsers take a response for begun only when it has a first byte.
	opening:   []byte(":\n\n"),
	keepAlive: []byte(":\n\n"),
	whole:     true,
}

const (
	// completedID is the id of a `complete` after which there is nothing more. Cursors
	// never look like it.
	completedID    = "complete"
	completedEvent = "event: complete\nid: " + completedID + "\ndata: \n\n"
	// failedEvent is the `complete` after a failure that passes. It has data, although
	// there is none: an EventSource drops events without.
	failedEvent = "event: complete\ndata: \n\n"
)

// nextEvent is a `next` event; it has no id when cursor is "".
func nextEvent(payload []byte, cursor string) []byte {
	const around = "event: next\nid: \ndata: \n\n"
	event := make([]byte, 0, len(around)+len(cursor)+len(payload))
	event = append(event, "event: next\n"...)
	if cursor != "" {
		event = append(event, "id: "...)
		event = append(event, cursor...)
		event = append(event, '\n')
	}
	event = append(event, "data: "...)
	event = append(event, oneLine(payload)...)
	return append(event, "\n\n"...)
}

// oneLine gives JSON without the line ends that custom scalars may have put between its
// tokens: in an event they would end the data.
func oneLine(encoded []byte) []byte {
	if !bytes.ContainsAny(encoded, "\r\n") {
		return encoded
	}
	return bytes.Map(func(c rune) rune {
		if c == '\r' || c == '\n' {
			return ' '
		}
		return c
	}, encoded)
}

// failedEvents are the last events of an operation that failed. Who asks again after a
// failure that passes goes on after the last cursor; any other would only come again.
func failedEvents(errs gqlerror.List) []byte {
	payload := append([]byte(`{"errors":`), encodeErrors(errs)...)
	events := nextEvent(append(payload, '}'), "")
	if hasCode(errs, codeUnavailable) {
		return append(events, failedEvent...)
	}
	return append(events, completedEvent...)
}

// joined is a message of a stream over HTTP: nothing goes around it.
func joined(dst, head, tail []byte) []byte {
	dst = append(dst, head...)
	return append(dst, tail...)
}
