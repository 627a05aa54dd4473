package client

import (
	"context"
	"iter"
	"time"
)

// pageSize is how much of a list is asked for at a time.
const pageSize = 50

// TaskFilter picks tasks; what is left empty picks all. A task must match every part.
type TaskFilter struct {
	IDs []string `json:"ids,omitempty"`
	// Statuses: one of them.
	Statuses []Status `json:"statuses,omitempty"`
	Owner    string   `json:"owner,omitempty"`
	// Text is looked for in the description.
	Text string `json:"text,omitempty"`
	// Labels: all of them.
	Labels        []Label   `json:"labels,omitempty"`
	CreatedAfter  time.Time `json:"createdAfter,omitzero"`
	CreatedBefore time.Time `json:"createdBefore,omitzero"`
}

// PageQuery asks for a page of a list, forwards by First and After or backwards by
// Last and Before.
type PageQuery struct {
	Filter TaskFilter
	// OrderBy is OrderNewest when empty.
	OrderBy TaskOrder
	// First and Last bound the page; both 0 leave it to the server.
	First, Last int
	// After and Before are cursors of another page; "" is the end of the list.
	After, Before string
	// Count asks for TotalCount, which costs the server more than the page.
	Count bool
}

// TaskPage is a page of a list. Its tasks come without Steps and WaitingFor.
type TaskPage struct {
	Tasks []*Task
	// StartCursor and EndCursor are of the first and the last task; "" when there are none.
	StartCursor, EndCursor string
	HasNext, HasPrevious   bool
	// TotalCount is counted up to 10,000; TotalCountExact says whether that was all.
	TotalCount      int
	TotalCountExact bool
}

// TaskPage reads one page of the tasks that the viewer may see.
func (c *Client) TaskPage(ctx context.Context, q PageQuery) (TaskPage, error) {
	if q.OrderBy == "" {
		q.OrderBy = OrderNewest
	}
	vars := map[string]any{"filter": q.Filter, "orderBy": q.OrderBy, "count": q.Count}
	setUnlessZero(vars, "first", q.First)
	setUnlessZero(vars, "after", q.After)
	setUnlessZero(vars, "last", q.Last)
	setUnlessZero(vars, "before", q.Before)
	var data struct {
		Tasks struct {
			Nodes    []*Task `json:"nodes"`
			PageInfo struct {
				StartCursor     string `json:"startCursor"`
				EndCursor       string `json:"endCursor"`
				HasNextPage     bool   `json:"hasNextPage"`
				HasPreviousPage bool   `json:"hasPreviousPage"`
			} `json:"pageInfo"`
			TotalCount      int  `json:"totalCount"`
			TotalCountExact bool `json:"totalCountExact"`
		} `json:"tasks"`
	}
	if err := c.Do(ctx, tasksDocument, vars, &data); err != nil {
		return TaskPage{}, err
	}
	info := data.Tasks.PageInfo
	return TaskPage{
		Tasks:       data.Tasks.Nodes,
		StartCursor: info.StartCursor, EndCursor: info.EndCursor,
		HasNext: info.HasNextPage, HasPrevious: info.HasPreviousPage,
		TotalCount: data.Tasks.TotalCount, TotalCountExact: data.Tasks.TotalCountExact,
	}, nil
}

// Tasks goes through all tasks that match, page by page; "" is OrderNewest. After an
// error, which comes with a nil task, it ends.
func (c *Client) Tasks(ctx context.Context, filter TaskFilter, order TaskOrder) iter.Seq2[*Task, error] {
	return func(yield func(*Task, error) bool) {
		q := PageQuery{Filter: filter, OrderBy: order, First: pageSize}
		for {
			page, err := c.TaskPage(ctx, q)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, task := range page.Tasks {
				if !yield(task, nil) {
					return
				}
			}
			// A page that does not move on would be asked for again for ever.
			if !page.HasNext || page.EndCursor == "" || page.EndCursor == q.After {
				return
			}
			q.After = page.EndCursor
		}
	}
}
