package imanager

import "net/http"

// NewCounted is New with another limit of answers that are held back for one user, and
// with a count of those that are.
func NewCounted(o Options, limit int) (h http.Handler, held func() int) {
	a := newAPI(o)
	a.waits.limit = limit
	return a.handler(), func() (n int) {
		a.waits.mu.Lock()
		defer a.waits.mu.Unlock()
		for _, of := range a.waits.of {
			n += of
		}
		return n
	}
}

// WaitsMax is how many answers are held back for one user at a time.
const WaitsMax = waitsMax
