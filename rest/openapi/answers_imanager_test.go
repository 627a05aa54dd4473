package openapi_test

import (
	"fmt"
	"strings"
	"testing"

	"stepcast/models"
	"stepcast/rest/imanager"
	"stepcast/rest/resttest"
)

func readIManager(t *testing.T, w *world) {
	ended, waiting := w.ended(t), w.linkisTask()
	token := w.Token(resttest.Member)
	other := w.as(resttest.Other)
	for _, end := range []string{"", ".json"} {
		at := func(id int64, end string) string { return fmt.Sprint(imanager.Prefix, "/cloud/web/tasks/", id, end) }
		for _, call := range []struct{ verb, query string }{{"GET", ""}, {"HEAD", ""}, {"POST", "?_method=GET"}} {
			for _, task := range []*models.Task{ended, waiting} {
				path := at(task.ID, end) + call.query
				tag := w.call(t, 200, call.verb, path, "", "X-Auth-Token", token, "Accept-Language", "zh", "Prefer", "wait=0").Get("ETag")
				w.call(t, 304, call.verb, path, "", "token", token, "Accept-Language", "zh", "If-None-Match", tag)
			}
			for _, headers := range [][]string{{"X-Auth-Token", token, "If-None-Match", `"x"`, "Prefer", "wait=9"}, {"Authorization", "Bearer " + token}} {
				w.call(t, 200, call.verb, at(ended.ID, end)+call.query, "", headers...)
			}
			w.call(t, 401, call.verb, at(ended.ID, end)+call.query, "")
			w.call(t, 404, call.verb, at(999, end)+call.query, "", "X-Auth-Token", token)
			w.call(t, 404, call.verb, at(ended.ID, end)+call.query, "", other...)
		}
		w.call(t, 200, "GET", at(ended.ID, end)+"?_t=1&token="+token, "")
		w.call(t, 200, "GET", at(ended.ID, end)+";jsessionid=x", "", "X-Auth-Token", token)
		w.call(t, 405, "POST", at(ended.ID, end)+"?_method=HEAD", "", "X-Auth-Token", token)
		w.call(t, 405, "DELETE", at(ended.ID, end), "", "X-Auth-Token", token)
		w.call(t, 204, "OPTIONS", at(ended.ID, end), "", "Origin", "https://page.example", "Access-Control-Request-Method", "GET")
	}
	for _, path := range []string{"/cloud/web/tasks/1.xml", "/cloud/web/tasks/1.xml.json"} {
		for _, call := range []struct{ verb, query string }{{"GET", ""}, {"HEAD", ""}, {"POST", "?_method=GET"}} {
			status := 406
			if strings.HasSuffix(path, ".json") {
				status = 404
			}
			w.call(t, status, call.verb, imanager.Prefix+path+call.query, "", "X-Auth-Token", token)
		}
	}
}

func signInIManager(t *testing.T, w *world) {
	logins := []string{"/security/tokens", "/security/tokens.json", "/cloud/security/tokens", "/cloud/security/tokens.json"}
	for _, path := range logins {
		path = imanager.Prefix + path
		w.call(t, 200, "POST", path, imanagerPassword, "Content-Type", "application/json")
		w.call(t, 200, "POST", path, imanagerPassword, "Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
		w.call(t, 200, "POST", path, imanagerPassword)
		w.call(t, 400, "POST", path, "{}")
		w.call(t, 401, "POST", path, `{"username":"vera","password":"wrong"}`)
		w.call(t, 405, "GET", path, "")
		w.call(t, 204, "OPTIONS", path, "")
	}
	for _, path := range []string{"/security/logout", "/security/logout.json"} {
		path = imanager.Prefix + path
		foreign := w.cookie(t, tokenPath, imanagerPassword)
		w.call(t, 200, "GET", path, "")
		w.call(t, 403, "GET", path, "", foreign...)
		w.call(t, 200, "GET", path, "", foreign[:2]...)
		w.call(t, 200, "GET", path+"?token=x", "")
		w.call(t, 204, "OPTIONS", path, "")
		w.call(t, 405, "POST", path, "")
	}
	w.call(t, 401, "POST", imanager.Prefix+logins[0], `{"username":"vera","password":"wrong"}`)
	for _, path := range logins {
		w.call(t, 429, "POST", imanager.Prefix+path, `{"username":"vera","password":"wrong"}`)
	}
}
