package client

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain checks that no stream, lease or socket outlives its test.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
