package linkis_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/rest/resttest"
	"stepcast/tasks"
)

const completed = "The job already completed. Do not support %[1]s.(任务已经结束，不支持%[1]s)"

func TestKill(t *testing.T) {
	t.Parallel()
	b := setup(t)
	waiting := b.Submit(resttest.Member)
	for id, byNumber := range ids(waiting) {
		r := b.get("/entrance/"+id+"/kill", b.as(resttest.Member))
		requireOK(t, r) // the second time too: it is cancelled already
		require.Equal(t, fmt.Sprintf(`{"data":{%s},"message":"Successfully killed the job(成功kill了job)","method":"/api/entrance/%s/kill","status":0}`,
			named(waiting, byNumber), decoded(id)), r.body)
		require.Equal(t, models.Cancelled, b.Row(waiting.ID).Status)
	}

	b.Submit(resttest.Member)
	running := b.Claim()
	for range 2 {
		requireOK(t, b.get("/entrance/"+running.ExecID()+"/kill?taskID=99999", b.as(resttest.Admin)))
		require.Equal(t, models.Cancelling, b.Row(running.ID).Status)
	}

	fallback := b.Submit(resttest.Member)
	r := b.get(fmt.Sprintf("/entrance/%s9/kill?taskID=%d", fallback.ExecID(), fallback.ID), b.as(resttest.Member))
	requireOK(t, r)
	require.Equal(t, "Forced Kill task (强制杀死任务)", r.message)
	require.Empty(t, r.data)
	require.Equal(t, models.Cancelled, b.Row(fallback.ID).Status)
}

func TestKillNeedsTheRightEvenForWhatIsCancelled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.Submit(resttest.Member)
	requireOK(t, b.get(at("/entrance/{id}/kill", task.ID), b.as(resttest.Member)))
	r := b.get(at("/entrance/{id}/kill", task.ID), b.as(resttest.Observer))
	requireRefused(t, r, 403, 3, "You have no permission to kill this job, excecute by user:max")
}

func TestControlNeedsItsScopeAndNoOther(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bearer := func(scopes ...models.Scope) option {
		return header("Authorization", "Bearer "+b.Token(resttest.Member, scopes...))
	}
	task := b.Submit(resttest.Member)
	reader, controller := bearer(models.ScopeRead, models.ScopeSubmit, models.ScopeWork), bearer(models.ScopeControl)
	for _, verb := range []string{"pause", "resume", "kill", "kill"} {
		for id := range ids(task) {
			r := b.get("/entrance/"+id+"/"+verb, reader)
			requireRefused(t, r, 403, 3, "You have no permission to "+verb+" this job, excecute by user:max")
			requireOK(t, b.get("/entrance/"+id+"/"+verb, controller))
		}
	}
	require.Equal(t, 403, b.get(at("/entrance/{id}/status", task.ID), controller).http)
	requireOK(t, b.get(at("/entrance/{id}/status", task.ID), reader))
}

func TestPauseAndResume(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.Submit(resttest.Member)
	for id, byNumber := range ids(task) {
		for _, verb := range []string{"pause", "resume"} {
			status := map[string]models.Status{"pause": models.Paused, "resume": models.Waiting}[verb]
			for range 2 {
				r := b.get("/entrance/"+id+"/"+verb, b.as(resttest.Member))
				requireOK(t, r)
				require.Equal(t, fmt.Sprintf(`{"data":{%s},"message":"success to %[2]s job (成功%[2]s了job)","method":"/api/entrance/%[3]s/%[2]s","status":0}`,
					named(task, byNumber), verb, decoded(id)), r.body)
				require.Equal(t, status, b.Row(task.ID).Status)
			}
		}
	}
	running := b.Claim()
	requireOK(t, b.get(at("/entrance/{id}/pause", task.ID), b.as(resttest.Operator)))
	require.Equal(t, models.Pausing, b.Row(task.ID).Status)
	requireOK(t, b.get(at("/entrance/nothing/resume?taskID={id}", task.ID), b.as(resttest.Member)))
	require.Equal(t, models.Running, b.Row(task.ID).Status)

	requireOK(t, b.get(at("/entrance/{id}/kill", task.ID), b.as(resttest.Member)))
	r := b.get(at("/entrance/{id}/pause", task.ID), b.as(resttest.Member))
	requireRefused(t, r, 400, 1, "Abnormal when pausing job, pause failed(pause job的时候出现了异常，pause失败)")
	b.End(running, resttest.First, tasks.Outcome{Status: models.Cancelled})
	for _, verb := range []string{"pause", "resume"} {
		r := b.get(at("/entrance/{id}/"+verb, task.ID), b.as(resttest.Member))
		requireRefused(t, r, 400, 1, fmt.Sprintf(completed, verb))
	}
}

// message is one item of killJobs.
type message struct {
	Data    map[string]any `json:"data"`
	Message string         `json:"message"`
	Method  string         `json:"method"`
	Status  int            `json:"status"`
}

func messages(t *testing.T, r reply) []message {
	t.Helper()
	requireOK(t, r)
	require.Equal(t, "success", r.message)
	require.Len(t, r.data, 1)
	text, err := json.Marshal(r.data["messages"])
	require.NoError(t, err)
	var list []message
	require.NoError(t, json.Unmarshal(text, &list))
	return list
}

func TestKillJobs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var mine []*models.Task
	for range 5 {
		mine = append(mine, b.Submit(resttest.Member))
	}
	foreign := b.Submit(resttest.Other)
	ended := b.Submit(resttest.Member)
	requireOK(t, b.get(at("/entrance/{id}/kill", ended.ID), b.as(resttest.Member)))

	body := fmt.Sprintf(`{"idList": [%q, "%d", "gone", null, %q, %q, "x"], "taskIDList": [0, 0, %d, "%d", 0, %d, null]}`,
		mine[0].ExecID(), mine[1].ID, foreign.ExecID(), ended.ExecID(), mine[2].ID, mine[3].ID, ended.ID)
	got := messages(t, b.post("/entrance/"+mine[0].ExecID()+"/killJobs", body, b.as(resttest.Member)))
	killed := "Successfully killed the job(成功kill了job)"
	require.Equal(t, []message{
		{map[string]any{"execID": mine[0].ExecID()}, killed, "/api/entrance/" + mine[0].ExecID() + "/kill", 0},
		{map[string]any{"execID": mine[1].ExecID(), "taskID": float64(mine[1].ID)}, killed, fmt.Sprintf("/api/entrance/%d/kill", mine[1].ID), 0},
		{map[string]any{}, "Forced Kill task (强制杀死任务)", "/api/entrance/gone/kill", 0},
		{map[string]any{"execID": mine[3].ExecID(), "taskID": float64(mine[3].ID)}, killed, fmt.Sprintf("/api/entrance/%d/kill", mine[3].ID), 0},
		{map[string]any{"execID": foreign.ExecID()}, "You have no permission to kill this job, excecute by user:another user", "/api/entrance/" + foreign.ExecID() + "/kill", 3},
		{map[string]any{"execID": ended.ExecID()}, killed, "/api/entrance/" + ended.ExecID() + "/kill", 0},
		{map[string]any{"execID": "x"}, `NumberFormatException: For input string: "x"`, "/api/entrance/x/kill", 1},
	}, got)
	for _, task := range mine[:4] {
		require.Equal(t, models.Cancelled, b.Row(task.ID).Status)
	}
	require.Equal(t, models.Waiting, b.Row(mine[4].ID).Status)
	require.Equal(t, models.Waiting, b.Row(foreign.ID).Status)
}

func TestKillJobsWithOneListOrNone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, body := range []func(*models.Task) string{
		func(t *models.Task) string { return fmt.Sprintf(`{"idList":[%q]}`, t.ExecID()) },
		func(t *models.Task) string { return fmt.Sprintf(`{"idList":["%d"]}`, t.ID) },
		func(t *models.Task) string { return fmt.Sprintf(`{"taskIDList":[%d]}`, t.ID) },
		func(t *models.Task) string { return fmt.Sprintf(`{"taskIDList":["%d"],"idList":null}`, t.ID) },
	} {
		task := b.Submit(resttest.Member)
		got := messages(t, b.post("/entrance/ignored/killJobs", body(task), b.as(resttest.Member)))
		require.Len(t, got, 1)
		require.Zero(t, got[0].Status, got[0])
		require.Equal(t, models.Cancelled, b.Row(task.ID).Status)
	}
	for _, body := range []string{`{}`, `{"idList":[],"taskIDList":[]}`, `{"idList":null}`} {
		task := b.Submit(resttest.Member)
		r := b.post("/entrance/"+task.ExecID()+"/killJobs", body, b.as(resttest.Member))
		require.Equal(t, fmt.Sprintf(`{"data":{"messages":[{"data":{"execID":"%[1]s"},"message":"Successfully killed the job(成功kill了job)",`+
			`"method":"/api/entrance/%[1]s/kill","status":0}]},"message":"success","method":"/api/entrance/%[1]s/killJobs","status":0}`, task.ExecID()), r.body)
		require.Equal(t, models.Cancelled, b.Row(task.ID).Status)
	}
}

func TestKillJobsRefusesWhatItCannotPair(t *testing.T) {
	t.Parallel()
	b := setup(t)
	lengths := "The length of the ID list does not match the length of the TASKID list(id列表的长度与taskId列表的长度不一致)"
	arrays := "Request parameter error, please use array(请求参数错误，请使用数组)"
	for body, want := range map[string]string{
		`{"idList":["a"],"taskIDList":[]}`:                     lengths,
		`{"idList":["a"],"taskIDList":[1,2]}`:                  lengths,
		`{"idList":"a"}`:                                       arrays,
		`{"idList":["a"],"taskIDList":1}`:                      arrays,
		`{"taskIDList":{}}`:                                    arrays,
		`{"idList":[{}]}`:                                      generic + "ClassCastException: idList[0] is neither a text nor a number",
		`{"taskIDList":[1,true]}`:                              generic + "ClassCastException: taskIDList[1] is neither a text nor a number",
		`{"taskIDList":[1` + strings.Repeat(",1", 1000) + `]}`: "killJobs takes at most 1000 ids, not 1001",
	} {
		requireRefused(t, b.post("/entrance/1/killJobs", body, b.as(resttest.Member)), 400, 1, want)
	}
}
