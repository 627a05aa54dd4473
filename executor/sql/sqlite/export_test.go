package sqlite

import "time"

// WaitAtMost sets how long a statement waits for another connection.
func (c *Conn) WaitAtMost(d time.Duration) { c.busyTimeout = d }
