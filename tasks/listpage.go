package tasks

import (
	"context"

	"stepcast/models"
	"stepcast/store"
)

// PageInput asks for a page of a list by its number, as clients do that know no cursors.
type PageInput struct {
	Filter models.Filter
	// Number counts from 1; Size is 1 to MaxPage.
	Number int
	Size   int
}

// NumberedPage is such a page, the newest submission first. Tasks come without their steps.
type NumberedPage struct {
	Tasks []*models.Task
	// Total counts what passes the filter, up to MaxCount. There are no pages beyond it.
	Total int
}

// ListPage reads a page of the tasks that v may see, with two statements however many
// there are. INVALID beyond MaxCount: the filter is then to be narrowed.
func (s *Service) ListPage(ctx context.Context, v models.Viewer, in PageInput) (NumberedPage, error) {
	if err := checkFilter(in.Filter); err != nil {
		return NumberedPage{}, err
	}
	if in.Size < 1 || in.Size > MaxPage {
		return NumberedPage{}, models.Invalid([]string{"size"}, "a page has 1 to %d tasks, not %d", MaxPage, in.Size)
	}
	if in.Number < 1 || in.Number > MaxCount/in.Size {
		return NumberedPage{}, models.Invalid([]string{"number"},
			"pages of %d are numbered 1 to %d, not %d; narrow the filter to see what is beyond", in.Size, MaxCount/in.Size, in.Number)
	}
	f, ok := visible(v, in.Filter)
	if !ok || f.IDs != nil && len(f.IDs) == 0 {
		return NumberedPage{}, nil
	}
	total, err := s.Store.Count(ctx, f, MaxCount)
	if err != nil {
		return NumberedPage{}, err
	}
	page := NumberedPage{Total: min(total, MaxCount)}
	offset := (in.Number - 1) * in.Size
	if offset >= page.Total {
		return page, nil
	}
	page.Tasks, err = s.Store.List(ctx, models.ListQuery{Filter: f, Order: models.Submitted, Offset: offset, Limit: in.Size})
	return page, err
}

// Submissions reads what tasks were asked to do, with one statement for all and up to
// maxCode characters of the code of each. Tasks that v may not see are left out.
func (s *Service) Submissions(ctx context.Context, v models.Viewer, tasks []*models.Task, maxCode int) (map[int64]store.Submission, error) {
	var ids []int64
	for _, t := range tasks {
		if authorize(v, opRead, t) == nil {
			ids = append(ids, t.ID)
		}
	}
	found, err := s.Store.Submissions(ctx, ids, maxCode)
	if err != nil {
		return nil, err
	}
	byTask := make(map[int64]store.Submission, len(found))
	for _, one := range found {
		byTask[one.TaskID] = one
	}
	return byTask, nil
}
