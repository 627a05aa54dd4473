package imanager_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/rest/resttest"
)

// formType is what iClient says of every request, whatever it sends.
const formType = "application/x-www-form-urlencoded;charset=UTF-8"

// quirks are those of section 1.5 of the reference on iManager: what its clients do that
// a server must survive, in the order of that list.
var quirks = []struct {
	number int
	client string
	prove  func(*testing.T, *bundle)
}{
	{1, "iClient says form on GET and on JSON POST, and makes browsers preflight", survivesFormType},
	{2, "iClient decodes every body before it looks at the status", survivesBlindDecoding},
	{3, "iClient appends .json when it is absent", survivesAppendedSuffix},
	{4, "pollers add _t", survivesCacheBuster},
	{5, "iclient-python says JSON on GET, raises on status, fails on unknown words", survivesPython},
	{6, "iClient gives up after 45 s", survivesShortPatience},
}

func TestQuirks(t *testing.T) {
	t.Parallel()
	for i, q := range quirks {
		require.Equal(t, i+1, q.number)
		t.Run(fmt.Sprintf("%d %s", q.number, q.client), func(t *testing.T) {
			t.Parallel()
			q.prove(t, setup(t))
		})
	}
}

func survivesFormType(t *testing.T, b *bundle) {
	task := b.Submit(resttest.Member)
	for _, at := range []string{"/imanager/security/tokens.json", "/imanager/cloud/security/tokens.json"} {
		for _, contentType := range []string{formType, "application/json; charset=UTF-8", "text/plain", "undefined", ""} {
			r := b.send("POST", at, `{"username":"max","password":"correct horse"}`, header("Content-Type", contentType), header("Accept", "*/*"))
			require.Equal(t, 200, r.http, r.body)
			require.NotContains(t, r.body, `"`, "the client keeps the text as it comes")
			require.Equal(t, strings.TrimSpace(r.body), r.body)
			got := b.get(path(task), header("X-Auth-Token", r.body), header("Content-Type", contentType), header("Accept", "*/*"))
			require.Equal(t, 200, got.http)
		}
	}
	r := b.send("OPTIONS", path(task), "", header("Origin", "https://maps.example"),
		header("Access-Control-Request-Method", "GET"), header("Access-Control-Request-Headers", "content-type,x-auth-token"))
	require.Equal(t, 204, r.http)
	require.Equal(t, "*", r.header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, "X-Auth-Token, Content-Type, token", r.header.Get("Access-Control-Allow-Headers"))
	require.Contains(t, r.header.Get("Access-Control-Allow-Methods"), "GET")
}

func survivesBlindDecoding(t *testing.T, b *bundle) {
	task := b.Submit(resttest.Member)
	for _, c := range []struct {
		verb, path, body string
		status           int
		options          []option
	}{
		{"GET", path(task), "", 200, []option{b.as(resttest.Member)}},
		{"GET", path(task), "", 401, nil},
		{"GET", path(task), "", 401, []option{header("X-Auth-Token", "undefined")}},
		{"GET", "/imanager/cloud/web/tasks/null.json", "", 404, []option{b.as(resttest.Member)}},
		{"GET", "/imanager/", "", 404, nil},
		{"GET", "/imanager", "", 404, nil},
		{"DELETE", path(task), "", 405, []option{b.as(resttest.Member)}},
		{"GET", path(task) + ".html", "", 406, []option{b.as(resttest.Member)}},
		{"POST", "/imanager/security/tokens", "", 400, nil},
		{"POST", "/imanager/security/tokens", `{"username":"max","password":"no"}`, 401, nil},
		{"GET", "/imanager/security/logout", "", 200, nil},
	} {
		r := b.send(c.verb, c.path, c.body, append(c.options, header("Accept", "text/html"))...)
		require.Equal(t, c.status, r.http, c)
		var decoded struct {
			Error *struct{ Code int }
		}
		require.NoError(t, json.Unmarshal([]byte(r.body), &decoded), c)
		require.Equal(t, c.status >= 300, decoded.Error != nil, "the body alone tells success from failure")
		if decoded.Error != nil {
			require.Equal(t, c.status, decoded.Error.Code, "and says the same as the status")
		}
	}
}

func survivesAppendedSuffix(t *testing.T, b *bundle) {
	task := b.Submit(resttest.Member)
	bare := strings.TrimSuffix(path(task), ".json")
	for _, address := range []string{bare + ".json", bare + ".json?_t=1", bare + ";jsessionid=0123.json"} {
		require.Equal(t, 200, b.get(address, b.as(resttest.Member)).http, address)
	}
	require.Equal(t, 200, b.send("POST", "/imanager/security/tokens.json", credentials).http)
	require.Equal(t, 200, b.get("/imanager/security/logout.json").http)
}

func survivesCacheBuster(t *testing.T, b *bundle) {
	task := b.Submit(resttest.Member)
	first := b.get(path(task)+"?_t=1700000000000", b.as(resttest.Member))
	require.Equal(t, 200, first.http)
	again := b.get(path(task)+"?_t=1700000001000&_t=2", b.as(resttest.Member), header("If-None-Match", first.header.Get("ETag")))
	require.Equal(t, 304, again.http, "the same task at another address")
}

func survivesPython(t *testing.T, b *bundle) {
	task := b.Submit(resttest.Member)
	r := b.send("POST", "/imanager/security/tokens.json", credentials, header("Content-Type", "application/json"))
	require.Equal(t, 200, r.http)
	response := http.Response{Header: r.header}
	cookies := response.Cookies()
	require.Len(t, cookies, 1)
	require.Equal(t, []any{"JSESSIONID", r.body, "/"}, []any{cookies[0].Name, cookies[0].Value, cookies[0].Path})
	jsonType := header("Content-Type", "application/json")
	for _, way := range []option{
		header("Cookie", cookies[0].Name+"="+cookies[0].Value),
		func(request *http.Request) { request.URL.RawQuery = url.Values{"token": {r.body}}.Encode() },
	} {
		got := b.get(path(task), way, jsonType)
		require.Equal(t, 200, got.http)
		require.Empty(t, unknownWords(got.body))
	}
	require.Equal(t, 401, b.get(path(task), jsonType).http, "it looks at the status alone")
}

// unknownWords lists the statuses of a task's body that the document does not have.
func unknownWords(text string) (unknown []string) {
	var got body
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		return []string{err.Error()}
	}
	known := []string{"DONE", "ERROR", "PENDING", "CANCELLING", "CANCELLED"}
	for i, word := range got.words() {
		if i == 1 {
			known = append(known, "WAITING") // of contents only
		}
		if !strings.Contains(" "+strings.Join(known, " ")+" ", " "+word+" ") {
			unknown = append(unknown, word)
		}
	}
	return unknown
}

func survivesShortPatience(t *testing.T, b *bundle) {
	finished := b.Finished(resttest.Member)
	for _, wish := range []string{"wait=45", "wait=86400", "wait=99999999999999999999"} {
		r := b.get(path(finished), b.as(resttest.Member), header("Prefer", wish))
		require.Equal(t, "wait=20", r.header.Get("Preference-Applied"), "it is told how long at most")
	}
	// Who never heard of Prefer is answered at once.
	waiting := b.Submit(resttest.Member)
	require.NotContains(t, b.get(path(waiting), b.as(resttest.Member)).header, "Preference-Applied")
}
