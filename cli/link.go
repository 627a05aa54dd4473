package cli

import (
	"sync"
	"time"

	"stepcast/client"
	"stepcast/internal/terminal"
)

const lostText = "connection lost; trying again"

// link knows whether the streams of a command have their connection. It is safe for
// concurrent use.
type link struct {
	// told is called when the connection is lost, with why, and when it is back, with nil.
	told func(lost error)

	mu   sync.Mutex // guards what follows
	lost bool
}

// backoff is client.BackoffDefault that tells people.
func (l *link) backoff(f client.Failure) (time.Duration, bool) {
	wait, again := client.BackoffDefault(f)
	if again {
		l.set(true, f.Err)
	}
	return wait, again
}

// good says that something came over the connection.
func (l *link) good() { l.set(false, nil) }

func (l *link) set(lost bool, err error) {
	l.mu.Lock()
	changed := l.lost != lost
	l.lost = lost
	l.mu.Unlock()
	if changed {
		l.told(err)
	}
}

func (l *link) isLost() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost
}

// noteLink tells people, on standard error, of a connection that was lost or is back.
func (e *env) noteLink(lost error) {
	if lost == nil {
		e.note("stepcast: connected again; nothing was lost")
		return
	}
	e.note("stepcast: %s (%s)", lostText, terminal.Escape(lost.Error()))
}
