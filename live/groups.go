package live

import (
	"encoding/json"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"stepcast/internal/sharing"
)

// groups are all that can be joined, by what their members have in common.
type groups struct {
	meter *meter
	// connections waits for the executions, too.
	connections *connections

	mu   sync.Mutex // guards open and the sharers of each
	open map[string]*group
}

func newGroups(m *meter, c *connections) *groups {
	return &groups{meter: m, connections: c, open: map[string]*group{}}
}

// join makes m a member of its group; leave must follow. created says that there was
// none, so that all the group will ever give is still to come.
func (gs *groups) join(m *member) (g *group, created bool) {
	gs.mu.Lock()
	defer gs.mu.Unlock()
	g = gs.open[m.key]
	if g == nil {
		g, created = newGroup(m), true
		gs.open[m.key] = g
		gs.meter.groups.Inc()
		gs.connections.hold()
		params, head := *m.op.params, m.plan.HeadCursor
		go func() {
			defer gs.connections.leave()
			g.lead(params, head)
		}()
	}
	g.sharers++
	m.key = g.key // one text for all
	return g, created
}

// leave counts a member out. The last one ends the execution.
func (gs *groups) leave(g *group) {
	gs.mu.Lock()
	defer gs.mu.Unlock()
	if g.sharers--; g.sharers == 0 {
		gs.forgetLocked(g)
		g.cancel()
	}
}

// forget lets nobody join g any more.
func (gs *groups) forget(g *group) {
	gs.mu.Lock()
	defer gs.mu.Unlock()
	gs.forgetLocked(g)
}

func (gs *groups) forgetLocked(g *group) {
	if gs.open[g.key] == g {
		delete(gs.open, g.key)
		gs.meter.groups.Dec()
	}
}

// sharingKey is the same for subscriptions that get the same: the same document,
// operation, variables and scope. A variable that only says where the reader is does
// not count.
func sharingKey(oc *graphql.OperationContext, plan sharing.Plan) string {
	variables := oc.Variables
	if plan.Variable != "" {
		variables = make(map[string]any, len(oc.Variables))
		for name, value := range oc.Variables {
			if name != plan.Variable {
				variables[name] = value
			}
		}
	}
	// Maps are encoded in the order of their keys, and what came as JSON always can be.
	encoded, _ := json.Marshal(variables)
	return strings.Join([]string{plan.Scope, oc.OperationName, string(encoded), oc.RawQuery}, "\x00")
}
