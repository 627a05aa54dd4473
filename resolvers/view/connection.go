package view

import (
	"context"
	"sync"

	"stepcast/tasks"
)

// TaskConnection shows a page of a list. The list is counted only when asked to, and once.
type TaskConnection struct {
	Edges    []*TaskEdge
	Nodes    []*Task
	PageInfo PageInfo
	count    *count
}

// Counter counts a list; exact says whether that was all.
type Counter func(ctx context.Context) (n int, exact bool, err error)

// count asks its Counter once, whoever asks first.
type count struct {
	ask   Counter
	once  sync.Once
	n     int
	exact bool
	err   error
}

func (c *count) get(ctx context.Context) (int, bool, error) {
	c.once.Do(func() { c.n, c.exact, c.err = c.ask(ctx) })
	return c.n, c.exact, c.err
}

// TaskEdge is a task and its place in the list.
type TaskEdge struct {
	Cursor string
	Node   *Task
}

// PageInfo says where a page lies; its cursors are nil on an empty page.
type PageInfo struct {
	StartCursor     *string
	EndCursor       *string
	HasNextPage     bool
	HasPreviousPage bool
}

// NewTaskConnection shows p to r; counter counts the whole list.
func NewTaskConnection(p tasks.Page, r Reader, counter Counter) *TaskConnection {
	c := &TaskConnection{
		Edges:    make([]*TaskEdge, len(p.Tasks)),
		Nodes:    make([]*Task, len(p.Tasks)),
		PageInfo: PageInfo{HasNextPage: p.HasNext, HasPreviousPage: p.HasPrev},
		count:    &count{ask: counter},
	}
	for i, t := range p.Tasks {
		c.Nodes[i] = NewTask(t, r)
		c.Edges[i] = &TaskEdge{Cursor: p.Cursors[i], Node: c.Nodes[i]}
	}
	if last := len(p.Cursors) - 1; last >= 0 {
		c.PageInfo.StartCursor, c.PageInfo.EndCursor = &p.Cursors[0], &p.Cursors[last]
	}
	return c
}

// TotalCount is how many tasks match, up to tasks.MaxCount.
func (c *TaskConnection) TotalCount(ctx context.Context) (int, error) {
	n, _, err := c.count.get(ctx)
	return n, err
}

// TotalCountExact says whether TotalCount is all there are.
func (c *TaskConnection) TotalCountExact(ctx context.Context) (bool, error) {
	_, exact, err := c.count.get(ctx)
	return exact, err
}
