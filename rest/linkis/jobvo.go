package linkis

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"stepcast/models"
	"stepcast/tasks"
)

// taskVO is a task as jobhistory shows it: QueryTaskVO of Linkis 1.8. Keys are never left
// out. Times are milliseconds since 1970: the Java SDK fails on any other form.
type taskVO struct {
	TaskID int64 `json:"taskID"`
	// Instance is the host:port of the entrance, EngineInstance the worker that has the task.
	Instance string `json:"instance"`
	ExecID   string `json:"execId"`
	// UmUser submitted it, ExecuteUser runs it: always the same here.
	UmUser         string  `json:"umUser"`
	ExecuteUser    string  `json:"executeUser"`
	EngineInstance *string `json:"engineInstance"`
	ExecutionCode  string  `json:"executionCode"`
	// Progress is 0.0 to 1.0, as a text.
	Progress       string `json:"progress"`
	LogPath        string `json:"logPath"`
	ResultLocation string `json:"resultLocation"`
	Status         string `json:"status"`
	CreatedTime    int64  `json:"createdTime"`
	UpdatedTime    int64  `json:"updatedTime"`
	EngineType     string `json:"engineType"`
	// ErrCode and ErrDesc are null unless it failed.
	ErrCode *int    `json:"errCode"`
	ErrDesc *string `json:"errDesc"`
	// ExecuteApplicationName is the engine, RequestApplicationName the creator.
	ExecuteApplicationName string `json:"executeApplicationName"`
	RequestApplicationName string `json:"requestApplicationName"`
	RunType                string `json:"runType"`
	ParamsJSON             string `json:"paramsJson"`
	// CostTime is from submission to the end, or to now, in milliseconds.
	CostTime       int64  `json:"costTime"`
	StrongerExecID string `json:"strongerExecId"`
	SourceJSON     string `json:"sourceJson"`
	// SourceTailor is the values of SourceJSON, joined by hyphens.
	SourceTailor string `json:"sourceTailor"`
	// EngineStartTime is when the attempt began.
	EngineStartTime *int64 `json:"engineStartTime"`
	// Labels are "key:value".
	Labels []string `json:"labels"`
	// CanRetry says that it failed and may be run again.
	CanRetry    bool    `json:"canRetry"`
	ObserveInfo *string `json:"observeInfo"`
	IsReuse     *bool   `json:"isReuse"`
	// RequestStartTime to RequestEndTime is the wait for a worker, RequestSpendTime its length.
	RequestStartTime int64   `json:"requestStartTime"`
	RequestEndTime   *int64  `json:"requestEndTime"`
	RequestSpendTime *int64  `json:"requestSpendTime"`
	Metrics          *string `json:"metrics"`
	SubJobs          []any   `json:"subJobs"`
}

// errTaskFailed is the error code of a task that failed. What went wrong is in errDesc.
const errTaskFailed = 21304

// taskVO shows a task, whose steps need not be loaded, with what it was asked to do.
func (c *call) taskVO(t *models.Task, code string, data models.JSON) taskVO {
	sent := readOriginal(data)
	vo := taskVO{
		TaskID: t.ID, Instance: t.Instance, ExecID: t.ShortID(), StrongerExecID: t.ExecID(),
		UmUser: t.Owner, ExecuteUser: t.Owner, ExecutionCode: code,
		Progress: fraction(t).String(), Status: stateOf(t, c.Now()),
		LogPath: logPath(t.ID), ResultLocation: resultsPath(t.ID),
		CreatedTime: t.CreatedAt.UnixMilli(), UpdatedTime: t.UpdatedAt.UnixMilli(),
		EngineType: t.Engine, ExecuteApplicationName: t.Engine, RequestApplicationName: t.Creator,
		RunType: sent.RunType, ParamsJSON: objectText(sent.Params), SourceJSON: objectText(sent.Source),
		SourceTailor: tailor(sent.Source), RequestStartTime: t.CreatedAt.UnixMilli(),
	}
	if vo.RunType == "" {
		vo.RunType = t.Engine
	}
	vo.Labels = labelTexts(t, vo.RunType, sent.Labels)
	if t.Worker != "" {
		vo.EngineInstance = &t.Worker
	}
	c.addTimes(&vo, t)
	c.addFailure(&vo, t)
	return vo
}

func (c *call) addTimes(vo *taskVO, t *models.Task) {
	end := c.Now()
	if t.FinishedAt != nil && t.Status.Final() {
		end = *t.FinishedAt
	}
	vo.CostTime = max(0, end.Sub(t.CreatedAt).Milliseconds())
	if t.StartedAt != nil {
		at := t.StartedAt.UnixMilli()
		spent := max(0, at-vo.CreatedTime)
		vo.EngineStartTime, vo.RequestEndTime, vo.RequestSpendTime = &at, &at, &spent
	}
}

// addFailure tells why the task failed. While it runs, Linkis tells nothing.
func (c *call) addFailure(vo *taskVO, t *models.Task) {
	if t.Status != models.Failed && t.Status != models.TimedOut {
		return
	}
	vo.CanRetry = t.Status == models.Failed
	code, desc := errTaskFailed, ""
	if t.Failure != nil {
		desc = string(t.Failure.Code) + ": " + t.Failure.Message.In(c.Auth.Localize(c.viewer, c.r).Languages...)
	}
	vo.ErrCode, vo.ErrDesc = &code, &desc
}

// objectText is an object as the text that Linkis keeps it in.
func objectText(data json.RawMessage) string {
	if len(data) == 0 {
		return "{}"
	}
	return string(data)
}

// labelTexts are the labels that were sent, and those that Linkis adds: which engine,
// whose task, which kind of code.
func labelTexts(t *models.Task, runType string, sent json.RawMessage) []string {
	labels := map[string]string{"engineType": t.Engine, "userCreator": t.Owner + "-" + t.Creator, "codeType": runType}
	for key, value := range texts(sent) {
		if value != "" || labels[key] == "" {
			labels[key] = value
		}
	}
	list := make([]string, 0, len(labels))
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		list = append(list, key+":"+labels[key])
	}
	return list
}

// tailor joins the values of an object, by the order of their keys.
func tailor(source json.RawMessage) string {
	values := texts(source)
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		parts = append(parts, values[key])
	}
	return strings.Join(parts, "-")
}

// texts reads an object whose values are texts, numbers and booleans; others it leaves out.
func texts(data json.RawMessage) map[string]string {
	o, err := parseObject(data)
	if err != nil {
		return nil
	}
	values := make(map[string]string, len(o))
	for key, value := range o {
		if text, ok := tasks.VariableText(value); ok {
			values[key] = text
		}
	}
	return values
}
