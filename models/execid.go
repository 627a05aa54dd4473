package models

import (
	"strconv"
	"strings"
)

// EntranceApp is the application name within a Linkis execution id.
const EntranceApp = "linkis-cg-entrance"

// ShortID is the Linkis id of the job within its entrance: creator_user_engine_task.
func (t *Task) ShortID() string {
	return t.Creator + "_" + t.Owner + "_" + t.Engine + "_" + TaskID(t.ID)
}

// ExecID is the id that Linkis clients use: exec_id, the lengths of the application
// name and of the instance in three digits each, both of them, and the short id.
func (t *Task) ExecID() string {
	return "exec_id" + length(EntranceApp) + length(t.Instance) + EntranceApp + t.Instance + t.ShortID()
}

// length writes how long a text is, in three digits at least.
func length(text string) string {
	digits := strconv.Itoa(len(text))
	return strings.Repeat("0", max(0, 3-len(digits))) + digits
}

// ParseExecID finds the task that an execution id names: the digits after its last
// underscore. The caller compares the whole with the ExecID of what it finds.
func ParseExecID(s string) (task int64, ok bool) {
	if !strings.HasPrefix(s, "exec_id") {
		return 0, false
	}
	return ParseTaskID(s[strings.LastIndexByte(s, '_')+1:])
}
