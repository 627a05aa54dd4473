//go:build unix

package process_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"stepcast/internal/process"
)

func TestMain(m *testing.M) {
	process.Main()
	if len(os.Args) > 1 && os.Args[1] == workArg {
		work(os.Args[2:])
		return
	}
	goleak.VerifyTestMain(m)
}
