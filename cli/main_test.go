package cli

import (
	"testing"

	"go.uber.org/goleak"

	"stepcast/internal/process"
)

func TestMain(m *testing.M) {
	process.Main()
	goleak.VerifyTestMain(m)
}
