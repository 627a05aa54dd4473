package linkis

import (
	"math"
	"net/http"
	"strings"

	"stepcast/models"
	"stepcast/tasks"
)

// The texts of Linkis' jobhistory, letter by letter.
const (
	textNoJob      = "The corresponding job was not found, or there may be no permission to view the job(没有找到对应的job，也可能是没有查看该job的权限)"
	textNoTaskIDs  = "Invalid taskID cannot be empty"
	textBadTaskIDs = "TaskID contains illegal characters"
	textTooManyIDs = "TaskID size cannot exceed 30"
)

// taskIDsMax is how many tasks list-taskids takes.
const taskIDsMax = 30

// wholeCode asks for all of a task's code; listedCode is what a list shows of it, in
// characters, so that a page stays small.
const (
	wholeCode  = math.MaxInt32
	listedCode = 10_000
)

// jobData is the data of get.
type jobData struct {
	Task taskVO `json:"task"`
}

// listData is the data of list and listundonetasks.
type listData struct {
	Tasks []taskVO `json:"tasks"`
	// TotalPage counts tasks, despite its name.
	TotalPage int `json:"totalPage"`
}

// jobListData is the data of list-taskids.
type jobListData struct {
	JobHistoryList []taskVO `json:"jobHistoryList"`
}

// stationAdmin is the data of governanceStationAdmin.
type stationAdmin struct {
	Admin bool `json:"admin"`
	// HistoryAdmin says that isAdminView shows the tasks of all.
	HistoryAdmin bool   `json:"historyAdmin"`
	DeptAdmin    bool   `json:"deptAdmin"`
	ErrorMsgTip  string `json:"errorMsgTip"`
}

// job answers GET jobhistory/{id}/get. Linkis has one text for what does not exist and
// what may not be seen.
func job(c *call) (answer, error) {
	number, ok := models.ParseTaskID(c.id)
	byExecID := strings.HasPrefix(c.id, "exec_id")
	if byExecID {
		number, ok = models.ParseExecID(c.id)
	}
	if !ok {
		if _, err := javaLong(c.id); err != nil && !byExecID {
			return answer{}, err
		}
		return answer{}, noJob()
	}
	t, err := c.Tasks.Row(c.r.Context(), c.viewer, number)
	if models.CodeOf(err) == models.CodeNotFound || err == nil && byExecID && t.ExecID() != c.id {
		return answer{}, noJob()
	}
	if err != nil {
		return answer{}, err
	}
	vos, err := c.taskVOs([]*models.Task{t}, wholeCode)
	if err != nil {
		return answer{}, err
	}
	return okAnswer(jobData{vos[0]}), nil
}

func noJob() error { return refusef(http.StatusBadRequest, "%s", textNoJob) }

// taskVOs shows tasks, with one statement more for all of them.
func (c *call) taskVOs(list []*models.Task, maxCode int) ([]taskVO, error) {
	asked, err := c.Tasks.Submissions(c.r.Context(), c.viewer, list, maxCode)
	if err != nil {
		return nil, err
	}
	vos := make([]taskVO, len(list))
	for i, t := range list {
		vos[i] = c.taskVO(t, asked[t.ID].Code, asked[t.ID].Original)
	}
	return vos, nil
}

// jobList answers GET jobhistory/list: the caller's own tasks, and with isAdminView those
// of all, or of proxyUser, for who may see them.
func jobList(c *call) (answer, error) {
	wish, err := parseListWish(c.r.URL.Query(), listParameters, c.Now())
	if err != nil {
		return answer{}, err
	}
	if wish.adminView && tasks.SeesAll(c.viewer) {
		wish.page.Filter.Owner = wish.proxyUser
	} else {
		wish.page.Filter.Owner = c.viewer.Name
	}
	return c.listAnswer(wish)
}

// undoneJobs answers GET jobhistory/listundonetasks: the caller's own tasks that have not
// ended, or those of status.
func undoneJobs(c *call) (answer, error) {
	wish, err := parseListWish(c.r.URL.Query(), undoneParameters, c.Now())
	if err != nil {
		return answer{}, err
	}
	wish.page.Filter.Owner = c.viewer.Name
	return c.listAnswer(wish)
}

func (c *call) listAnswer(wish listWish) (answer, error) {
	page, err := c.Tasks.ListPage(c.r.Context(), c.viewer, wish.page)
	if err != nil {
		return answer{}, err
	}
	vos, err := c.taskVOs(page.Tasks, listedCode)
	if err != nil {
		return answer{}, err
	}
	return okAnswer(listData{Tasks: vos, TotalPage: page.Total}), nil
}

// jobsByID answers GET jobhistory/list-taskids. Tasks that the caller may not see are
// left out.
func jobsByID(c *call) (answer, error) {
	ids, err := parseTaskIDs(c.r.URL.Query().Get("taskID"))
	if err != nil {
		return answer{}, err
	}
	filter := models.Filter{IDs: ids}
	page, err := c.Tasks.ListPage(c.r.Context(), c.viewer, tasks.PageInput{Filter: filter, Number: 1, Size: taskIDsMax})
	if err != nil {
		return answer{}, err
	}
	vos, err := c.taskVOs(page.Tasks, listedCode)
	if err != nil {
		return answer{}, err
	}
	return okAnswer(jobListData{vos}), nil
}

// parseTaskIDs reads "1,2,3". Numbers that are no task's id are left out, repeated ones count once.
func parseTaskIDs(text string) ([]int64, error) {
	if strings.TrimSpace(text) == "" {
		return nil, refusef(http.StatusBadRequest, "%s", textNoTaskIDs)
	}
	if strings.Trim(text, "0123456789,") != "" {
		return nil, refusef(http.StatusBadRequest, "%s", textBadTaskIDs)
	}
	ids, seen := []int64{}, map[string]bool{}
	for part := range strings.SplitSeq(text, ",") {
		if part == "" || seen[part] {
			continue
		}
		if seen[part] = true; len(seen) > taskIDsMax {
			return nil, refusef(http.StatusBadRequest, "%s", textTooManyIDs)
		}
		if id, ok := models.ParseTaskID(part); ok {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// governanceStationAdmin tells the web console what to offer.
func governanceStationAdmin(c *call) (answer, error) {
	return okAnswer(stationAdmin{Admin: c.viewer.Role == models.Admin, HistoryAdmin: tasks.SeesAll(c.viewer)}), nil
}

// okAnswer is a success without a text of its own.
func okAnswer(data any) answer { return ok(textOK, data) }
