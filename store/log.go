package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"stepcast/models"
)

const (
	// maxLogBytes bounds the data of one answer; a larger chunk comes alone.
	maxLogBytes = 4 << 20
	// maxLogChunks bounds the chunks of one answer, those without data included.
	maxLogChunks = 1000
)

// Log reads the chunks of a task's log that have lines above afterLine, in order;
// Lines unpacks them. It stops after about maxLines lines, or 4 MiB. levels is a
// bitmap of LogLevel.Bit, 0 for all: a chunk with none of these levels comes without
// Data and counts no lines, so that the reader's position moves past it. No chunks
// means that there are no more lines.
func (s *Store) Log(ctx context.Context, task, afterLine int64, maxLines, levels int) ([]models.LogChunk, error) {
	db := s.read.WithContext(ctx)
	// Chunks follow each other: the one that has the next line is the last that
	// begins at or before it. Asking for that lets the primary key do all the work.
	newest := db.Model(&chunkRow{}).Select("MAX(first_line)").Where("task_id = ? AND first_line <= ?", task, afterLine+1)
	var rows []chunkRow
	err := db.Select("task_id", "first_line", "last_line", "levels", "size").
		Where("task_id = ? AND last_line > ? AND first_line >= COALESCE((?), 0)", task, afterLine, newest).
		Order("first_line").Limit(maxLogChunks).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, readError(err, "log of task %d", task)
	}
	chunks := fitting(rows, afterLine, maxLines, levels)
	return chunks, loadData(db, task, chunks, levels)
}

// fitting takes chunks from the front until the lines or bytes to deliver are
// enough, and at least one.
func fitting(rows []chunkRow, afterLine int64, maxLines, levels int) []models.LogChunk {
	var chunks []models.LogChunk
	var lines int64
	var size int
	for _, r := range rows {
		if wanted(r.LogChunk, levels) {
			if len(chunks) > 0 && (lines >= int64(maxLines) || size+r.Size > maxLogBytes) {
				break
			}
			lines += r.Last - max(r.First-1, afterLine)
			size += r.Size
		}
		chunks = append(chunks, r.LogChunk)
	}
	return chunks
}

func wanted(c models.LogChunk, levels int) bool { return levels == 0 || c.Levels&levels != 0 }

func loadData(db *gorm.DB, task int64, chunks []models.LogChunk, levels int) error {
	query := db.Model(&chunkRow{}).Select("first_line", "data").
		Where("task_id = ? AND first_line BETWEEN ? AND ?", task, chunks[0].First, chunks[len(chunks)-1].First)
	if levels != 0 {
		query = query.Where("(levels & ?) <> 0", levels)
	}
	var rows []models.LogChunk
	if err := query.Find(&rows).Error; err != nil {
		return fmt.Errorf("read log of task %d: %w", task, err)
	}
	data := make(map[int64][]byte, len(rows))
	for _, r := range rows {
		data[r.First] = r.Data
	}
	for i := range chunks {
		chunks[i].Data = data[chunks[i].First]
		if chunks[i].Data == nil && wanted(chunks[i], levels) {
			// Only a task that was deleted between the two statements loses chunks.
			return models.NotFound("task " + models.TaskID(task))
		}
	}
	return nil
}
