package watch

import "stepcast/models"

var taskEvents = &sequence[models.Event]{
	number: func(e *models.Event) int64 { return e.Number },
	size:   sizeOfEvent,
}

// partBytes is about what an event, or a part of what it carries, takes beside its texts.
const partBytes = 512

func sizeOfEvent(e *models.Event) int {
	size := partBytes
	if t := e.Data.Task; t != nil {
		size += partBytes * (1 + len(t.PastAttempts))
	}
	if c := e.Data.Content; c != nil {
		size += sizeOfText(&c.Message)
	}
	if p := e.Data.Plan; p != nil {
		for _, s := range p.Steps {
			size += partBytes + sizeOfText(&s.Description)
		}
		for _, c := range p.Contents {
			size += partBytes + sizeOfText(&c.Message) + sizeOfText(&c.Submitted)
		}
	}
	return size
}

func sizeOfText(t *models.Text) int {
	size := len(t.Plain)
	for _, arg := range t.Args {
		size += len(arg)
	}
	for _, text := range t.Texts {
		size += len(text)
	}
	return size
}

// Events gives the events of a task after one number up to another from memory; ok is
// false when they are not all there. They are not to be changed.
func (h *Hub) Events(id, after, upTo int64) (events []models.Event, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[id]
	if t == nil {
		return nil, false
	}
	return t.events.between(after, upTo)
}

// KeepEvents is told by who follows a task that he has its events up to a number, the
// newest of which he knows. Those that come are kept from then on, as long as anybody
// follows the task.
func (h *Hub) KeepEvents(id, last int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[id]
	if t == nil || t.followers == 0 || t.events != nil && t.events.last >= last {
		return
	}
	setTailLocked(h, &t.events, &tail[models.Event]{of: taskEvents, last: last})
}
