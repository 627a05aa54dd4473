package storetest

import (
	"testing"

	"stepcast/store"
)

// Run is the suite. open gives each of its tests a new, empty database, opened by
// this package.
func Run(t *testing.T, open func(t testing.TB) *store.Store) {
	t.Helper()
	for _, tests := range []map[string]func(*testing.T, *store.Store){
		commitTests, partTests, raceTests, rowTests, foldTests, listTests, logTests, queueTests, workerTests, identityTests, timeTests, resultTests, submissionTests, figureTests,
	} {
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, open(t))
			})
		}
	}
}
