package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"stepcast/models"
)

// usesBatch bounds the rows of one transaction of NoteTokenUses.
const usesBatch = 500

// NoteTokenUses stores when tokens were last used, by their ids. Those that are gone are
// left out.
func (s *Store) NoteTokenUses(ctx context.Context, uses map[int64]time.Time) error {
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(uses)), usesBatch) {
		err := s.change(ctx, func(tx *gorm.DB) error { return noteUses(tx, ids, uses) })
		if err != nil {
			return fmt.Errorf("store the use of %d tokens: %w", len(ids), err)
		}
	}
	return nil
}

func noteUses(tx *gorm.DB, ids []int64, uses map[int64]time.Time) error {
	var there []int64
	if err := tx.Model(&models.Token{}).Where("id IN ?", ids).Order("id").Pluck("id", &there).Error; err != nil {
		return err
	}
	if len(there) == 0 {
		return nil
	}
	rows := make([]models.TokenUse, len(there))
	for i, id := range there {
		rows[i] = models.TokenUse{TokenID: id, UsedAt: uses[id]}
	}
	return tx.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "token_id"}}, DoUpdates: clause.AssignmentColumns([]string{"used_at"}),
	}).Create(&rows).Error
}

// loadUses sets when each of the tokens was last used.
func (s *Store) loadUses(ctx context.Context, tokens []*models.Token) error {
	if len(tokens) == 0 {
		return nil
	}
	ids := make([]int64, len(tokens))
	for i, t := range tokens {
		ids[i] = t.ID
	}
	var uses []models.TokenUse
	if err := s.read.WithContext(ctx).Where("token_id IN ?", ids).Find(&uses).Error; err != nil {
		return err
	}
	at := make(map[int64]*time.Time, len(uses))
	for i := range uses {
		at[uses[i].TokenID] = &uses[i].UsedAt
	}
	for _, t := range tokens {
		t.LastUsedAt = at[t.ID]
	}
	return nil
}
