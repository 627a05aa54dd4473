package models

import "time"

// LogLevel is the level of a log line. The values are those of the GraphQL enum.
type LogLevel string

const (
	Debug LogLevel = "DEBUG"
	Info  LogLevel = "INFO"
	Warn  LogLevel = "WARN"
	Error LogLevel = "ERROR"
)

// LogLevels lists the levels from the least to the most severe.
var LogLevels = []LogLevel{Debug, Info, Warn, Error}

// Bit is the level's bit in the level bitmap of a chunk; 0 for an unknown level.
func (l LogLevel) Bit() int {
	for i, v := range LogLevels {
		if v == l {
			return 1 << i
		}
	}
	return 0
}

// AtLeast says whether l is as severe as min; an empty min lets everything pass.
func (l LogLevel) AtLeast(minimum LogLevel) bool {
	return minimum == "" || l.Bit() >= minimum.Bit()
}

// LogStream says where a log line came from. SYSTEM lines are the server's own.
type LogStream string

const (
	Stdout LogStream = "STDOUT"
	Stderr LogStream = "STDERR"
	System LogStream = "SYSTEM"
)

// LogStreams lists every stream.
var LogStreams = []LogStream{Stdout, Stderr, System}

// LogLine is one physical line of a task's log.
type LogLine struct {
	// Number counts from 1 through all attempts of the task, without holes.
	Number  int64     `json:"-"`
	Attempt int       `json:"a"`
	At      time.Time `json:"t"`
	Level   LogLevel  `json:"l"`
	Stream  LogStream `json:"s"`
	// Step and Content name the content that wrote it; 0 when it is of the whole task.
	Step    int    `json:"p,omitempty"`
	Content int    `json:"c,omitempty"`
	Text    string `json:"x"`
}

// LogChunk is a stored run of consecutive lines of one task: the row of log_chunks.
type LogChunk struct {
	TaskID int64 `gorm:"primaryKey;autoIncrement:false"`
	// First is the number of the first line, Last that of the last one.
	First int64 `gorm:"primaryKey;autoIncrement:false;column:first_line"`
	Last  int64 `gorm:"column:last_line"`
	// Levels has the bit of each level that occurs in it.
	Levels int
	// Data is the JSON array of its LogLines.
	Data []byte
}
