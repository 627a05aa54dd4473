package linkis_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/rest/resttest"
	"stepcast/store"
	"stepcast/store/storetest"
	"stepcast/tasks"
)

// storedAt stores a task of an owner that was submitted at an instant.
func storedAt(t *testing.T, s *store.Store, owner string, at time.Time, change func(*models.Task)) *models.Task {
	return storetest.Submit(t, s, func(task *models.Task, _ *models.TaskState) {
		task.Owner, task.CreatedAt = owner, at
		if change != nil {
			change(task)
		}
	})
}

func numbers(list []javaTask) []int64 {
	ids := []int64{}
	for _, task := range list {
		ids = append(ids, task.TaskID)
	}
	return ids
}

func TestListFilters(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	start := storetest.Start
	ms := func(hours int) string { return fmt.Sprint(start.Add(time.Duration(hours) * time.Hour).UnixMilli()) }
	a := s.submitAt(resttest.Member, start, func(task *models.Task) { task.Creator, task.Engine = "IDE", "spark" }).ID
	b := s.submitAt(resttest.Member, start.Add(time.Hour), func(task *models.Task) { task.Creator, task.Engine = "my_app", "spark" }).ID
	c := s.submitAt(resttest.Member, start.Add(25*time.Hour), func(task *models.Task) { task.Creator, task.Instance = "my_app", "10.0.0.1:9104" }).ID
	other := s.submitAt(resttest.Other, start.Add(2*time.Hour), nil).ID
	held := storetest.Commit(t, s.Store, storetest.Claim(taskOf(t, s, b), "worker-1"))
	require.Equal(t, models.Running, held.Status)

	for query, want := range map[string][]int64{
		"":                               {c, b, a},
		"taskID=" + models.TaskID(a):     {a},
		"taskID=" + models.TaskID(other): {},
		"taskID=99999":                   {},
		"taskID=-1":                      {},
		"creator=my_app":                 {c, b},
		"creator=my":                     {},
		"creator=MY_APP":                 {},
		"executeApplicationName=spark":   {b, a},
		"executeApplicationName=spark&creator=my_app": {b},
		"instance=10.0.0.1:9104":                      {c},
		"engineInstance=worker-1":                     {b},
		"engineInstance=worker":                       {},
		"status=Running":                              {b},
		"status=Running, Scheduled":                   {c, b, a},
		"status=Succeed,Failed":                       {},
		"status=WaitForRetry":                         {},
		"status=WaitForRetry,Running":                 {b},
		"startDate=" + ms(1):                          {c, b},
		"endDate=" + ms(1):                            {b, a},
		"startDate=" + ms(0) + "&endDate=" + ms(1):    {b, a},
		"startDate=" + ms(1) + "&endDate=" + ms(1):    {c, b}, // a day from there
		"startDate=" + ms(2) + "&endDate=" + ms(3):    {},
		"startDate=0&endDate=0":                       {},
		"startDate=" + ms(0) + "&status=Scheduled&pageNow=1&pageSize=1&creator=": {c},
		"isAdminView=true":  {c, b, a}, // of no effect for who may not see all
		"isAdminView=false": {c, b, a},
		"proxyUser=mia":     {c, b, a},
	} {
		r := s.get("/jobhistory/list?"+strings.ReplaceAll(query, " ", "%20"), s.as(resttest.Member))
		require.Equal(t, want, numbers(readTasks(t, r, "tasks")), query)
		if !strings.Contains(query, "pageSize") {
			require.EqualValues(t, len(want), r.data["totalPage"], query)
		}
	}
	admin := func(query string) []int64 {
		return numbers(readTasks(t, s.get("/jobhistory/list?isAdminView=true&"+query, s.as(resttest.Admin)), "tasks"))
	}
	require.Equal(t, []int64{c, other, b, a}, admin(""))
	require.Equal(t, []int64{other}, admin("proxyUser=Mia"))
	require.Empty(t, admin("proxyUser=nobody"))
	require.Empty(t, admin("proxyUser=%2A"))
}

func taskOf(t *testing.T, s *scene, id int64) *models.Task {
	t.Helper()
	task, err := s.Store.Task(t.Context(), id)
	require.NoError(t, err)
	return task
}

// TestListByStateShowsThatState: what a list is filtered by is what its tasks show.
func TestListByStateShowsThatState(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	want := map[string][]int64{}
	for _, is := range standings {
		id := is.bring(s).ID
		want[is.state] = append([]int64{id}, want[is.state]...)
	}
	require.Len(t, want, 7, "every state of Linkis but WaitForRetry")
	for state, ids := range want {
		r := s.get("/jobhistory/list?pageSize=100&status="+state, s.as(resttest.Member))
		for _, task := range readTasks(t, r, "tasks") {
			require.Equal(t, state, task.Status)
		}
		require.ElementsMatch(t, ids, numbers(readTasks(t, r, "tasks")), state)
		require.EqualValues(t, len(ids), r.data["totalPage"])
	}
	undone := append(append(append([]int64{}, want["Inited"]...), want["Scheduled"]...), want["Running"]...)
	r := s.get("/jobhistory/listundonetasks", s.as(resttest.Member))
	require.ElementsMatch(t, undone, numbers(readTasks(t, r, "tasks")))
	r = s.get("/jobhistory/listundonetasks?pageSize=100&status=Running,Inited,Scheduled", s.as(resttest.Member))
	require.ElementsMatch(t, undone, numbers(readTasks(t, r, "tasks")), "as the web console asks")
	r = s.get("/jobhistory/listundonetasks?engineType=spark", s.as(resttest.Member))
	require.Empty(t, readTasks(t, r, "tasks"))
	r = s.get("/jobhistory/listundonetasks?startTaskID="+models.TaskID(undone[0]), s.as(resttest.Member))
	require.Equal(t, undone[:1], numbers(readTasks(t, r, "tasks")))
}

func TestListPages(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	var all []int64
	for i := range 7 {
		// Two at a time in the same instant: then the number decides.
		all = append([]int64{s.submitAt(resttest.Member, storetest.Start.Add(time.Duration(i/2)*time.Hour), nil).ID}, all...)
	}
	var got []int64
	for page := 1; page <= 4; page++ {
		r := s.get(fmt.Sprintf("/jobhistory/list?pageNow=%d&pageSize=3", page), s.as(resttest.Member))
		require.EqualValues(t, 7, r.data["totalPage"], "it counts tasks")
		got = append(got, numbers(readTasks(t, r, "tasks"))...)
	}
	require.Equal(t, all, got)
	for _, first := range []string{"0", "-5", ""} {
		r := s.get("/jobhistory/list?pageSize=2&pageNow="+first, s.as(resttest.Member))
		require.Equal(t, all[:2], numbers(readTasks(t, r, "tasks")))
	}
	require.Equal(t, `{"data":{"tasks":[],"totalPage":0},"message":"OK","method":"/api/jobhistory/list","status":0}`,
		s.get("/jobhistory/list?pageNow=3", s.as(resttest.Other)).body)
}

func TestListShowsTheBeginningOfTheCode(t *testing.T) {
	t.Parallel()
	b := setup(t)
	code := "echo " + strings.Repeat("界", 10_000)
	task := b.Submit(resttest.Member, func(in *tasks.SubmitInput) { in.Steps[0].Contents[0].Code = code })
	list := readTasks(t, b.get("/jobhistory/list", b.as(resttest.Member)), "tasks")
	require.Equal(t, string([]rune(code)[:10_000]), list[0].ExecutionCode)
	require.Equal(t, code, b.getTask(task.ID).ExecutionCode)
}

func TestListRefusesBadInput(t *testing.T) {
	t.Parallel()
	b := setup(t)
	long := strings.Repeat("x", 129)
	for query, want := range map[string]string{
		"pageNow=x":                    generic + `NumberFormatException: For input string: "x"`,
		"pageNow=1.0":                  generic + `NumberFormatException: For input string: "1.0"`,
		"pageNow=501":                  generic + "pageNow is 1 to 500 with pageSize 20, not 501: narrow the list by date or status to see older tasks",
		"pageNow=101&pageSize=100":     generic + "pageNow is 1 to 100 with pageSize 100, not 101: narrow the list by date or status to see older tasks",
		"pageSize=0":                   generic + "pageSize is 1 to 100, not 0",
		"pageSize=101":                 generic + "pageSize is 1 to 100, not 101",
		"startDate=today":              generic + `NumberFormatException: For input string: "today"`,
		"startDate=-1":                 generic + "startDate is 0 to 253370764800000, in milliseconds since 1970, not -1",
		"endDate=99999999999999999":    generic + "endDate is 0 to 253370764800000, in milliseconds since 1970, not 99999999999999999",
		"taskID=abc":                   generic + `NumberFormatException: For input string: "abc"`,
		"status=running":               generic + `status "running" is none of Inited, WaitForRetry, Scheduled, Running, Succeed, Failed, Cancelled, Timeout`,
		"status=Running,":              generic + `status "" is none of Inited, WaitForRetry, Scheduled, Running, Succeed, Failed, Cancelled, Timeout`,
		"creator=" + long:              `Invalid creator : "` + long[:60] + `…"`,
		"creator=%FF":                  "Invalid creator : \"\uFFFD\"",
		"creator=a%00":                 "Invalid creator : \"a\x00\"",
		"executeApplicationName=1%0A1": "Invalid applicationName : \"1\n1\"",
		"instance=a%00":                "Invalid instances : \"a\x00\"",
		"engineInstance=" + long:       `Invalid instances : "` + long[:60] + `…"`,
		"proxyUser=" + long:            `Invalid proxyUser : "` + long[:60] + `…"`,
		"isAdminView=maybe":            generic + `IllegalArgumentException: Invalid boolean value "maybe" of isAdminView`,
	} {
		requireRefused(t, b.get("/jobhistory/list?"+query, b.as(resttest.Member)), 400, 1, want)
	}
	require.Equal(t, 400, b.get("/jobhistory/listundonetasks?engineType="+url.QueryEscape(long), b.as(resttest.Member)).http)
}
