package live

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"stepcast/internal/sharing"
)

// source is one execution of a subscription.
type source struct {
	runner    *runner
	ctx       context.Context
	responses graphql.ResponseHandler
	marks     *marks
}

// open begins an execution. It ends with ctx.
func (x *runner) open(ctx context.Context, oc *graphql.OperationContext, e *sharing.Execution) *source {
	places := &marks{}
	e.Tell = places.add
	responses, ctx := x.exec.DispatchOperation(sharing.WithExecution(ctx, e), oc)
	return &source{runner: x, ctx: ctx, responses: responses, marks: places}
}

// next gives the next response; nothing when the source has ended, or the context has.
// What failed ends it: it could not begin, or it broke.
func (s *source) next() (p *packet, failed *graphql.Response) {
	resp := s.responses(s.ctx)
	switch {
	case resp == nil && s.ctx.Err() == nil:
		if err := s.runner.opts.StreamError(s.ctx); err != nil {
			return nil, s.runner.exec.DispatchError(s.ctx, gqlerror.List{asGraphQL(err)})
		}
		return nil, nil
	case resp == nil:
		return nil, nil
	case resp.Data == nil:
		return nil, resp
	default:
		return newPacket(resp, s.marks.take()), nil
	}
}

// marks are the places of the elements that are on their way through the executor,
// which makes one response of each, in order.
type marks struct {
	mu      sync.Mutex // guards waiting
	waiting []sharing.Mark
}

func (m *marks) add(mark sharing.Mark) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.waiting = append(m.waiting, mark)
}

// take gives the oldest; none when the source does not tell.
func (m *marks) take() (mark sharing.Mark) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.waiting) > 0 {
		mark = m.waiting[0]
		m.waiting = append(m.waiting[:0], m.waiting[1:]...)
	}
	return mark
}
