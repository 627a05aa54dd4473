package linkis_test

import (
	"net/http"
	"net/url"
	"testing"

	"stepcast/models"
	"stepcast/rest/linkis"
)

// FuzzNeighbours sends any query to every neighbour that reads one.
func FuzzNeighbours(f *testing.F) {
	api := newFuzzed(f)
	id := models.TaskID(api.task.ID)
	for _, query := range []string{
		"", "path=file:///stepcast/tasks/" + id + "/results", "path=/stepcast/tasks/" + id + "/log.txt&page=2&pageSize=1&enableLimit=true&columnPage=2",
		"path=hdfs://h/stepcast/tasks/" + id + "/results/_0.dolphin&nullValue=BLANK", "taskID=1,2,3", "taskID=" + id + "&status=Running,Inited&isAdminView=true&proxyUser=max",
		"pageNow=2147483647&pageSize=100", "startDate=1&endDate=1", "startDate=-1", "endDate=253370764800000", "creator=%FF&instance=%00", "status=,", "%zz", ";;&=",
		"userName=max&password=x", "userName=%00&passwdEncrypt=%FF",
	} {
		f.Add(query)
	}
	paths := []string{
		"/jobhistory/list", "/jobhistory/listundonetasks", "/jobhistory/list-taskids", "/jobhistory/governanceStationAdmin",
		"/filesystem/getDirFileTrees", "/filesystem/openFile", "/filesystem/openLog", "/user/publicKey", "/gateway/heartbeat",
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, path := range paths {
			api.call(t, http.MethodGet, linkis.Prefix+path+"?"+query, "")
		}
		api.call(t, http.MethodPost, linkis.Prefix+"/user/login?"+query, "{}")
	})
}

// FuzzNeighbourPaths sends any path of a file, and any id of a task.
func FuzzNeighbourPaths(f *testing.F) {
	api := newFuzzed(f)
	for _, text := range []string{"1", api.task.ExecID(), "file:///stepcast/tasks/1/results", "/stepcast/tasks/1/log.txt", "exec_id", "%", "\xff", "0"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		escaped := url.QueryEscape(text)
		for _, path := range []string{"getDirFileTrees", "openFile", "openLog"} {
			api.call(t, http.MethodGet, linkis.Prefix+"/filesystem/"+path+"?path="+escaped, "")
		}
		api.call(t, http.MethodGet, linkis.Prefix+"/jobhistory/"+url.PathEscape(text)+"/get", "")
		for _, list := range []string{"list?creator=", "list?proxyUser=", "list?status=", "list?taskID=", "list?startDate=", "list?instance=", "list-taskids?taskID="} {
			api.call(t, http.MethodGet, linkis.Prefix+"/jobhistory/"+list+escaped, "")
		}
	})
}

// FuzzUserBodies sends any body to the endpoints of user.
func FuzzUserBodies(f *testing.F) {
	api := newFuzzed(f)
	for _, body := range []string{``, `{}`, `null`, `{"userName":"max","password":"x"}`, `{"userName":1}`, `{"userName":"max","passwdEncrypt":[]}`, `{"userName":"\u0000","password":"\ud800"}`} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, path := range []string{"/user/login", "/user/token-login", "/user/logout"} {
			api.call(t, http.MethodPost, linkis.Prefix+path, body)
		}
	})
}

// FuzzOriginals submits any params, source and labels, and reads them back.
func FuzzOriginals(f *testing.F) {
	api := newFuzzed(f)
	for _, part := range []string{`{}`, `null`, `[]`, `"x"`, `{"a":{"b":[1,2.50,null,"<&>\u2028"]}}`, `{"engineType":"x"}`, `{"scriptPath":"a-b"}`, `{`} {
		f.Add(part)
	}
	f.Fuzz(func(t *testing.T, part string) {
		for _, key := range []string{"params", "source", "labels"} {
			api.call(t, http.MethodPost, linkis.Prefix+"/entrance/submit", `{"executionCode":"true","executeApplicationName":"shell","`+key+`":`+part+`}`)
		}
		api.call(t, http.MethodGet, linkis.Prefix+"/jobhistory/list?pageSize=3", "")
	})
}
