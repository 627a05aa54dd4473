//go:build !unix

package bench

import "time"

// cpuTime is not known here: what is computed from it shows as 0 or NaN.
func cpuTime() time.Duration { return 0 }
