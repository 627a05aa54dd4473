package store_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/store"
	"stepcast/store/storetest"
)

func TestTransactionsAreRetried(t *testing.T) {
	t.Parallel()
	s := storetest.OpenSQLite(t)
	errDeadlock, errOther := errors.New("deadlock"), errors.New("other")
	again := func(err error) bool { return errors.Is(err, errDeadlock) }
	for name, test := range map[string]struct {
		errs  []error
		tries int
		want  error
	}{
		"once when it succeeds":   {[]error{nil}, 1, nil},
		"until it succeeds":       {[]error{errDeadlock, errDeadlock, nil}, 3, nil},
		"not after another error": {[]error{errDeadlock, errOther}, 2, errOther},
		"not for ever":            {nil, 8, errDeadlock},
	} {
		tries := 0
		err := store.Retry(t.Context(), s, again, func() error {
			tries++
			if tries <= len(test.errs) {
				return test.errs[tries-1]
			}
			return errDeadlock
		})
		require.ErrorIs(t, err, test.want, name)
		require.Equal(t, test.tries, tries, name)
	}
	ctx, cancel := context.WithCancel(t.Context())
	tries := 0
	err := store.Retry(ctx, s, again, func() error {
		tries++
		cancel()
		return errDeadlock
	})
	require.Error(t, err)
	require.Equal(t, 1, tries, "not when the caller has given up")
}

func TestSlowStatementsAreLoggedWithoutValues(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := store.SlowLog(slog.New(slog.NewTextHandler(&out, nil)))
	statement := func() (string, int64) { return "SELECT 1", 1 }
	log.Trace(t.Context(), time.Now(), statement, errors.New("quick failure"))
	require.Empty(t, out.String(), "the caller has the error")
	log.Trace(t.Context(), time.Now().Add(-time.Minute), statement, nil)
	require.Contains(t, out.String(), "slow statement")
	require.Contains(t, out.String(), "SELECT 1")
	filter, ok := log.(interface {
		ParamsFilter(ctx context.Context, sql string, params ...any) (string, []any)
	})
	require.True(t, ok)
	sql, values := filter.ParamsFilter(t.Context(), "SELECT ?", "secret")
	require.Equal(t, "SELECT ?", sql)
	require.Empty(t, values)
}
