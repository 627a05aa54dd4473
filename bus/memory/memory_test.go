package memory_test

import (
	"testing"

	"stepcast/bus"
	"stepcast/bus/bustest"
	"stepcast/bus/memory"
)

func TestBus(t *testing.T) {
	t.Parallel()
	bustest.Run(t, func(*testing.T) bus.Bus { return memory.New() })
}
