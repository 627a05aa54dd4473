package linkis_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/rest/linkis"
	"stepcast/rest/resttest"
)

// fuzzed is the API without a network, called by one user.
type fuzzed struct {
	handler http.Handler
	token   string
	task    *models.Task
}

func newFuzzed(f *testing.F) *fuzzed {
	f.Helper()
	b := resttest.Setup(f)
	return &fuzzed{
		handler: linkis.New(linkis.Options{Tasks: b.Tasks, Auth: b.Auth}),
		token:   b.Token(resttest.Member),
		task:    b.Submit(resttest.Member),
	}
}

// call sends a request of the user.
func (f *fuzzed) call(t *testing.T, verb, target, body string) {
	t.Helper()
	f.send(t, verb, target, body, http.Header{"Token-Code": {f.token}, "Token-User": {resttest.Member}})
}

// send sends a request, and fails unless the answer is an envelope and no 500.
func (f *fuzzed) send(t *testing.T, verb, target, body string, headers http.Header) {
	t.Helper()
	where, err := url.ParseRequestURI(target)
	if err != nil {
		t.Skip("no server gets as far as this")
	}
	r := httptest.NewRequestWithContext(t.Context(), verb, "/", strings.NewReader(body))
	r.URL, r.RequestURI = where, target
	r.Header = headers
	w := httptest.NewRecorder()
	f.handler.ServeHTTP(w, r)

	require.NotEqual(t, http.StatusInternalServerError, w.Code, w.Body)
	require.Equal(t, "application/json;charset=UTF-8", w.Header().Get("Content-Type"))
	var e struct {
		Data    map[string]any `json:"data"`
		Message *string        `json:"message"`
		Method  *string        `json:"method"`
		Status  *int           `json:"status"`
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &e), w.Body)
	require.NotNil(t, e.Data, w.Body)
	require.NotNil(t, e.Message)
	require.NotNil(t, e.Method)
	require.Equal(t, w.Code == http.StatusOK, *e.Status == 0, w.Body)
}

// FuzzPaths sends any path, and any id to each endpoint that takes one.
func FuzzPaths(f *testing.F) {
	api := newFuzzed(f)
	for _, id := range []string{
		"1", "0", "-1", "abc", "exec_id", "exec_id018014linkis-cg-entrance127.0.0.1:9104IDE_max_shell_1", "%00", "%2F", "..", "a/b/c", "%E4%B8%AD", "exec_id_9999999999999999999",
		url.PathEscape(api.task.ExecID()), strings.Repeat("9", 400),
	} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		api.call(t, http.MethodGet, linkis.Prefix+"/"+id, "")
		for path, verb := range endpoints {
			api.call(t, verb, linkis.Prefix+at(path, id)+"?taskID="+url.QueryEscape(id), "{}")
		}
	})
}

// FuzzBodies sends any body to the endpoints that take one.
func FuzzBodies(f *testing.F) {
	api := newFuzzed(f)
	for _, body := range submissions {
		f.Add(body)
	}
	for _, body := range []string{
		``, `null`, `[]`, `{`, `{"executionContent":null}`, `{"labels":{"engineType":{}}}`, `{"idList":[1,"2",null],"taskIDList":[[]]}`,
		`{"executionContent":{"code":"${run_date-1} ${run_mon+x}","runType":"shell"},"labels":{"engineType":"shell"},"params":{"variable":{"run_date":"20240230"}}}`,
		`{"executionCode":"--@set a=1\n#@set b=${a}\n${a*0}","runType":"sql","executeApplicationName":"shell"}`,
		`{"executionCode":"x","requestApplicationName":"\ud800","source":{"scriptPath":"\u0000"}}`,
		`{"executionContent":{"code":"x","runType":"shell"},"labels":{"engineType":1e999,"userCreator":"max-a/b","jobRunningTimeout":-1}}`,
		`{"idList":["` + api.task.ExecID() + `"],"taskIDList":[9223372036854775808]}`, `{"idList":[],"taskIDList":null}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, path := range []string{"/entrance/execute", "/entrance/submit", "/entrance/1/killJobs"} {
			api.call(t, http.MethodPost, linkis.Prefix+path, body)
		}
	})
}

// FuzzLogQuery sends any query to log.
func FuzzLogQuery(f *testing.F) {
	api := newFuzzed(f)
	for _, query := range []string{"", "fromLine=1&size=-1", "fromLine=x", "size=99999999999", "distinctLevel=false", "%zz", ";;&=", "fromLine=2147483647&size=2147483647"} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		api.call(t, http.MethodGet, linkis.Prefix+at("/entrance/{id}/log", api.task.ID)+"?"+query, "")
	})
}

// FuzzTaskID sends any taskID to each endpoint, for an id that names no task.
func FuzzTaskID(f *testing.F) {
	api := newFuzzed(f)
	for _, query := range []string{
		"taskID=1", "taskID=", "taskID=-1", "taskID=9223372036854775808", "taskID=%00", "taskID=x&taskID=1", "taskid=1", "taskID=１",
		"taskID=" + url.QueryEscape(api.task.ExecID()), "%zz=1&taskID=1", "taskID=1;2",
	} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		for path, verb := range endpoints {
			if strings.Contains(path, "{id}") {
				api.call(t, verb, linkis.Prefix+at(path, "exec_id_99999")+"?"+query, `{"idList":["exec_id_99999"]}`)
			}
		}
	})
}

// FuzzAnonymousLogin sends any body to login, of somebody who has not signed in yet.
func FuzzAnonymousLogin(f *testing.F) {
	api := newFuzzed(f)
	for _, body := range []string{
		`{"userName":"max","password":"correct horse"}`, `{"userName":"MAX","password":""}`, `{"userName":"a\u0000b","password":"x"}`,
		`{"userName":["max"],"password":{}}`, `{"passwdEncrypt":"x"}`, `{}`, `null`, `"`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		api.send(t, http.MethodPost, linkis.Prefix+"/user/login", body, http.Header{})
	})
}
