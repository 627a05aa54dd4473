package live

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"stepcast/internal/sharing"
)

// A reader whose cursor the stream does not have is told where it is, by an execution of
// its own, which ends there also when the stream has nothing yet.
func TestCatchingUpEndsWhereTheGroupIs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newModel(t)
		m.runner.opts.Share = func(ctx context.Context, resume *string) (sharing.Plan, bool) {
			plan, ok := m.resolver.Plan(ctx, resume)
			plan.After, plan.Head = sharing.Unplaced, 0
			return plan, ok
		}
		feed := m.resolver.Feed("every")
		r := newModelReader(m, 0)
		r.watch("every")
		synctest.Wait()
		require.EqualValues(t, 2, feed.Running.Load(), "the group's, and one of the reader's own")
		m.append("every", 1)
		settle()
		require.Equal(t, 1, r.heard["every"].every)
		require.EqualValues(t, 1, feed.Running.Load(), "the group's")
		m.append("every", 1)
		settle()
		require.Equal(t, 2, r.heard["every"].every)
		r.line.hangUp()
		settle()
		m.requireNothingLeft(t)
	})
}
