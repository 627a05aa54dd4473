package engine

import (
	"sync"

	"stepcast/models"
)

// usageSum adds up what the executions of a run used, ended ones included, and what the
// attempt had used before the run.
type usageSum struct {
	// before is what earlier leases of the attempt used; the zero value is nothing.
	before models.ResourceUsage

	mu  sync.Mutex
	per map[*execution]models.ResourceUsage
	// most is the most memory that all held at once.
	most int64
}

// newUsageSum goes on from what the attempt of a task has used.
func newUsageSum(used *models.ResourceUsage) *usageSum {
	s := &usageSum{per: map[*execution]models.ResourceUsage{}}
	if used != nil {
		s.before = *used
		s.most = used.MaxRSSBytes
	}
	return s
}

// tell notes the newest figures of one execution and tells the sum. Sums are told in the
// order in which they were made, so that CPU time never goes back.
func (s *usageSum) tell(x *execution, u models.ResourceUsage, to func(models.ResourceUsage)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.per[x] = u
	sum := models.ResourceUsage{
		CPUSeconds: s.before.CPUSeconds, OutputBytes: s.before.OutputBytes, Containment: u.Containment,
	}
	for _, one := range s.per {
		sum.CPUSeconds += one.CPUSeconds
		sum.RSSBytes += one.RSSBytes
		sum.Processes += one.Processes
		sum.OutputBytes += one.OutputBytes
		s.most = max(s.most, one.MaxRSSBytes)
	}
	s.most = max(s.most, sum.RSSBytes)
	sum.MaxRSSBytes = s.most
	to(sum)
}
