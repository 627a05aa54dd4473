package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"stepcast/models"
)

// List reads a run of tasks, without their steps. It seeks to the position given, and
// counts rows away in the order Submitted only. It is empty when Limit is not positive.
func (s *Store) List(ctx context.Context, q models.ListQuery) ([]*models.Task, error) {
	if q.Limit <= 0 {
		return nil, nil
	}
	if q.Order == models.Submitted {
		return s.listSubmitted(ctx, q)
	}
	newestFirst := q.Order != models.Oldest
	db := filtered(s.read.WithContext(ctx).Model(&models.Task{}), q.Filter, "status")
	if q.After != nil {
		db = beyond(db, q.Order, *q.After, newestFirst)
	}
	if q.Before != nil {
		db = beyond(db, q.Order, *q.Before, !newestFirst)
	}
	descending := newestFirst != q.Backwards
	for _, column := range sortColumns(q.Order) {
		if descending {
			column += " DESC"
		}
		db = db.Order(column)
	}
	var tasks []*models.Task
	if err := db.Limit(q.Limit).Find(&tasks).Error; err != nil {
		return nil, fmt.Errorf("list tasks: %w", err)
	}
	if q.Backwards {
		slices.Reverse(tasks)
	}
	return tasks, nil
}

// Count counts the tasks that pass the filter, to limit+1 at most: more than limit
// says that there are more.
func (s *Store) Count(ctx context.Context, f models.Filter, limit int) (int, error) {
	db := filtered(s.read.Model(&models.Task{}), f, "status")
	if f.Owner != "" && f.IDs == nil {
		// Of an owner's tasks the index that has them in this order knows the status, too.
		db = db.Order("created_at DESC")
	}
	return s.count(ctx, db, limit+1)
}

// ChangedSince reads the ids, owners, versions and times of change of up to limit tasks that
// changed after the position, ordered by it. A change that takes long to commit
// appears behind changes that are younger than it: a poller starts a little before
// where it ended.
func (s *Store) ChangedSince(ctx context.Context, after models.Position, limit int) ([]*models.Task, error) {
	var tasks []*models.Task
	db := beyond(s.read.WithContext(ctx).Select("id", "owner", "version", "updated_at"), models.RecentlyChanged, after, false)
	if err := db.Order("updated_at").Order("id").Limit(limit).Find(&tasks).Error; err != nil {
		return nil, fmt.Errorf("list changed tasks: %w", err)
	}
	return tasks, nil
}

func sortColumns(o models.Order) []string {
	if o == models.RecentlyChanged {
		return []string{"updated_at", "id"}
	}
	return []string{"id"}
}

// beyond keeps what sorts after the position, or before it when down is true. The
// first of the two comparisons of updated_at is what an index can seek to.
func beyond(db *gorm.DB, o models.Order, p models.Position, down bool) *gorm.DB {
	sign := ">"
	if down {
		sign = "<"
	}
	if o != models.RecentlyChanged {
		return db.Where("id "+sign+" ?", p.ID)
	}
	return db.Where("updated_at "+sign+"= ? AND (updated_at "+sign+" ? OR id "+sign+" ?)", p.At, p.At, p.ID)
}

// filtered keeps what passes the filter. status names that column.
func filtered(db *gorm.DB, f models.Filter, status string) *gorm.DB {
	if f.IDs != nil {
		db = db.Where("id IN ?", f.IDs)
	}
	if len(f.Statuses) > 0 {
		db = db.Where(status+" IN ?", f.Statuses)
	}
	if f.Owner != "" {
		db = db.Where("owner = ?", f.Owner)
	}
	if f.Text != "" {
		db = db.Where("search_text LIKE ? ESCAPE '!'", "%"+likeEscape.Replace(strings.ToLower(f.Text))+"%")
	}
	if f.CreatedAfter != nil {
		db = db.Where("created_at > ?", f.CreatedAfter)
	}
	if f.CreatedBefore != nil {
		db = db.Where("created_at < ?", f.CreatedBefore)
	}
	for _, is := range []struct{ column, value string }{
		{"creator", f.Creator}, {"engine", f.Engine}, {"instance", f.Instance}, {"worker", f.Worker},
	} {
		if is.value != "" {
			db = db.Where(is.column+" = ?", is.value)
		}
	}
	return labelled(staged(db, f.Stages, status), f.Labels)
}

// staged keeps tasks that are in one of the stages; none of them lets all pass.
func staged(db *gorm.DB, stages []models.Stage, status string) *gorm.DB {
	if len(stages) == 0 {
		return db
	}
	fresh := db.Session(&gorm.Session{NewDB: true})
	either := fresh
	for _, stage := range stages {
		one := fresh.Where(status+" = ?", stage.Status)
		if stage.Started != nil && *stage.Started {
			one = one.Where("started_at IS NOT NULL")
		} else if stage.Started != nil {
			one = one.Where("started_at IS NULL")
		}
		if stage.StartsAfter != nil {
			one = one.Where("start_after > ?", stage.StartsAfter)
		}
		if stage.StartsBy != nil {
			one = one.Where("(start_after IS NULL OR start_after <= ?)", stage.StartsBy)
		}
		either = either.Or(one)
	}
	return db.Where(either)
}

// The default escape character, a backslash, means different things to the databases.
var likeEscape = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// labelled keeps tasks that have all of the labels.
func labelled(db *gorm.DB, labels []models.Label) *gorm.DB {
	for _, l := range labels {
		db = db.Where("EXISTS (SELECT 1 FROM task_labels WHERE task_id = tasks.id AND label_key = ? AND label_value = ?)", l.Key, l.Value)
	}
	return db
}

// count counts the rows of a query, and stops at limit.
func (s *Store) count(ctx context.Context, query *gorm.DB, limit int) (int, error) {
	var n int64
	err := s.read.WithContext(ctx).Table("(?) AS found", query.Select("1").Limit(limit)).Count(&n).Error
	if err != nil {
		return 0, fmt.Errorf("count tasks: %w", err)
	}
	return int(n), nil
}
