package tasks

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"stepcast/models"
)

// List reads a page of the tasks that v may see, with their steps.
func (s *Service) List(ctx context.Context, v models.Viewer, in ListInput) (Page, error) {
	q, err := listQuery(in)
	if err != nil {
		return Page{}, err
	}
	var ok bool
	if q.Filter, ok = visible(v, q.Filter); !ok || q.Filter.IDs != nil && len(q.Filter.IDs) == 0 {
		return Page{}, nil
	}
	wanted := q.Limit
	q.Limit++ // one more tells whether there is more
	rows, err := s.Store.List(ctx, q)
	if err != nil {
		return Page{}, err
	}
	page := Page{HasPrev: q.After != nil, HasNext: q.Before != nil}
	if len(rows) > wanted {
		if q.Backwards {
			rows, page.HasPrev = rows[len(rows)-wanted:], true
		} else {
			rows, page.HasNext = rows[:wanted], true
		}
	} else if q.Backwards {
		page.HasPrev = false
	} else {
		page.HasNext = false
	}
	return s.withSteps(ctx, page, rows, q.Order)
}

// withSteps loads the steps of the rows. A task that went away in between is left out.
func (s *Service) withSteps(ctx context.Context, page Page, rows []*models.Task, order models.Order) (Page, error) {
	ids := make([]int64, len(rows))
	cursors := make(map[int64]string, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
		cursors[row.ID] = encodeCursor(order, row)
	}
	tasks, err := s.Store.Tasks(ctx, ids)
	if err != nil {
		return Page{}, err
	}
	page.Tasks = tasks
	for _, t := range tasks {
		page.Cursors = append(page.Cursors, cursors[t.ID])
	}
	return page, nil
}

// Count counts the tasks that match and that v may see, up to MaxCount; exact says
// whether that was all.
func (s *Service) Count(ctx context.Context, v models.Viewer, f models.Filter) (n int, exact bool, err error) {
	if err := checkFilter(f); err != nil {
		return 0, false, err
	}
	f, ok := visible(v, f)
	if !ok || f.IDs != nil && len(f.IDs) == 0 {
		return 0, true, nil
	}
	n, err = s.Store.Count(ctx, f, MaxCount)
	return min(n, MaxCount), n <= MaxCount, err
}

func listQuery(in ListInput) (q models.ListQuery, err error) {
	if err := checkFilter(in.Filter); err != nil {
		return q, err
	}
	q = models.ListQuery{Filter: in.Filter, Order: in.OrderBy, Limit: DefaultPage}
	if q.Order == "" {
		q.Order = models.Newest
	}
	switch {
	case in.First != nil && in.Last != nil:
		return q, models.Invalid([]string{"last"}, "give first or last, not both")
	case in.First != nil:
		q.Limit = *in.First
	case in.Last != nil:
		q.Limit, q.Backwards = *in.Last, true
	}
	if q.Limit < 0 || q.Limit > MaxPage {
		field := "first"
		if q.Backwards {
			field = "last"
		}
		return q, models.Invalid([]string{field}, "%s is 0 to %d, not %d", field, MaxPage, q.Limit)
	}
	if q.After, err = decodeCursor("after", in.After, q.Order); err != nil {
		return q, err
	}
	q.Before, err = decodeCursor("before", in.Before, q.Order)
	return q, err
}

func checkFilter(f models.Filter) error {
	if len(f.IDs) > MaxPage {
		return models.Invalid([]string{"filter", "ids"}, "at most %d ids at a time, not %d", MaxPage, len(f.IDs))
	}
	if len(f.Labels) > MaxLabels {
		return models.Invalid([]string{"filter", "labels"}, "at most %d labels at a time, not %d", MaxLabels, len(f.Labels))
	}
	if len(f.Text) > MaxText {
		return models.Invalid([]string{"filter", "text"}, "at most %d bytes of text, not %d", MaxText, len(f.Text))
	}
	return nil
}

// encodeCursor writes a place in a list; what it says is for decodeCursor only.
func encodeCursor(order models.Order, t *models.Task) string {
	text := fmt.Sprintf("%s:%d", order, t.ID)
	if order == models.RecentlyChanged {
		text += fmt.Sprintf(":%d", t.UpdatedAt.UnixMilli())
	}
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

func decodeCursor(field, cursor string, order models.Order) (*models.Position, error) {
	if cursor == "" {
		return nil, nil
	}
	bad := models.Invalid([]string{field}, "%s is no cursor of this list and order; give one from pageInfo or edges", field)
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(text) > 64 {
		return nil, bad
	}
	parts := strings.Split(string(text), ":")
	wanted := 2
	if order == models.RecentlyChanged {
		wanted = 3
	}
	if len(parts) != wanted || parts[0] != string(order) {
		return nil, bad
	}
	id, ok := models.ParseTaskID(parts[1])
	if !ok {
		return nil, bad
	}
	p := &models.Position{ID: id}
	if wanted == 3 {
		ms, err := strconv.ParseInt(parts[2], 10, 64)
		if err != nil || ms < 0 || ms > models.MaxID {
			return nil, bad
		}
		p.At = time.UnixMilli(ms).UTC()
	}
	return p, nil
}
