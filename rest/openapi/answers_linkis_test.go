package openapi_test

import (
	"fmt"
	"strings"
	"testing"

	"stepcast/models"
	"stepcast/rest/linkis"
	"stepcast/rest/resttest"
)

// linkisReads are the GETs of Linkis that change nothing. {id} is a task, {place} its
// folder.
var linkisReads = []struct {
	path string
	// bad is refused with 400; empty where nothing can be wrong.
	bad string
	// named: foreign tasks are 403 and unknown ones 404.
	named, open bool
}{
	{path: "entrance/{id}/status", bad: "entrance/abc/status", named: true},
	{path: "entrance/{id}/progress", bad: "entrance/abc/progress", named: true},
	{path: "entrance/{id}/progressWithResource", bad: "entrance/abc/progressWithResource", named: true},
	{path: "entrance/{id}/log", bad: "entrance/{id}/log?size=x", named: true},
	{path: "entrance/{id}/log?fromLine=1&size=-1&distinctLevel=false", named: true},
	{path: "jobhistory/{id}/get", bad: "jobhistory/999/get"},
	{path: "jobhistory/list?pageSize=1&status=Succeed,Running&startDate=0", bad: "jobhistory/list?pageSize=0"},
	{path: "jobhistory/listundonetasks?status=Succeed", bad: "jobhistory/listundonetasks?status=nonsense"},
	{path: "jobhistory/list-taskids?taskID=1,999", bad: "jobhistory/list-taskids"},
	{path: "jobhistory/governanceStationAdmin"},
	{path: "filesystem/getDirFileTrees?path={place}/results", bad: "filesystem/getDirFileTrees?path="},
	{path: "filesystem/getDirFileTrees?path=/nowhere"},
	{path: "filesystem/openFile?path={place}/results/_0.dolphin", bad: "filesystem/openFile?path={place}/results/_7.dolphin"},
	{path: "filesystem/openFile?path={place}/results/_1.dolphin&pageSize=1&page=2", bad: "filesystem/openFile?path={place}/log.txt&page=0"},
	{path: "filesystem/openFile?path={place}/log.txt"},
	{path: "filesystem/openLog?path={place}/log.txt", bad: "filesystem/openLog?path={place}/results"},
	{path: "user/userInfo"},
	{path: "user/heartbeat"},
	{path: "user/publicKey", open: true},
	{path: "user/baseinfo", open: true},
	{path: "gateway/heartbeat", open: true},
}

// linkisPath writes out a path of linkisReads.
func linkisPath(path, id string, task *models.Task) string {
	return linkis.Prefix + "/" + strings.NewReplacer("{id}", id, "{place}", fmt.Sprintf("file:///stepcast/tasks/%d", task.ID)).Replace(path)
}

func readLinkis(t *testing.T, w *world) {
	task := w.ended(t)
	waiting := w.linkisTask()
	measured := w.measured(t)
	member, other := w.as(resttest.Member), w.as(resttest.Other)
	for _, read := range linkisReads {
		for form, id := range forms(task) {
			if form != "number" && !strings.Contains(read.path, "{id}") {
				continue
			}
			path := linkisPath(read.path, id, task)
			for _, verb := range []string{"GET", "HEAD"} {
				w.call(t, 200, verb, path, "", member...)
				if !read.open {
					w.call(t, 401, verb, path, "")
					w.call(t, 401, verb, path, "", "Token-Code", "nonsense", "Token-User", "max")
				}
				if read.bad != "" {
					w.call(t, 400, verb, linkisPath(read.bad, id, task), "", member...)
				}
				if read.named {
					w.call(t, 403, verb, path, "", other...)
					w.call(t, 404, verb, linkisPath(read.path, "999", task), "", member...)
					w.call(t, 404, verb, linkisPath(read.path, "exec_id_99999", task), "", member...)
				}
			}
			w.call(t, 405, "PATCH", path, "", member...)
		}
		if read.named {
			w.call(t, 200, "GET", linkisPath(read.path, models.TaskID(waiting.ID), waiting), "", "Token-Code", w.Token(resttest.Member), "Token-User", "max")
		}
	}
	w.call(t, 200, "GET", linkisPath("entrance/{id}/progressWithResource", measured.ExecID(), measured), "", member...)
	w.call(t, 200, "GET", linkisPath("jobhistory/list?pageNow=&status=+&taskID=", "", task), "", member...)
	for _, verb := range []string{"status", "progress", "progressWithResource", "log", "pause"} {
		w.call(t, 200, "GET", linkisPath("entrance/exec_id_99999/"+verb+"?taskID="+models.TaskID(waiting.ID), "", waiting), "", member...)
	}
}

// submissions are bodies that are taken, of both styles.
var submissions = []string{
	`{"executionContent":{"code":"echo ${greeting}","runType":"shell"},"labels":{"engineType":"shell-1","userCreator":"max-IDE","jobRunningTimeout":"60"},"params":{"variable":{"greeting":"hello","n":1,"b":true,"z":null}},"source":{"scriptPath":"a.sh"}}`,
	`{"executionContent":{"code":"echo"},"labels":{"engineType":"shell","codeType":"shell","jobRunningTimeout":60},"executeUser":7,"params":null,"source":null}`,
	`{"executionCode":"echo","executeApplicationName":"shell","runType":"shell","requestApplicationName":"IDE","formatCode":true}`,
	`{"executionCode":"print(1)","runType":"python","labels":null}`,
	`{"executionCode":"echo","engineType":"shell","params":{"variable":null,"configuration":{"runtime":{}}}}`,
}

func submitLinkis(t *testing.T, w *world) {
	member := append(w.as(resttest.Member), "Content-Type", "application/json;charset=UTF-8")
	for _, verb := range []string{"execute", "submit"} {
		path := linkis.Prefix + "/entrance/" + verb
		for _, body := range submissions {
			w.call(t, 200, "POST", path, body, member...)
		}
		for _, body := range []string{
			"{", "null", "{}", `{"executionContent":{"code":" ","runType":"shell"},"labels":{"engineType":"shell-1"}}`,
			`{"executionContent":{"code":"x","runType":"shell"},"labels":{"engineType":"cobol-1"}}`,
			`{"executionCode":"x","runType":"shell","requestApplicationName":"a/b"}`,
		} {
			w.call(t, 400, "POST", path, body, member...)
		}
		w.call(t, 401, "POST", path, submissions[0])
		w.call(t, 403, "POST", path, submissions[0], append(w.as(resttest.Member, models.ScopeRead), "Content-Type", "application/json")...)
		w.call(t, 405, "GET", path, "", member...)
		w.call(t, 413, "POST", path, `{"x":"`+strings.Repeat("x", 2<<20)+`"}`, member...)
		w.call(t, 415, "POST", path, submissions[0], append(w.as(resttest.Member), "Content-Type", "text/plain")...)
	}
	w.Tasks.Stop()
	for _, verb := range []string{"execute", "submit"} {
		w.call(t, 503, "POST", linkis.Prefix+"/entrance/"+verb, submissions[0], member...)
	}
}

func controlLinkis(t *testing.T, w *world) {
	member, other, observer := w.as(resttest.Member), w.as(resttest.Other), w.as(resttest.Observer)
	ended, waiting := w.ended(t), w.linkisTask()
	for _, verb := range []string{"pause", "resume", "kill", "kill"} { // the second finds it cancelled
		for _, id := range forms(waiting) {
			at := func(id string) string { return linkis.Prefix + "/entrance/" + id + "/" + verb }
			if verb != "resume" {
				w.call(t, 200, "GET", at(id), "", member...)
			}
			w.call(t, 403, "GET", at(id), "", other...)
			w.call(t, 403, "GET", at(id), "", observer...)
			w.call(t, 401, "GET", at(id), "")
			w.call(t, 400, "GET", at("abc"), "", member...)
			w.call(t, 404, "GET", at("999"), "", member...)
			w.call(t, 405, "HEAD", at(id), "", member...)
		}
		for _, id := range forms(ended) {
			w.call(t, 400, "GET", linkis.Prefix+"/entrance/"+id+"/"+verb, "", member...)
		}
		if verb == "resume" {
			w.call(t, 200, "GET", linkis.Prefix+"/entrance/"+models.TaskID(waiting.ID)+"/resume", "", member...)
		}
	}
	next := models.TaskID(w.linkisTask().ID)
	w.call(t, 200, "GET", linkis.Prefix+"/entrance/x/kill?taskID="+next, "", member...)
	another := models.TaskID(w.linkisTask().ID)
	w.Tasks.Stop()
	for _, verb := range []string{"pause", "resume", "kill"} {
		w.call(t, 503, "GET", linkis.Prefix+"/entrance/"+another+"/"+verb, "", member...)
	}
}

func killLinkis(t *testing.T, w *world) {
	member := append(w.as(resttest.Member), "Content-Type", "application/json")
	ended, foreign := w.ended(t), w.Submit(resttest.Other)
	for _, id := range forms(ended) {
		path := linkis.Prefix + "/entrance/" + id + "/killJobs"
		mine := w.linkisTask()
		for _, body := range []string{
			`{"taskIDList":[],"idList":[]}`, `{"idList":null}`, `{"idList":["` + mine.ExecID() + `",null],"taskIDList":[0,"` + models.TaskID(w.linkisTask().ID) + `"]}`,
			fmt.Sprintf(`{"taskIDList":[%d,%d,999,%d]}`, mine.ID, foreign.ID, ended.ID), `{"idList":["abc","exec_id_99999"]}`,
			fmt.Sprintf(`{"idList":["exec_id_99999"],"taskIDList":[%d]}`, w.linkisTask().ID),
		} {
			w.call(t, 200, "POST", path, body, member...)
		}
		w.call(t, 400, "POST", path, `{"idList":"x"}`, member...)
		w.call(t, 400, "POST", path, `{"idList":["x"],"taskIDList":[]}`, member...)
		w.call(t, 400, "POST", path, `{"idList":[`+strings.Repeat("1,", 1000)+`1]}`, member...)
		w.call(t, 401, "POST", path, "{}")
		w.call(t, 403, "POST", path, "{}", append(w.cookie(t, loginPath, linkisPassword), "Content-Type", "application/json")...)
		w.call(t, 405, "GET", path, "", member...)
		w.call(t, 413, "POST", path, strings.Repeat(" ", 3<<20), member...)
		w.call(t, 415, "POST", path, "{}", append(w.as(resttest.Member), "Content-Type", "text/plain")...)
	}
}

func signInLinkis(t *testing.T, w *world) {
	const json = "application/json"
	foreign := w.cookie(t, loginPath, linkisPassword)
	w.call(t, 200, "POST", loginPath+"?userName=max&password="+strings.ReplaceAll(resttest.Password, " ", "+"), "")
	w.call(t, 200, "POST", loginPath, linkisPassword, "Content-Type", json, "Cookie", foreign[1])
	for _, body := range []string{"{", `{"userName":1}`, `{"userName":"","password":""}`, `{"userName":"max"}`} {
		w.call(t, 400, "POST", loginPath, body, "Content-Type", json)
	}
	w.call(t, 403, "POST", loginPath, linkisPassword, append(foreign, "Content-Type", json)...)
	w.call(t, 405, "GET", loginPath, "")
	w.call(t, 413, "POST", loginPath, strings.Repeat(" ", 3<<20), "Content-Type", json)
	w.call(t, 415, "POST", loginPath, "{}", "Content-Type", "text/plain")

	byToken := linkis.Prefix + "/user/token-login"
	w.call(t, 200, "POST", byToken, "", w.as(resttest.Member)...)
	w.call(t, 401, "POST", byToken, "")
	w.call(t, 403, "POST", byToken, "", "Cookie", "Token-Code="+w.Token(resttest.Member)+"; Token-User=max", "Sec-Fetch-Site", "cross-site")
	for _, verb := range []string{"GET", "POST", "PUT", "DELETE"} {
		logout := linkis.Prefix + "/user/logout"
		w.call(t, 200, verb, logout, "")
		foreign := w.cookie(t, loginPath, linkisPassword)
		w.call(t, 403, verb, logout, "", foreign...)
		w.call(t, 200, verb, logout, "", foreign[:2]...)
	}
	for range 5 {
		w.call(t, 400, "POST", loginPath, `{"userName":"mia","password":"wrong"}`, "Content-Type", json)
	}
	w.call(t, 429, "POST", loginPath, `{"userName":"mia","password":"wrong"}`, "Content-Type", json)
}
