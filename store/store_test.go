package store_test

import (
	"testing"

	"go.uber.org/goleak"

	"stepcast/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.OpenSQLite)
}

func TestMySQL(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.OpenMySQL)
}
