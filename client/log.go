package client

import "time"

// LogLine is one physical line of a task's log.
type LogLine struct {
	// Number counts from 1 through all attempts of the task.
	Number  int64     `json:"number"`
	Attempt int       `json:"attempt"`
	At      time.Time `json:"at"`
	Level   LogLevel  `json:"level"`
	Stream  LogStream `json:"stream"`
	// ContentID names the content that wrote it; "" when it is of the whole task.
	ContentID string `json:"contentId"`
	Text      string `json:"text"`
}

// LogBatch is a run of lines in order. Their numbers have no holes unless Gap says so
// or a least level was asked for.
type LogBatch struct {
	Lines []LogLine `json:"lines"`
	// Cursor is the number of the last line examined: where to go on after this batch.
	Cursor int64 `json:"cursor"`
	// CaughtUp says that there was nothing more when the batch was made.
	CaughtUp bool `json:"caughtUp"`
	// Gap is set when what lies before this batch is gone for good.
	Gap *Gap `json:"gap"`
}
