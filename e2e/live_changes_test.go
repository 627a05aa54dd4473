package e2e

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"stepcast/client"
)

// changesFeed folds the changes of a list, and lists anew when it is told to.
type changesFeed struct {
	ctx    context.Context
	client *client.Client
	// ids are what is asked for, and own what of it the reader may see.
	ids, own []string
	// folded has the version of each task.
	folded  map[string]int64
	resyncs int
}

func (f *changesFeed) request() (query string, variables object) {
	return `subscription($ids: [ID!]) { taskChanges(filter: {ids: $ids}) { resync matches task ` + taskSelection + ` } }`, object{"ids": f.ids}
}

func (f *changesFeed) accept(data object, _ bool) error {
	change := data["taskChanges"]
	task, _ := at(change, "task").(object)
	id, version := textAt(task, "id"), versionOf(task)
	if at(change, "matches") != true || !slices.Contains(f.own, id) {
		return fmt.Errorf("task %q is none of %v", id, f.own)
	}
	f.folded[id] = max(f.folded[id], version) // it may have been listed at a newer one
	if at(change, "resync") != true {
		return nil
	}
	f.resyncs++
	return f.list()
}

// list reads the list, and puts what is stored in the place of what is folded.
func (f *changesFeed) list() error {
	listed, err := versions(f.ctx, f.client, f.ids)
	f.folded = listed
	return err
}

func (*changesFeed) complete() error { return errors.New("a list has no end") }

// versions lists the tasks that a client may see.
func versions(ctx context.Context, c *client.Client, ids []string) (map[string]int64, error) {
	listed := map[string]int64{}
	for task, err := range c.Tasks(ctx, client.TaskFilter{IDs: ids}, "") {
		if err != nil {
			return nil, err
		}
		listed[task.ID] = task.Version
	}
	return listed, nil
}
