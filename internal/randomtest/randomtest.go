// Package randomtest gives random tests seeds that are printed and can be repeated.
package randomtest

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// SeedVariable names the environment variable that repeats a seed.
const SeedVariable = "STEPCAST_TEST_SEED"

// Seed gives the seed of a random test and prints it, with how to repeat it.
func Seed(t testing.TB) uint64 {
	t.Helper()
	seed := rand.Uint64()
	if text := os.Getenv(SeedVariable); text != "" {
		given, err := strconv.ParseUint(text, 10, 64)
		require.NoError(t, err, SeedVariable)
		seed = given
	}
	t.Logf("seed: %s=%d", SeedVariable, seed)
	return seed
}

// New gives a source of random numbers for one goroutine, from a seed of its own.
func New(t testing.TB) *rand.Rand {
	t.Helper()
	seed := Seed(t)
	return rand.New(rand.NewPCG(seed, seed))
}
