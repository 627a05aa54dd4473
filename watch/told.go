package watch

import "time"

// maxTold bounds the tellings that are remembered of one task: some seconds of a task
// that changes as often as one can.
const maxTold = 64

// telling is the moment at which this process learned how far a task has come.
type telling struct {
	version, lines int64
	at             time.Time
}

// tell notes that the task has come as far as is known now, if anybody follows it.
func (t *topic) tell() {
	if t.followers == 0 {
		return
	}
	if len(t.told) == maxTold {
		t.told = append(t.told[:0], t.told[1:]...)
	}
	t.told = append(t.told, telling{t.version, t.lines, time.Now()})
}

// Told is when this process learned that the task has come as far as a version and a
// number of log lines, 0 for either. Of what is known for longer than somebody follows
// the task, or was followed by very many changes, it gives a later moment.
func (f *Follower) Told(version, lines int64) time.Time {
	f.hub.mu.Lock()
	defer f.hub.mu.Unlock()
	if f.t != nil {
		for _, told := range f.t.told {
			if told.version >= version && told.lines >= lines {
				return told.at
			}
		}
	}
	return time.Now() // the reader itself has just found it
}
