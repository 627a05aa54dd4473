package linkis

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"stepcast/models"
	"stepcast/tasks"
)

// listWish is what the query of a list asks for.
type listWish struct {
	page      tasks.PageInput
	adminView bool
	// proxyUser is whose tasks an admin view shows; "" is everybody's.
	proxyUser string
}

// listParameters and undoneParameters name what differs between the two lists.
var (
	listParameters   = listNames{id: "taskID", engine: "executeApplicationName", engineText: "applicationName"}
	undoneParameters = listNames{id: "startTaskID", engine: "engineType", engineText: "engienType", status: "Running,Inited,Scheduled"}
)

// listNames are the parameters of a list.
type listNames struct {
	id, engine string
	// engineText is what Linkis calls the engine in its refusal.
	engineText string
	// status is what is listed when the query does not say; "" is everything.
	status string
}

// pageSizeDefault is the size of a page when the query does not say, as in Linkis.
const pageSizeDefault = 20

// nameMax bounds the names that a list is filtered by, in bytes.
const nameMax = 128

// parseListWish reads the query of a list. Blank parameters count as missing.
func parseListWish(query url.Values, names listNames, now time.Time) (listWish, error) {
	var w listWish
	for _, read := range []func() error{
		func() error { return w.readPage(query) },
		func() error { return w.readNames(query, names) },
		func() error { return w.readDates(query, now) },
		func() error { return w.readID(query.Get(names.id)) },
		func() error { return w.readStatus(orText(query.Get("status"), names.status), now) },
		func() (err error) { w.adminView, err = javaBool("isAdminView", query.Get("isAdminView")); return err },
	} {
		if err := read(); err != nil {
			return listWish{}, err
		}
	}
	return w, nil
}

// orText is the fallback for a blank text.
func orText(text, fallback string) string {
	if strings.TrimSpace(text) == "" {
		return fallback
	}
	return text
}

// readPage reads pageNow, which is the first for anything below it, and pageSize.
func (w *listWish) readPage(query url.Values) error {
	number, err := javaInt(query.Get("pageNow"), 1)
	if err != nil {
		return err
	}
	size, err := javaInt(query.Get("pageSize"), pageSizeDefault)
	if err != nil {
		return err
	}
	if size < 1 || size > tasks.MaxPage {
		return failedf("pageSize is 1 to %d, not %d", tasks.MaxPage, size)
	}
	number = max(1, number)
	if last := tasks.MaxCount / size; number > last {
		return failedf("pageNow is 1 to %d with pageSize %d, not %d: narrow the list by date or status to see older tasks", last, size, number)
	}
	w.page.Number, w.page.Size = int(number), int(size)
	return nil
}

// readNames reads the names that must be equal.
func (w *listWish) readNames(query url.Values, names listNames) error {
	f := &w.page.Filter
	for _, p := range []struct {
		parameter, what string
		into            *string
	}{
		{"creator", "creator", &f.Creator},
		{names.engine, names.engineText, &f.Engine},
		{"instance", "instances", &f.Instance},
		{"engineInstance", "instances", &f.Worker},
		{"proxyUser", "proxyUser", &w.proxyUser},
	} {
		text := strings.TrimSpace(query.Get(p.parameter))
		if len(text) > nameMax || !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			return refusef(http.StatusBadRequest, "Invalid %s : %s", p.what, quoted(strings.ToValidUTF8(text, "\uFFFD")))
		}
		*p.into = text
	}
	w.proxyUser = strings.ToLower(w.proxyUser)
	return nil
}

// readDates reads startDate and endDate, milliseconds since 1970, both included. Two that
// are equal mean a day from there, as in Linkis.
func (w *listWish) readDates(query url.Values, now time.Time) error {
	start, err := javaDate("startDate", query.Get("startDate"))
	if err != nil {
		return err
	}
	end, err := javaDate("endDate", query.Get("endDate"))
	if err != nil {
		return err
	}
	if start != nil && end != nil && start.Equal(*end) {
		*end = end.In(now.Location()).AddDate(0, 0, 1)
	}
	// The filter takes what lies strictly between its bounds, and times are whole milliseconds.
	if start != nil {
		after := start.Add(-time.Millisecond)
		w.page.Filter.CreatedAfter = &after
	}
	if end != nil {
		before := end.Add(time.Millisecond).UTC()
		w.page.Filter.CreatedBefore = &before
	}
	return nil
}

// javaDate reads milliseconds since 1970; nil for a blank text.
func javaDate(parameter, text string) (*time.Time, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	ms, err := javaLong(text)
	if err != nil {
		return nil, err
	}
	// Where times are text, a year of five digits sorts before the others.
	if latest := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli(); ms < 0 || ms > latest {
		return nil, failedf("%s is 0 to %d, in milliseconds since 1970, not %d", parameter, latest, ms)
	}
	at := time.UnixMilli(ms).UTC()
	return &at, nil
}

func (w *listWish) readID(text string) error {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	id, err := javaLong(text)
	if err != nil {
		return err
	}
	w.page.Filter.IDs = []int64{id}
	return nil
}

// readStatus reads a list of Linkis' states. One that no task here ever has lists nothing.
func (w *listWish) readStatus(text string, now time.Time) error {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	f, wanted := &w.page.Filter, map[string]bool{}
	for name := range strings.SplitSeq(text, ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(stateNames, name) {
			return failedf("status %s is none of %s", quoted(name), strings.Join(stateNames, ", "))
		}
		if !wanted[name] {
			wanted[name] = true
			f.Stages = append(f.Stages, stagesOf(name, now)...)
		}
	}
	for _, stage := range f.Stages {
		f.Statuses = append(f.Statuses, stage.Status)
	}
	if len(f.Stages) == 0 {
		f.IDs = []int64{}
	}
	if !slices.ContainsFunc(f.Stages, func(s models.Stage) bool { return s != models.Stage{Status: s.Status} }) {
		f.Stages = nil // the statuses say it all
	}
	return nil
}

// stateNames are the states of Linkis.
var stateNames = []string{
	stateInited, stateWaitForRetry, stateScheduled, stateRunning, stateSucceed, stateFailed, stateCancelled, stateTimeout,
}

// stateWaitForRetry is a state of Linkis that no task has here.
const stateWaitForRetry = "WaitForRetry"

// stagesOf are the stages that stateOf calls by this name.
func stagesOf(name string, now time.Time) []models.Stage {
	yes, no := true, false
	switch name {
	case stateInited:
		return []models.Stage{{Status: models.Waiting, StartsAfter: &now}}
	case stateScheduled:
		return []models.Stage{{Status: models.Waiting, StartsBy: &now}, {Status: models.Paused, Started: &no}}
	case stateRunning:
		return []models.Stage{
			{Status: models.Running}, {Status: models.Pausing}, {Status: models.Cancelling}, {Status: models.Paused, Started: &yes},
		}
	case stateSucceed:
		return []models.Stage{{Status: models.Succeeded}}
	case stateFailed:
		return []models.Stage{{Status: models.Failed}}
	case stateCancelled:
		return []models.Stage{{Status: models.Cancelled}}
	case stateTimeout:
		return []models.Stage{{Status: models.TimedOut}}
	}
	return nil
}

// javaLong reads a parameter as Java reads a long.
func javaLong(text string) (int64, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return 0, failedf("%s", notANumber(text))
	}
	return n, nil
}

// javaBool reads a parameter as Spring reads a Boolean; blank is false.
func javaBool(parameter, text string) (bool, error) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true", "on", "yes", "1":
		return true, nil
	case "", "false", "off", "no", "0":
		return false, nil
	}
	return false, failedf("IllegalArgumentException: Invalid boolean value %s of %s", quoted(text), parameter)
}
