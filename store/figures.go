package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"stepcast/models"
)

// How many tasks figures look at, the newest first, where no index has the answer.
const (
	// countedEntries are entries of one index; countedRows are rows, which cost more each.
	countedEntries = 50_000
	countedRows    = 10_000
)

// CountByStatus counts the tasks that pass the filter in each of the statuses that it lets
// pass, in their order. With no more than an owner and statuses in the filter each is
// counted to limit. With dates the newest 50,000 tasks are counted, and with a text, labels
// or what else there is the newest 10,000 of those that an index finds are looked at: the
// counts are exact when these were all.
func (s *Store) CountByStatus(ctx context.Context, f models.Filter, statuses []models.Status, limit int) ([]models.StatusCount, error) {
	if len(f.Statuses) > 0 {
		statuses = slices.DeleteFunc(slices.Clone(statuses), func(status models.Status) bool { return !slices.Contains(f.Statuses, status) })
	}
	var found []statusTasks
	var exact bool
	var err error
	switch narrow, rest := split(f); {
	case !rest && narrow.IDs == nil && narrow.CreatedAfter == nil && narrow.CreatedBefore == nil:
		return s.countEach(ctx, f.Owner, statuses, limit)
	case !rest && narrow.IDs == nil:
		found, exact, err = s.countNewest(ctx, narrow)
	default:
		found, exact, err = s.countMatching(ctx, f, narrow)
	}
	if err != nil {
		return nil, fmt.Errorf("count tasks by status: %w", err)
	}
	counts := make([]models.StatusCount, len(statuses))
	for i, status := range statuses {
		counts[i] = models.StatusCount{Status: status, Exact: exact}
		for _, one := range found {
			if one.Status == status {
				counts[i].Count = one.Tasks
			}
		}
	}
	return counts, nil
}

// statusTasks is a row of what is counted by status.
type statusTasks struct {
	Bucket int
	Status models.Status
	Tasks  int
}

// split gives the part of a filter that an index which is sorted by time answers, apart
// from statuses, and whether there is more.
func split(f models.Filter) (narrow models.Filter, rest bool) {
	narrow = models.Filter{IDs: f.IDs, Owner: f.Owner, CreatedAfter: f.CreatedAfter, CreatedBefore: f.CreatedBefore}
	other := f.Creator + f.Engine + f.Instance + f.Worker
	return narrow, f.Text != "" || len(f.Labels) > 0 || len(f.Stages) > 0 || other != ""
}

// countEach counts the tasks of an owner, or everybody's when empty, in each status.
func (s *Store) countEach(ctx context.Context, owner string, statuses []models.Status, limit int) ([]models.StatusCount, error) {
	if len(statuses) == 0 {
		return nil, nil
	}
	var all union
	for i, status := range statuses {
		one := s.read.Model(&taskRow{}).Select("1 AS one").Where("status = ?", status)
		if owner != "" {
			one = one.Where("owner = ?", owner)
		}
		all.add("SELECT ? AS bucket, COUNT(*) AS tasks FROM (?) AS found", i, one.Limit(limit+1))
	}
	var found []statusTasks
	if err := all.find(s.read.WithContext(ctx), &found); err != nil {
		return nil, fmt.Errorf("count tasks by status: %w", err)
	}
	counts := make([]models.StatusCount, len(statuses))
	for _, one := range found {
		counts[one.Bucket] = models.StatusCount{
			Status: statuses[one.Bucket], Count: min(one.Tasks, limit), Exact: one.Tasks <= limit,
		}
	}
	return counts, nil
}

// countNewest counts the newest tasks that an index has by time.
func (s *Store) countNewest(ctx context.Context, narrow models.Filter) (found []statusTasks, exact bool, err error) {
	newest := filtered(s.read.Model(&taskRow{}), narrow, "status").Select("status").
		Order("created_at DESC").Limit(countedEntries)
	err = s.read.WithContext(ctx).Table("(?) AS newest", newest).
		Select("status", "COUNT(*) AS tasks").Group("status").Find(&found).Error
	all := 0
	for _, one := range found {
		all += one.Tasks
	}
	return found, all < countedEntries, err
}

// countMatching looks at the newest tasks of those that an index finds: by the first
// label, else by time.
func (s *Store) countMatching(ctx context.Context, f, narrow models.Filter) (found []statusTasks, exact bool, err error) {
	newest := s.read.Model(&taskRow{}).Scopes(func(db *gorm.DB) *gorm.DB { return filtered(db, narrow, "status") }).
		Select("id AS found_id").Order("created_at DESC")
	if len(f.Labels) > 0 && f.IDs == nil {
		newest = s.read.Model(&labelRow{}).Select("task_id AS found_id").
			Where("label_key = ? AND label_value = ?", f.Labels[0].Key, f.Labels[0].Value).Order("task_id DESC")
		f.Labels = f.Labels[1:]
	}
	newest = newest.Limit(countedRows).Session(&gorm.Session{})
	looked, err := s.count(ctx, s.read.Table("(?) AS newest", newest), countedRows)
	if err != nil {
		return nil, false, err
	}
	db := s.read.WithContext(ctx).Table("(?) AS newest", newest).
		Joins(s.dialect.join + " tasks ON tasks.id = newest.found_id")
	err = filtered(db, f, "status").Select("status", "COUNT(*) AS tasks").Group("status").Find(&found).Error
	return found, looked < countedRows, err
}

// Throughput counts, for each of the periods, what tasks of an owner, or everybody's when
// empty, were submitted and ended in it, up to limit each. A task that was retried ended
// when it ended last.
func (s *Store) Throughput(ctx context.Context, owner string, periods []models.Period, limit int) ([]models.Throughput, error) {
	of := func() *gorm.DB {
		db := s.read.Model(&taskRow{})
		if owner != "" {
			return db.Where("owner = ?", owner)
		}
		return db
	}
	// Of an owner the index has the statuses before the times. For everybody it has the
	// times first, and the + keeps SQLite from walking through all that has a status.
	final := "status IN ?"
	if owner == "" {
		final = "+" + final
	}
	var submitted, ended union
	for i, p := range periods {
		submitted.add("SELECT ? AS bucket, COUNT(*) AS tasks FROM (?) AS found", i,
			of().Select("1 AS one").Where("created_at >= ? AND created_at < ?", p.From, p.To).Limit(limit+1))
		ended.add("SELECT ? AS bucket, status, COUNT(*) AS tasks FROM (?) AS found GROUP BY status", i,
			of().Select("status").Where(final+" AND finished_at >= ? AND finished_at < ?", finalStatuses, p.From, p.To).Limit(limit+1))
	}
	var in, out []statusTasks
	if err := submitted.find(s.read.WithContext(ctx), &in); err != nil {
		return nil, fmt.Errorf("count submitted tasks: %w", err)
	}
	if err := ended.find(s.read.WithContext(ctx), &out); err != nil {
		return nil, fmt.Errorf("count ended tasks: %w", err)
	}
	return throughput(periods, in, out, limit), nil
}

// throughput sorts what was counted into the periods.
func throughput(periods []models.Period, in, out []statusTasks, limit int) []models.Throughput {
	all, ended := make([]models.Throughput, len(periods)), make([]int, len(periods))
	for i, p := range periods {
		all[i] = models.NewThroughput(p)
	}
	for _, one := range in {
		all[one.Bucket].Submitted, all[one.Bucket].SubmittedExact = min(one.Tasks, limit), one.Tasks <= limit
	}
	for _, one := range out {
		ended[one.Bucket] += one.Tasks
	}
	for _, one := range out {
		for i := range all[one.Bucket].Ended {
			if count := &all[one.Bucket].Ended[i]; count.Status == one.Status {
				count.Count = min(one.Tasks, limit)
			}
		}
	}
	for b, n := range ended {
		for i := range all[b].Ended {
			all[b].Ended[i].Exact = n <= limit
		}
	}
	return all
}

// union is a statement of several selections.
type union struct {
	parts []string
	vars  []any
}

func (u *union) add(selection string, vars ...any) {
	u.parts, u.vars = append(u.parts, selection), append(u.vars, vars...)
}

func (u *union) find(db *gorm.DB, into any) error {
	return db.Raw(strings.Join(u.parts, " UNION ALL "), u.vars...).Scan(into).Error
}
