package store

import (
	"bytes"
	"encoding/json"
	"fmt"

	"stepcast/models"
)

// maxChunkBytes bounds the data of a chunk; a longer line has a chunk to itself.
const maxChunkBytes = 64 << 10

// chunkLines numbers the lines from after+1 and packs them into chunks. It sets
// the lines' Number, and their At to what the chunk holds.
func chunkLines(task, after int64, lines []models.LogLine) ([]chunkRow, error) {
	var chunks []chunkRow
	var data, line bytes.Buffer
	encoder := json.NewEncoder(&line)
	// Logs are full of <, > and &; nothing embeds chunks in HTML.
	encoder.SetEscapeHTML(false)
	open := models.LogChunk{TaskID: task, First: after + 1}
	flush := func(next int64) {
		if data.Len() == 0 {
			return
		}
		data.WriteByte(']')
		open.Last, open.Data = next-1, bytes.Clone(data.Bytes())
		chunks = append(chunks, chunkRow{LogChunk: open, Size: data.Len()})
		open = models.LogChunk{TaskID: task, First: next}
		data.Reset()
	}
	for i := range lines {
		l := &lines[i]
		l.Number, l.At = after+1+int64(i), stored(l.At)
		line.Reset()
		if err := encoder.Encode(l); err != nil {
			return nil, fmt.Errorf("encode line %d: %w", l.Number, err)
		}
		encoded := bytes.TrimSuffix(line.Bytes(), []byte("\n"))
		if data.Len()+len(encoded)+2 > maxChunkBytes {
			flush(l.Number)
		}
		if data.Len() == 0 {
			data.WriteByte('[')
		} else {
			data.WriteByte(',')
		}
		data.Write(encoded)
		open.Levels |= l.Level.Bit()
	}
	flush(after + 1 + int64(len(lines)))
	return chunks, nil
}

// Lines unpacks a chunk. It has no lines when its Data was left out.
func Lines(c models.LogChunk) ([]models.LogLine, error) {
	if len(c.Data) == 0 {
		return nil, nil
	}
	var lines []models.LogLine
	if err := json.Unmarshal(c.Data, &lines); err != nil {
		return nil, fmt.Errorf("read log of task %d from line %d: %w", c.TaskID, c.First, err)
	}
	for i := range lines {
		lines[i].Number = c.First + int64(i)
	}
	return lines, nil
}

// addLines counts the lines into the task's counters. A line counts its text and a
// line break; what the server says itself is no output of the task.
func addLines(t *models.Task, lines []models.LogLine) {
	t.LogLines += int64(len(lines))
	for i := range lines {
		t.LogBytes += int64(len(lines[i].Text)) + 1
		if lines[i].Stream != models.System {
			at := lines[i].At
			t.LastOutputAt = &at
		}
	}
}
