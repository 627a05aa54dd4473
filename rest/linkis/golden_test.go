package linkis_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/rest/resttest"
	"stepcast/store/storetest"
)

// golden is a row of the reference and what the wire shows for it, byte by byte. A row
// whose path has {id} is tried with each form of the id, each time with a task of its own.
// These stand for what differs from task to task: {id} the id as sent, {named} what data
// says of the task, {execID}, {taskID}, {short}.
type golden struct {
	// name begins with the section of the reference.
	name string
	// bring makes the task; nil is one that waits.
	bring func(*scene) *models.Task
	// verb is GET when it is empty; body is sent as JSON.
	verb, path, body string
	// as is who asks; the owner when it is empty.
	as string
	// http is 200 when it is 0.
	http int
	data string
	// message is OK when it is empty.
	message string
	status  int
}

// goldens are the rows of sections 3.2 to 3.8 that TestCommandsTellTheTruth does not have,
// in their order. Those of 3.1 are in golden_submit_test.go. TestWrongIDs and
// TestForeignTasks try the refusals of ids at every endpoint.
var goldens = []golden{
	{name: "3.2 status with taskID, which is not needed", path: "/entrance/{id}/status?taskID=99999", data: `{"status":"Scheduled",{named}}`},
	{name: "3.2 status of an unknown id, with taskID", path: "/entrance/exec_id_99999/status?taskID={taskID}", data: `{"status":"Scheduled",{byNumber}}`},
	{name: "3.2 status of an unknown number, with taskID", path: "/entrance/99999/status?taskID={taskID}", data: `{"status":"Scheduled",{byNumber}}`},
	{
		name: "3.2 status of an unknown id, without taskID", path: "/entrance/exec_id_99999/status", http: 404, status: 1, data: `{}`,
		message: "Get job by ID error and cannot obtain the corresponding task status.(获取job时发生异常，不能获取相应的任务状态)",
	},
	{name: "3.2 status of an unknown taskID", path: "/entrance/exec_id_99999/status?taskID=77777", http: 404, status: 1, data: `{}`, message: "taskId 77777 is not exists."},
	{name: "3.2 status with a taskID that is no number", path: "/entrance/exec_id_99999/status?taskID=x", http: 400, status: 1, data: `{}`, message: generic + `NumberFormatException: For input string: \"x\"`},
	{name: "2 an id that is no number", path: "/entrance/abc/status", http: 400, status: 1, data: `{}`, message: `NumberFormatException: For input string: \"abc\"`},
	{name: "2 an unknown number", path: "/entrance/99999/status", http: 404, status: 1, data: `{}`, message: "taskId 99999 is not exists."},
	{name: "3 somebody else's task", path: "/entrance/{id}/status", as: resttest.Other, http: 403, status: 3, data: `{}`, message: "You have no permission to read this job, excecute by user:another user"},

	{name: "3.3 progress of a task that waits", path: "/entrance/{id}/progress", data: `{"progress":0.0,{named},"progressInfo":[` + rowOf(0, 0, 0) + `]}`},
	{name: "3.3 progress of a task that runs", bring: halfWay, path: "/entrance/{id}/progress", data: `{"progress":0.5,{named},"progressInfo":[` + rowOf(0, 0, 1) + `]}`},
	{name: "3.3 progress of a task that failed", bring: (*scene).failed, path: "/entrance/{id}/progress", data: `{"progress":1.0,{named},"progressInfo":[` + rowOf(0, 1, 0) + `]}`},
	{name: "3.3 progress of a task that succeeded", bring: (*scene).succeeded, path: "/entrance/{id}/progress", data: `{"progress":1.0,{named},"progressInfo":[` + rowOf(1, 0, 0) + `]}`},
	{name: "3.3 progress of a task that was killed", bring: (*scene).cancelled, path: "/entrance/{id}/progress", data: `{"progress":1.0,{named},"progressInfo":[` + rowOf(0, 0, 0) + `]}`},
	{
		name: "3.3 progress of an unknown id", path: "/entrance/exec_id_99999/progress", http: 404, status: 1, data: `{}`,
		message: "The job corresponding to the ID is empty, and the corresponding task progress cannot be obtained.(ID 对应的job为空，不能获取相应的任务进度)",
	},

	{
		name: "3.4 resources that were measured", bring: measured, path: "/entrance/{id}/progressWithResource",
		data: `{"progress":0.0,{named},"progressInfo":[` + rowOf(0, 0, 1) + `],"yarnMetrics":{"yarnResource":[{"queueMemory":751619276800,"queueCores":1,"queueInstances":3,` +
			`"jobStatus":"RUNNING","applicationId":"{short}","queue":"default"}],"corePercent":0.0033333334,"memoryPercent":0.7,"coreRGB":"green","memoryRGB":"yellow"}}`,
	},
	{name: "3.4 nothing was measured", bring: func(s *scene) *models.Task { return s.running() }, path: "/entrance/{id}/progressWithResource", data: `{"progress":0.0,{named},"progressInfo":[` + rowOf(0, 0, 1) + `],"yarnResource":null}`},
	{
		name: "3.4 resources after the end", bring: endMeasured, path: "/entrance/{id}/progressWithResource",
		data: `{"progress":1.0,{named},"progressInfo":[` + rowOf(1, 0, 0) + `],"yarnMetrics":{"yarnResource":[{"queueMemory":751619276800,"queueCores":1,"queueInstances":3,` +
			`"jobStatus":"COMPLETED","applicationId":"{short}","queue":"default"}],"corePercent":0.0033333334,"memoryPercent":0.7,"coreRGB":"green","memoryRGB":"yellow"}}`,
	},
	{name: "3.4 nothing was measured until the end", bring: (*scene).succeeded, path: "/entrance/{id}/progressWithResource", data: `{"progress":1.0,{named},"progressInfo":[` + rowOf(1, 0, 0) + `],"yarnResource":null}`},

	{name: "3.5 log from the beginning", bring: written, path: "/entrance/{id}/log", data: `{"log":["{at}ERROR three","{at}WARN two <&>","{at}INFO one\n{at}INFO  four\n五","{at}INFO one\n{at}WARN two <&>\n{at}ERROR three\n{at}INFO  four\n五"],{named},"fromLine":7}`},
	{name: "3.5 line 1 is the first too", bring: written, path: "/entrance/{id}/log?fromLine=1&size=1", data: `{"log":["","","{at}INFO one","{at}INFO one"],{named},"fromLine":2}`},
	{name: "3.5 a negative line is the first too", bring: written, path: "/entrance/{id}/log?fromLine=-7&size=1&distinctLevel=true", data: `{"log":["","","{at}INFO one","{at}INFO one"],{named},"fromLine":2}`},
	{name: "3.5 lines between", bring: written, path: "/entrance/{id}/log?fromLine=2&size=2", data: `{"log":["{at}ERROR three","{at}WARN two <&>","","{at}WARN two <&>\n{at}ERROR three"],{named},"fromLine":4}`},
	{name: "3.5 a blank line is counted", bring: written, path: "/entrance/{id}/log?fromLine=4&size=1", data: `{"log":["","","",""],{named},"fromLine":5}`},
	{name: "3.5 one text", bring: written, path: "/entrance/{id}/log?fromLine=3&distinctLevel=false", data: `{"log":"{at}ERROR three\n{at}INFO \n{at}INFO  four\n五",{named},"fromLine":7}`},
	{name: "3.5 only false asks for one text", bring: written, path: "/entrance/{id}/log?fromLine=6&distinctLevel=FALSE", data: `{"log":["","","五","五"],{named},"fromLine":7}`},
	{name: "3.5 the end", bring: written, path: "/entrance/{id}/log?fromLine=7&size=-1", data: `{"log":["","","",""],{named},"fromLine":7}`},
	{name: "3.5 beyond the end", bring: written, path: "/entrance/{id}/log?fromLine=1000", data: `{"log":["","","",""],{named},"fromLine":1000}`},
	{name: "3.5 the end as one text", bring: written, path: "/entrance/{id}/log?fromLine=7&distinctLevel=false", data: `{"log":"",{named},"fromLine":7}`},
	{name: "3.5 no lines are asked for", bring: written, path: "/entrance/{id}/log?fromLine=2&size=0", data: `{"log":["","","",""],{named},"fromLine":2}`},
	{name: "3.5 log after the end", bring: writtenAndEnded, path: "/entrance/{id}/log?fromLine=6&size=-1", data: `{"log":["","","五","五"],{named},"fromLine":7}`},
	{name: "3.5 fromLine is no number", bring: written, path: "/entrance/{id}/log?fromLine=x", http: 400, status: 1, data: `{}`, message: generic + `NumberFormatException: For input string: \"x\"`},
	{name: "3.5 size is no number", bring: written, path: "/entrance/{id}/log?size=1.5", http: 400, status: 1, data: `{}`, message: generic + `NumberFormatException: For input string: \"1.5\"`},
	{
		name: "3.5 log of an unknown id", path: "/entrance/exec_id_99999/log", http: 404, status: 1, data: `{}`,
		message: "The job you just executed has ended. This interface no longer provides a query. It is recommended that you download the log file for viewing.(您刚刚执行的job已经结束，本接口不再提供查询，建议您下载日志文件进行查看)",
	},

	{name: "3.6 kill by somebody else", path: "/entrance/{id}/kill", as: resttest.Observer, http: 403, status: 3, data: `{}`, message: "You have no permission to kill this job, excecute by user:max"},
	{name: "3.6 kill an unknown id", path: "/entrance/exec_id_99999/kill", http: 404, status: 1, data: `{}`, message: "Get job by ID error, kill failed.(获取job时发生异常，kill失败)"},
	{name: "3.6 kill an unknown id, taskID is 0", path: "/entrance/exec_id_99999/kill?taskID=0", http: 404, status: 1, data: `{}`, message: "Get job by ID error, kill failed.(获取job时发生异常，kill失败)"},
	{name: "3.6 kill an unknown id, with taskID", path: "/entrance/exec_id_99999/kill?taskID={taskID}", data: `{}`, message: "Forced Kill task (强制杀死任务)"},
	{name: "3.6 kill by the taskID of somebody else", path: "/entrance/exec_id_99999/kill?taskID={taskID}", as: resttest.Other, http: 403, status: 3, data: `{}`, message: "You have no permission to kill this job, excecute by user:another user"},
	{name: "3.6 kill by the taskID of what has ended", bring: (*scene).succeeded, path: "/entrance/exec_id_99999/kill?taskID={taskID}", http: 400, status: 1, data: `{}`, message: fmt.Sprintf(completed, "kill")},
	{name: "3.6 kill with a taskID that is no number", path: "/entrance/exec_id_99999/kill?taskID=x", http: 400, status: 1, data: `{}`, message: generic + `NumberFormatException: For input string: \"x\"`},

	{name: "3.7 the path's id", verb: "POST", path: "/entrance/{id}/killJobs", body: `{}`, data: `{"messages":[{"data":{{named}},"message":"` + killedText + `","method":"/api/entrance/{id}/kill","status":0}]}`, message: "success"},
	{name: "3.7 execution ids and numbers", verb: "POST", path: "/entrance/{id}/killJobs", body: `{"idList":["{execID}"],"taskIDList":[{taskID}]}`, data: `{"messages":[{"data":{"execID":"{execID}"},"message":"` + killedText + `","method":"/api/entrance/{execID}/kill","status":0}]}`, message: "success"},
	{name: "3.7 an unknown id with its number", verb: "POST", path: "/entrance/{id}/killJobs", body: `{"idList":["exec_id_99999"],"taskIDList":[{taskID}]}`, data: `{"messages":[{"data":{},"message":"Forced Kill task (强制杀死任务)","method":"/api/entrance/exec_id_99999/kill","status":0}]}`, message: "success"},
	{name: "3.7 one that cannot be killed", bring: (*scene).failed, verb: "POST", path: "/entrance/{id}/killJobs", body: `{"idList":["{execID}"]}`, data: `{"messages":[{"data":{"execID":"{execID}"},"message":"` + fmt.Sprintf(completed, "kill") + `","method":"/api/entrance/{execID}/kill","status":1}]}`, message: "success"},
	{
		name: "3.7 a task of another user fails alone", verb: "POST", path: "/entrance/{id}/killJobs", as: resttest.Other, body: `{"idList":["{execID}"]}`,
		data: `{"messages":[{"data":{"execID":"{execID}"},"message":"You have no permission to kill this job, excecute by user:another user","method":"/api/entrance/{execID}/kill","status":3}]}`, message: "success",
	},
	{name: "3.7 lists of two lengths", verb: "POST", path: "/entrance/{id}/killJobs", body: `{"idList":["a"],"taskIDList":[]}`, http: 400, status: 1, data: `{}`, message: "The length of the ID list does not match the length of the TASKID list(id列表的长度与taskId列表的长度不一致)"},
	{name: "3.7 no list", verb: "POST", path: "/entrance/{id}/killJobs", body: `{"idList":"a"}`, http: 400, status: 1, data: `{}`, message: "Request parameter error, please use array(请求参数错误，请使用数组)"},

	{name: "3.8 pause an unknown id", path: "/entrance/exec_id_99999/pause", http: 404, status: 1, data: `{}`, message: "can not find the job of exexID :exec_id_99999 can not pause (不能找到execID: exec_id_99999对应的job，不能进行pause)"},
	{name: "3.8 pause an unknown id, with taskID", path: "/entrance/exec_id_99999/pause?taskID={taskID}", data: `{{byNumber}}`, message: pausedText},
	{name: "3.8 pause by somebody else", path: "/entrance/{id}/pause", as: resttest.Observer, http: 403, status: 3, data: `{}`, message: "You have no permission to pause this job, excecute by user:max"},
}

// rowOf is the one row of progressInfo: the step of one content.
func rowOf(succeeded, failed, running int) string {
	return fmt.Sprintf(`{"id":"{taskID}-1","succeedTasks":%d,"failedTasks":%d,"runningTasks":%d,"totalTasks":1}`, succeeded, failed, running)
}

func halfWay(s *scene) *models.Task {
	return storetest.Commit(s.t, s.Store, storetest.Happened(s.running(), models.Event{
		Kind: models.ContentChanged,
		Data: models.EventData{Content: &models.ContentChange{Ref: resttest.First, ContentState: models.ContentState{Status: models.Running, Progress: 50}}},
	}))
}

// measured is a task of 700 GiB, which has used half a second of the processor so far.
func measured(s *scene) *models.Task {
	return storetest.Commit(s.t, s.Store, storetest.Decide(s.running(), func(t *models.TaskState) {
		t.Usage = &models.ResourceUsage{CPUSeconds: 0.5, MaxRSSBytes: 700 << 30, Processes: 3}
	}))
}

func endMeasured(s *scene) *models.Task {
	task := measured(s)
	task = storetest.Commit(s.t, s.Store, storetest.Happened(task, models.Event{
		Kind: models.ContentChanged,
		Data: models.EventData{Content: &models.ContentChange{Ref: resttest.First, ContentState: models.ContentState{Status: models.Succeeded, Progress: 100}}},
	}))
	return storetest.Commit(s.t, s.Store, storetest.End(task, models.Succeeded, task.UpdatedAt))
}

// written is a task with six lines in its log. The last is one of the server's own that
// Linkis writes without time and level.
func written(s *scene) *models.Task {
	task := storetest.Submit(s.t, s.Store, func(task *models.Task, _ *models.TaskState) { task.Owner = resttest.Member })
	change := storetest.Wrote(task, "one", "two <&>", "three", "", " four", "五")
	for i, level := range []models.LogLevel{models.Info, models.Warn, models.Error, models.Info, models.Debug, models.Debug} {
		change.Lines[i].At, change.Lines[i].Level = time.Date(2026, 3, 1, 4, 5, 6, 7_000_000, time.UTC), level
	}
	change.Lines[5].Stream = models.System
	return storetest.Commit(s.t, s.Store, change)
}

func writtenAndEnded(s *scene) *models.Task {
	task := written(s)
	return storetest.Commit(s.t, s.Store, storetest.End(task, models.Cancelled, task.UpdatedAt))
}

func TestGolden(t *testing.T) {
	t.Parallel()
	rows := goldens
	for _, is := range standings {
		rows = append(rows, golden{
			name: "3.2 status, " + is.name, bring: is.bring, path: "/entrance/{id}/status", data: `{"status":"` + is.state + `",{named}}`,
		})
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			for form, write := range idForms {
				if strings.Contains(row.path, "{id}") || form == "number" {
					row.try(t, s, write, strings.HasSuffix(form, "number"))
				}
			}
		})
	}
}

// idForms write the id of a task in each form that a path may have it in.
var idForms = map[string]func(*models.Task) string{
	"number":             func(t *models.Task) string { return models.TaskID(t.ID) },
	"execution id":       (*models.Task).ExecID,
	"encoded colon":      func(t *models.Task) string { return strings.ReplaceAll(t.ExecID(), ":", "%3A") },
	"encoded altogether": func(t *models.Task) string { return strings.ReplaceAll(url.QueryEscape(t.ExecID()), "_", "%5f") },
	"encoded number":     func(t *models.Task) string { return encodedDigits(t.ID) },
}

// encodedDigits percent-encodes what needs none, which a path may have all the same.
func encodedDigits(id int64) (text string) {
	for _, digit := range models.TaskID(id) {
		text += fmt.Sprintf("%%%02X", digit)
	}
	return text
}

func (g golden) try(t *testing.T, s *scene, write func(*models.Task) string, byNumber bool) {
	t.Helper()
	bring := g.bring
	if bring == nil {
		bring = (*scene).waiting
	}
	task := bring(s)
	id := write(task)
	fill := strings.NewReplacer(
		"{id}", decoded(id), "{named}", named(task, byNumber), "{byNumber}", named(task, true), "{execID}", task.ExecID(),
		"{taskID}", models.TaskID(task.ID), "{short}", task.ShortID(), "{at}", "2026-03-01 12:05:06.007 ",
	).Replace
	user, verb := g.as, g.verb
	if user == "" {
		user = resttest.Member
	}
	if verb == "" {
		verb = http.MethodGet
	}
	path, _, _ := strings.Cut(g.path, "?")
	sent := fill(strings.Replace(g.path, "{id}", id, 1))
	r := s.send(verb, sent, fill(g.body), s.as(user), header("Content-Type", "application/json"))
	message, code := g.message, g.http
	if message == "" {
		message = "OK"
	}
	if code == 0 {
		code = http.StatusOK
	}
	require.Equal(t, fmt.Sprintf(`{"data":%s,"message":"%s","method":"/api%s","status":%d}`, fill(g.data), fill(message), fill(path), g.status), r.body)
	require.Equal(t, code, r.http)
}
