package http

import "stepcast/executor"

// attend hears wishes while the request runs, which is never held: it goes on to its end.
// The function that it returns ends that.
func attend(c *executor.Control) (stop func()) {
	ended, heard := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(heard)
		c.Attend(ended, nil)
	}()
	return func() {
		close(ended)
		<-heard
	}
}
