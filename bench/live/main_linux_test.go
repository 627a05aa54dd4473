package main

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"stepcast/internal/process"
)

// TestMain is a server process when it was started as one.
func TestMain(m *testing.M) {
	process.Main()
	if len(os.Args) > 1 && os.Args[1] == serverCommand {
		main()
	}
	goleak.VerifyTestMain(m)
}
