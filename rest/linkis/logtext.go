package linkis

import (
	"regexp"
	"strings"
	"time"

	"stepcast/models"
)

// The places of the four texts of a log.
const (
	textError = iota
	textWarn
	textInfo
	textAll
)

// logByLevel gives [error, warn, info, all]. Blank lines are left out, as in Linkis.
func logByLevel(lines []models.LogLine, zone *time.Location) [4]string {
	texts := [4][]byte{textInfo: make([]byte, 0, room(lines)), textAll: make([]byte, 0, room(lines))}
	stamp := stamper{zone: zone}
	for i := range lines {
		line := &lines[i]
		if strings.TrimSpace(line.Text) == "" {
			continue
		}
		all := appendBreak(texts[textAll])
		begins := len(all)
		all = stamp.appendLine(all, line)
		level := levelOf(line)
		texts[textAll], texts[level] = all, append(appendBreak(texts[level]), all[begins:]...)
	}
	var log [4]string
	for i, text := range texts {
		log[i] = string(text)
	}
	return log
}

// wholeLog gives all lines as one text, blank ones included.
func wholeLog(lines []models.LogLine, zone *time.Location) string {
	text := make([]byte, 0, room(lines))
	stamp := stamper{zone: zone}
	for i := range lines {
		if i > 0 {
			text = append(text, '\n')
		}
		text = stamp.appendLine(text, &lines[i])
	}
	return string(text)
}

// room is how much the lines take at most.
func room(lines []models.LogLine) int {
	const stamp = len("2006-01-02 15:04:05.000 SYSTEM-ERROR \n")
	size := stamp * len(lines)
	for i := range lines {
		size += len(lines[i].Text)
	}
	return size
}

// appendBreak separates a line from those before it, of which none is empty.
func appendBreak(text []byte) []byte {
	if len(text) == 0 {
		return text
	}
	return append(text, '\n')
}

// The lines by which a program tells a level itself: time, level, text, as in
// LogReader of the Linkis entrance.
var (
	ownError = regexp.MustCompile(`[0-9/-]{10} [0-9:]{8}.?\d{0,3} (SYSTEM-)?ERROR `)
	ownWarn  = regexp.MustCompile(`[0-9/-]{10} [0-9:]{8}.?\d{0,3} (SYSTEM-)?WARN `)
)

// levelOf is the text that a line belongs to besides all. DEBUG counts as info. Output
// that nobody gave a level has the one that its program wrote into it: Linkis knows no
// other.
func levelOf(line *models.LogLine) int {
	switch {
	case line.Level == models.Error:
		return textError
	case line.Level == models.Warn:
		return textWarn
	case strings.Contains(line.Text, "ERROR ") && ownError.MatchString(line.Text):
		return textError
	case strings.Contains(line.Text, "WARN ") && ownWarn.MatchString(line.Text):
		return textWarn
	}
	return textInfo
}

// stamper writes lines as Linkis does: time, level, text. Linkis repeats the minute where
// the milliseconds belong; that is not imitated, because nobody can want it.
//
// Every line has its time and level, output of programs too, so that what a client splits
// by level again comes out as it was. Only lines of the server's own with level DEBUG
// are written as they are: the code that the log begins with, and other lines that have
// neither time nor level in Linkis.
type stamper struct {
	zone *time.Location
	// second is the one that clock shows: most lines of a page share theirs.
	second int64
	clock  []byte
}

func (s *stamper) appendLine(to []byte, line *models.LogLine) []byte {
	if line.Stream == models.System && line.Level == models.Debug {
		return append(to, line.Text...)
	}
	to = append(s.appendTime(to, line.At), ' ')
	if line.Stream == models.System {
		to = append(to, "SYSTEM-"...)
	}
	level := line.Level
	if level == models.Debug {
		level = models.Info // Linkis has no DEBUG
	}
	to = append(append(to, level...), ' ')
	return append(to, line.Text...)
}

func (s *stamper) appendTime(to []byte, at time.Time) []byte {
	if second := at.Unix(); s.clock == nil || s.second != second {
		s.second, s.clock = second, at.In(s.zone).AppendFormat(s.clock[:0], "2006-01-02 15:04:05.")
	}
	millis := at.Nanosecond() / int(time.Millisecond)
	return append(append(to, s.clock...), byte('0'+millis/100), byte('0'+millis/10%10), byte('0'+millis%10))
}

// line is one line as a text of its own.
func (s *stamper) line(line *models.LogLine) string { return string(s.appendLine(nil, line)) }
