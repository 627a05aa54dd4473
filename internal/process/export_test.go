//go:build unix

package process

import "context"

// StartGroupOnly is Start on the rung ProcessGroup.
func StartGroupOnly(ctx context.Context, spec Spec) (*Process, error) {
	return startIn(ctx, spec, true)
}
