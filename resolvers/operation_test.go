package resolvers

import (
	"errors"
	"strings"
	"testing"

	"stepcast/models"
)

func TestWhatCannotBeParsedIsUnknown(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		`{task(id:"01"){id}}`:                                `{"data":{"task":null}}`,
		`{node(id:"run:7"){id}}`:                             `{"data":{"node":null}}`,
		`{nodes(ids:["1-","x","1-2-3-4"]){id}}`:              `{"data":{"nodes":[null,null,null]}}`,
		`{nodes(ids:[]){id}}`:                                `{"data":{"nodes":[]}}`,
		`{viewer{name role}}`:                                `{"data":{"viewer":{"name":"amy","role":"MEMBER"}}}`,
		`mutation{cancelTasks(ids:[]){results{__typename}}}`: `{"data":{"cancelTasks":{"results":[]}}}`,

		`mutation{retryTasks(ids:["x"]){results{userErrors{code}}}}`:   `{"data":{"retryTasks":{"results":[{"userErrors":[{"code":"NOT_FOUND"}]}]}}}`,
		`{viewer{scopes mayManageUsers expiresAt}}`:                    `{"data":{"viewer":{"scopes":["READ","SUBMIT","CONTROL","WORK"],"mayManageUsers":false,"expiresAt":null}}}`,
		`{server{database limits{steps labelKeyBytes}}}`:               `{"data":{"server":{"database":null,"limits":{"steps":200,"labelKeyBytes":128}}}}`,
		`mutation{revokeToken(id:"x"){token{id} userErrors{message}}}`: `{"data":{"revokeToken":{"token":null,"userErrors":[{"message":"token x does not exist"}]}}}`,
		`mutation{revokeToken(id:"+7"){userErrors{message}}}`:          `{"data":{"revokeToken":{"userErrors":[{"message":"token +7 does not exist"}]}}}`,

		`mutation{cancelTask(input:{id:"x"}){task{id} userErrors{code field message}}}`:                   `{"data":{"cancelTask":{"task":null,"userErrors":[{"code":"NOT_FOUND","field":null,"message":"task x does not exist"}]}}}`,
		`mutation{claimTask(id:"x"){task{id} userErrors{code}}}`:                                          `{"data":{"claimTask":{"task":null,"userErrors":[{"code":"NOT_FOUND"}]}}}`,
		`mutation{reportProgress(input:{taskId:"x",leaseToken:"",sequence:1}){desired userErrors{code}}}`: `{"data":{"reportProgress":{"desired":null,"userErrors":[{"code":"NOT_FOUND"}]}}}`,
	} {
		if got := setup(t, nil).run(t, query, ""); got != want {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
	}
}

// amy is a MEMBER: of users and of the tokens of others she sees nothing, and changes nothing.
func TestWhoMayNotManageUsers(t *testing.T) {
	t.Parallel()
	const refused = `"userErrors":[{"code":"FORBIDDEN","field":null}]`
	for query, want := range map[string]string{
		`{users{name}}`:              `{"data":{"users":[]}}`,
		`{user(name:"amy"){name}}`:   `{"data":{"user":null}}`,
		`{tokens(user:"bob"){name}}`: `{"data":{"tokens":[]}}`,
		`{tokens(user:""){name}}`:    `{"data":{"tokens":[]}}`,
		`mutation{createUser(input:{name:"",role:ADMIN,password:""}){user{name} userErrors{code field}}}`: `{"data":{"createUser":{"user":null,` + refused + `}}}`,
		`mutation{updateUser(input:{name:"amy",role:ADMIN}){user{name} userErrors{code field}}}`:          `{"data":{"updateUser":{"user":null,` + refused + `}}}`,
		`mutation{deleteUser(name:"amy"){user{name} userErrors{code field}}}`:                             `{"data":{"deleteUser":{"user":null,` + refused + `}}}`,
		`mutation{createToken(input:{name:"x",user:"bob"}){text userErrors{code field}}}`:                 `{"data":{"createToken":{"text":null,` + refused + `}}}`,

		// An empty list of scopes is not a token with every right.
		`mutation{createToken(input:{name:"x",scopes:[]}){text token{id} userErrors{code field}}}`: `{"data":{"createToken":{"text":null,"token":null,"userErrors":[{"code":"INVALID","field":["scopes"]}]}}}`,
	} {
		if got := setup(t, nil).run(t, query, ""); got != want {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
	}
}

func TestRefusedSubmissionNamesTheField(t *testing.T) {
	t.Parallel()
	const submit = `mutation($in:SubmitTaskInput!){submitTask(input:$in){task{id} userErrors{code field}}}`
	for name, test := range map[string]struct{ input, field string }{
		"a text by language": {
			`{"in":{"description":"d","steps":[{"description":"s","contents":[{"message":"m","runType":"shell","messageTexts":[{"locale":"en","text":"x"},{"locale":"EN","text":"y"}]}]}]}}`,
			`["steps","0","contents","0","messageTexts","1","locale"]`,
		},
		"no attempt": {`{"in":{"description":"d","maxAttempts":0,"steps":[]}}`, `["maxAttempts"]`},
	} {
		want := `{"data":{"submitTask":{"task":null,"userErrors":[{"code":"INVALID","field":` + test.field + `}]}}}`
		if got := setup(t, nil).run(t, submit, test.input); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}

func TestErrorsOfARequestHaveACode(t *testing.T) {
	t.Parallel()
	const filter = `query($f:TaskFilter){tasks(filter:$f){nodes{id}}}`
	manyIDs := `{"ids":["1"` + strings.Repeat(`,"1"`, 100) + `]}`
	for name, test := range map[string]struct {
		query, variables, code, message string
		viewer                          error
	}{
		"nobody":             {query: `{viewer{name}}`, code: codeUnauthenticated, message: "sign in first", viewer: models.Faultf(models.CodeUnauthenticated, "sign in first")},
		"database away":      {query: `mutation{cancelTask(input:{id:"1"}){task{id}}}`, code: codeUnavailable, message: "try again", viewer: models.Faultf(models.CodeUnavailable, "try again")},
		"syntax":             {query: `{`, code: codeParseFailed, message: "Expected Name"},
		"unknown field":      {query: `{nope}`, code: codeValidationFailed, message: "nope"},
		"introspection off":  {query: `{__schema{queryType{name}}}`, code: codeValidationFailed, message: "introspection disabled"},
		"too dear":           {query: `{tasks(first:100){nodes{log(first:10000){lines{number text}}}}}`, code: codeLimitExceeded, message: "complexity"},
		"variable":           {query: filter, variables: `{"f":{"owner":true}}`, code: codeBadUserInput, message: "variable $f.owner: cannot use bool as String"},
		"enum in small":      {query: filter, variables: `{"f":{"statuses":["running"]}}`, code: codeBadUserInput, message: `Status has no value \"running\"`},
		"number as text":     {query: filter, variables: `{"f":{"owner":7}}`, code: codeBadUserInput, message: "String must be a string, not a number"},
		"no instant":         {query: filter, variables: `{"f":{"createdAfter":"yesterday"}}`, code: codeBadUserInput, message: "DateTime must be RFC 3339"},
		"too many nodes":     {query: `query($ids:[ID!]!){nodes(ids:$ids){id}}`, variables: manyIDs, code: codeBadUserInput, message: "at most 100 ids, not 101"},
		"too many to cancel": {query: `mutation($ids:[ID!]!){cancelTasks(ids:$ids){results{__typename}}}`, variables: manyIDs, code: codeBadUserInput, message: "at most 100 ids, not 101"},
		"too many to retry":  {query: `mutation($ids:[ID!]!){retryTasks(ids:$ids){results{__typename}}}`, variables: manyIDs, code: codeBadUserInput, message: "at most 100 ids, not 101"},
		"scope in small":     {query: `mutation($s:[TokenScope!]){createToken(input:{name:"x",scopes:$s}){text}}`, variables: `{"s":["read"]}`, code: codeBadUserInput, message: `TokenScope has no value \"read\"`},
		"after no token":     {query: `{tokens(after:"x"){id}}`, code: codeBadUserInput, message: "after is the id of a token"},
		"no such stream":     {query: `subscription{taskLog(id:"x"){cursor}}`, code: codeNotFound, message: "task x does not exist"},
	} {
		got := setup(t, test.viewer).run(t, test.query, test.variables)
		if !strings.Contains(got, `"code":"`+test.code+`"`) || !strings.Contains(got, test.message) {
			t.Errorf("%s: got %s\nwant %s, %q", name, got, test.code, test.message)
		}
	}
}

func TestInternalErrorsAreMasked(t *testing.T) {
	t.Parallel()
	h := setup(t, errors.New("dial tcp 10.0.0.7: no route"))
	got := h.run(t, `query Who {viewer{name}}`, "")
	want := `{"errors":[{"message":"internal error","path":["viewer"],"locations":[{"line":1,"column":12}],"extensions":{"code":"INTERNAL","requestId":"request-1"}}],"data":null}`
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	for _, part := range []string{"request=request-1", "path=viewer", "no route"} {
		if !strings.Contains(h.log.String(), part) {
			t.Errorf("%q is not in the log: %s", part, h.log.String())
		}
	}
}

func TestPanicsAreMaskedAndLoggedWithTheirStack(t *testing.T) {
	t.Parallel()
	// Without a service the resolver dereferences nil.
	h := setup(t, nil)
	got := h.run(t, `{task(id:"1"){id}}`, "")
	if !strings.Contains(got, `"message":"internal error"`) || strings.Contains(got, "nil pointer") {
		t.Errorf("got %s", got)
	}
	if log := h.log.String(); strings.Count(log, "level=ERROR") != 1 || !strings.Contains(log, "query.go") {
		t.Errorf("want one line with the stack, got %s", log)
	}
}
