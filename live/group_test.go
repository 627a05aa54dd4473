package live

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/99designs/gqlgen/graphql"
	"github.com/stretchr/testify/require"

	"stepcast/internal/sharing"
)

// A group may end just before its stream goes on, as when a task is retried: who knows of
// that already is not told that this was all.
func TestEndedGroupIsStaleForWhoKnowsMore(t *testing.T) {
	t.Parallel()
	for mode, position := range map[sharing.Mode]int64{sharing.Latest: 11, sharing.Every: 10} {
		first := attachedMember(t, mode, 16_000)
		g := first.group
		g.publish(&packet{mark: sharing.Mark{From: 0, To: 10}})
		g.finish(nil)
		first.op.peer.operations.wait()
		require.Equal(t, int64(10), first.position)

		late := &member{op: first.op, plan: sharing.Plan{Mode: mode, Head: 12}, position: position}
		standing, _ := g.attach(late)
		require.Equal(t, stale, standing)
		late.plan.Head = 10
		standing, _ = g.attach(late)
		require.Equal(t, ended, standing)
	}
}

// A position that the stream never reaches is no reason to begin it again and again.
func TestStreamThatEndsTooSoonIsOver(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"latest", "every"} {
		synctest.Test(t, func(t *testing.T) {
			m := newModel(t)
			m.runner.opts.Share = func(ctx context.Context, resume *string) (sharing.Plan, bool) {
				plan, ok := m.resolver.Plan(ctx, resume)
				plan.After, plan.Head = plan.Head, plan.Head+5
				return plan, ok
			}
			m.append(mode, 1)
			readers := make([]*modelReader, 3)
			for i := range readers {
				readers[i] = newModelReader(m, 0)
				readers[i].watch(mode)
			}
			synctest.Wait()
			m.resolver.Feed(mode).End(nil)
			settle()
			for _, r := range readers {
				require.Equal(t, "complete", r.heard[mode].ended)
				r.line.hangUp()
			}
			settle()
			m.requireNothingLeft(t)
			require.LessOrEqual(t, m.resolver.Feed(mode).Executions.Load(), int64(1+2*len(readers)), "one shared, two of each reader")
		})
	}
}

// panickingCatchUp fails as nothing should.
type panickingCatchUp struct{ graphql.GraphExecutor }

func (p panickingCatchUp) DispatchOperation(ctx context.Context, oc *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	if sharing.Of(ctx).Until > 0 {
		panic("it cannot catch up")
	}
	return p.GraphExecutor.DispatchOperation(ctx, oc)
}

func TestMemberThatPanicsLeavesItsGroup(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newModel(t)
		m.runner.exec = panickingCatchUp{m.runner.exec}
		m.append("every", 1)
		r := newModelReader(m, 0)
		r.watch("every")
		settle()
		require.Equal(t, "error", r.heard["every"].ended)
		r.line.hangUp()
		settle()
		m.requireNothingLeft(t)
	})
}
