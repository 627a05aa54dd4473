package tasks

import (
	"context"

	"stepcast/models"
	"stepcast/watch"
)

// Poll is Task for who asks again and again what became of a task: it asks the database
// for nothing that is in memory. What it gives is as new as what Task would give. It is
// shared with others who ask; the forms in which adapters encode it are too.
func (s *Service) Poll(ctx context.Context, v models.Viewer, id int64) (*watch.Snapshot, error) {
	snapshot, err := s.Hub.Poll(ctx, id, s.Alone)
	if err != nil {
		return nil, err
	}
	if err := authorize(v, opRead, snapshot.Task); err != nil {
		return nil, err
	}
	return snapshot, nil
}
