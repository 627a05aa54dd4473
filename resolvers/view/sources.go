package view

import (
	"context"
	"sync"

	"stepcast/models"
)

// LoadSources reads what all contents of a task run.
type LoadSources func(ctx context.Context, task int64) (map[models.ContentRef]models.ContentSource, error)

// Sources keeps what the contents of one task run. They never change, but contents
// may be added: a snapshot with one that was not there before makes it load again.
// It may be asked from many goroutines; all but the first wait for the one load.
type Sources struct {
	// mu is held while loading, which is what makes the others wait.
	mu sync.Mutex
	// known are contents that there were when found was loaded; one without code and
	// params is not in found.
	known map[models.ContentRef]bool
	found map[models.ContentRef]models.ContentSource
	// failed is the snapshot for which loading gave err: it is not tried again for it.
	failed *models.Task
	err    error
}

func (s *Sources) of(ctx context.Context, t *models.Task, ref models.ContentRef, load LoadSources) (models.ContentSource, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known[ref] {
		return s.found[ref], nil
	}
	if s.failed == t {
		return models.ContentSource{}, s.err
	}
	found, err := load(ctx, t.ID)
	if err != nil {
		s.failed, s.err = t, err
		return models.ContentSource{}, err
	}
	s.found, s.failed, s.err = found, nil, nil
	s.know(t)
	return found[ref], nil
}

// know remembers that the contents of t were there when found was loaded. Numbers
// are never reused, so what was known stays known.
func (s *Sources) know(t *models.Task) {
	if s.known == nil {
		s.known = map[models.ContentRef]bool{}
	}
	for _, step := range t.Steps {
		for _, c := range step.Contents {
			s.known[c.Ref()] = true
		}
	}
}
