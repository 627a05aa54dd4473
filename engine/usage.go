package engine

import (
	"sync"

	"stepcast/models"
)

// usageSum adds up what the executions of a run used, ended ones included.
type usageSum struct {
	mu  sync.Mutex
	per map[*execution]models.ResourceUsage
}

// set notes the newest figures of one execution and gives the sum.
func (s *usageSum) set(x *execution, u models.ResourceUsage) models.ResourceUsage {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.per == nil {
		s.per = map[*execution]models.ResourceUsage{}
	}
	s.per[x] = u
	sum := models.ResourceUsage{Containment: u.Containment}
	for _, one := range s.per {
		sum.CPUSeconds += one.CPUSeconds
		sum.MaxRSSBytes = max(sum.MaxRSSBytes, one.MaxRSSBytes)
		sum.Processes += one.Processes
		sum.OutputBytes += one.OutputBytes
	}
	return sum
}
