package tasks

import "context"

// SoftStates counts the leases of which the recorder holds something that is not committed.
func (s *Service) SoftStates() int {
	s.recorder.mu.Lock()
	defer s.recorder.mu.Unlock()
	return len(s.recorder.soft)
}

// Reap ends a lease that was found to be lost some time ago.
func (s *Service) Reap(ctx context.Context, lease Lease) error { return s.reaper.reapTask(ctx, lease) }

// SetPercents derives the CPU percentages of an attempt's samples.
var SetPercents = setPercents
