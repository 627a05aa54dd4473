package resolvers

import (
	"context"
	"strings"

	"stepcast/models"
	"stepcast/resolvers/view"
)

// address is what the id of a node names: a task, and a step and a content within
// it. A number of 0 is none.
type address struct {
	task int64
	ref  models.ContentRef
}

func parseAddress(id string) (a address, ok bool) {
	switch strings.Count(id, "-") {
	case 0:
		a.task, ok = models.ParseTaskID(id)
	case 1:
		a.task, a.ref.Step, ok = models.ParseStepID(id)
	case 2:
		a.task, a.ref, ok = models.ParseContentID(id)
	}
	return a, ok
}

// in finds the node within its task; nil when it is not there.
func (a address) in(t *view.Task) view.Node {
	if a.ref.Step == 0 {
		return t
	}
	step := t.Find(a.ref.Step)
	if step == nil {
		return nil
	}
	if a.ref.Content == 0 {
		return step
	}
	if content := step.Find(a.ref.Content); content != nil {
		return content
	}
	return nil
}

// node finds one node; nil when there is none for the viewer.
func (r *Resolver) node(ctx context.Context, id string) (view.Node, error) {
	found, err := r.nodes(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// nodes finds the nodes in the order of ids, each task read once.
func (r *Resolver) nodes(ctx context.Context, ids []string) ([]view.Node, error) {
	v, reader, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	if err := checkIDs("ids", ids); err != nil {
		return nil, err
	}
	addresses := make([]address, len(ids))
	var wanted []int64
	for i, id := range ids {
		if a, ok := parseAddress(id); ok {
			addresses[i] = a
			wanted = append(wanted, a.task)
		}
	}
	found, err := r.read(ctx, v, reader, wanted)
	if err != nil {
		return nil, err
	}
	nodes := make([]view.Node, len(ids))
	for i, a := range addresses {
		if t := found[a.task]; t != nil {
			nodes[i] = a.in(t)
		}
	}
	return nodes, nil
}
