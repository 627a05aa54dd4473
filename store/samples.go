package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"stepcast/models"
)

// stateWithin is among how many events, at most, one that carries the task's state is
// looked for. Whatever is committed with a new usage is far less than that.
const stateWithin = 500

// ResourceSamples reads what an attempt used over time, the oldest first, from its events:
// of each of as many equal stretches of time as points the newest. A stretch without a
// change has none. The cost does not grow with the number of events, but for the steps of
// a binary search.
func (s *Store) ResourceSamples(ctx context.Context, task, timelineID int64, points int) ([]models.ResourceSample, error) {
	if timelineID == 0 || points < 1 {
		return nil, nil
	}
	first, last, err := s.EventRange(ctx, task, timelineID)
	if err != nil || last == 0 {
		return nil, err
	}
	newest, err := s.newestStates(ctx, task, first-1, []int64{last})
	if err != nil || len(newest) == 1 && newest[0].Data.Task.Usage == nil {
		return nil, err // an attempt that used anything says so to its end
	}
	ends, err := s.stretches(ctx, task, first, last, points)
	if err != nil {
		return nil, err
	}
	states, err := s.newestStates(ctx, task, first-1, ends)
	if err != nil {
		return nil, err
	}
	var samples []models.ResourceSample
	for _, e := range states {
		usage := e.Data.Task.Usage
		if known := len(samples); usage == nil || known > 0 && !usage.At.After(samples[known-1].At) {
			continue
		}
		samples = append(samples, models.ResourceSample{ResourceUsage: *usage})
	}
	return samples, nil
}

// stretches divides the time between two events into n equal stretches, and gives the
// number of the last event of each.
func (s *Store) stretches(ctx context.Context, task, first, last int64, n int) ([]int64, error) {
	times, err := s.eventTimes(ctx, task, []int64{first, last})
	if err != nil {
		return nil, err
	}
	begin, length := times[first], times[last].Sub(times[first])
	ends, above, until := make([]int64, n), make([]int64, n), make([]time.Time, n)
	for i := range n {
		// Of stretch i the last event is ends[i] or after it, and before above[i].
		ends[i], above[i], until[i] = first, last+1, begin.Add(length*time.Duration(i+1)/time.Duration(n))
	}
	ends[n-1] = last
	for {
		var middles []int64
		for i := range n {
			if above[i]-ends[i] > 1 {
				middles = append(middles, (ends[i]+above[i])/2)
			}
		}
		if len(middles) == 0 {
			return ends, nil
		}
		if times, err = s.eventTimes(ctx, task, slices.Compact(middles)); err != nil {
			return nil, err
		}
		for i := range n {
			if middle := (ends[i] + above[i]) / 2; times[middle].After(until[i]) {
				above[i] = middle
			} else {
				ends[i] = middle
			}
		}
	}
}

// eventTimes reads when some events of a task were recorded.
func (s *Store) eventTimes(ctx context.Context, task int64, numbers []int64) (map[int64]time.Time, error) {
	var events []models.Event
	err := s.read.WithContext(ctx).Select("number", "at").
		Where("task_id = ? AND number IN ("+written(numbers)+")", task).Find(&events).Error
	times := make(map[int64]time.Time, len(events))
	for _, e := range events {
		times[e.Number] = e.At
	}
	return times, readError(err, "events of task %d", task)
}

// newestStates reads, for each run of events that lies after the one before and up to one
// of the ends, the newest that carries the task's state.
func (s *Store) newestStates(ctx context.Context, task, after int64, ends []int64) (states []models.Event, err error) {
	var newest []string
	for _, end := range ends {
		if end > after {
			newest = append(newest, fmt.Sprintf(
				"SELECT (SELECT number FROM task_events WHERE task_id = %d AND number > %d AND number <= %d AND kind IN ('%s', '%s') ORDER BY number DESC LIMIT 1) AS number",
				task, max(after, end-stateWithin), end, models.TaskUpdated, models.TaskStatusChanged))
			after = end
		}
	}
	var found []sql.NullInt64
	if err := s.read.WithContext(ctx).Raw(strings.Join(newest, " UNION ALL ")).Scan(&found).Error; err != nil {
		return nil, readError(err, "events of task %d", task)
	}
	var numbers []int64
	for _, number := range found {
		if number.Valid {
			numbers = append(numbers, number.Int64)
		}
	}
	if len(numbers) == 0 {
		return nil, nil
	}
	err = s.read.WithContext(ctx).Select("number", "data").
		Where("task_id = ? AND number IN ("+written(numbers)+")", task).Order("number").Find(&states).Error
	return states, readError(err, "events of task %d", task)
}

// written gives numbers as they stand in a statement: to bind hundreds of them would take
// the SQLite driver longer than to read what they ask for.
func written(numbers []int64) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = strconv.FormatInt(n, 10)
	}
	return strings.Join(texts, ",")
}
