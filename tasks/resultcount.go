package tasks

import (
	"context"
	"errors"

	"stepcast/models"
)

// resultsUnknown is the number of results before anyone has counted them.
const resultsUnknown = -1

// errResultsUnknown refuses a decision that has to tell of the results and was made
// before they were counted. Callers never see it.
var errResultsUnknown = errors.New("the results are not counted yet")

// heldCounting makes a decision under a lease that may end the task. The log of a Linkis
// submission tells how many results there are, which only the database knows: when the
// decision turns out to need the number, it is made again with it. Nothing is added
// between, because what adds results has ended.
func (s *Service) heldCounting(ctx context.Context, lease Lease, f decide) (*models.Task, error) {
	counted := func(results int) decide {
		return func(d *draft) error {
			d.results = results
			if err := f(d); err != nil {
				return err
			}
			if results == resultsUnknown && d.linkis() && d.t.Status == models.Succeeded {
				return errResultsUnknown
			}
			return nil
		}
	}
	t, err := s.held(ctx, lease, counted(resultsUnknown))
	if !errors.Is(err, errResultsUnknown) {
		return t, err
	}
	results, err := s.Store.Results(ctx, []int64{lease.Task})
	if err != nil {
		return nil, err
	}
	return s.held(ctx, lease, counted(len(results)))
}
