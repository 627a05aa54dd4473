package linkis_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/rest/resttest"
	"stepcast/store/storetest"
	"stepcast/tasks"
)

// ids are the ways to name a task in a path.
func ids(task *models.Task) map[string]bool {
	return map[string]bool{
		models.TaskID(task.ID):                        true,
		task.ExecID():                                 false,
		url.PathEscape(task.ExecID()):                 false,
		strings.ReplaceAll(task.ExecID(), ":", "%3A"): false,
	}
}

// named is what the data says of the task's name.
func named(task *models.Task, byNumber bool) string {
	if byNumber {
		return fmt.Sprintf(`"execID":"%s","taskID":%d`, task.ExecID(), task.ID)
	}
	return fmt.Sprintf(`"execID":"%s"`, task.ExecID())
}

// decoded is the id as the envelope repeats it.
func decoded(id string) string {
	text, _ := url.PathUnescape(id)
	return text
}

func TestProgress(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.Submit(resttest.Member, func(in *tasks.SubmitInput) {
		in.Steps = append(in.Steps, in.Steps[0])
		in.Steps[0].Contents = append(in.Steps[0].Contents, in.Steps[0].Contents[0])
	})
	row := func(step, succeeded, failed, running, total int) string {
		return fmt.Sprintf(`{"id":"%d-%d","succeedTasks":%d,"failedTasks":%d,"runningTasks":%d,"totalTasks":%d}`,
			task.ID, step, succeeded, failed, running, total)
	}
	golden := func(progress string, rows ...string) {
		t.Helper()
		for id, byNumber := range ids(task) {
			for verb, resource := range map[string]string{"progress": "", "progressWithResource": `,"yarnResource":null`} {
				r := b.get("/entrance/"+id+"/"+verb, b.as(resttest.Member))
				requireOK(t, r)
				require.Equal(t, fmt.Sprintf(`{"data":{"progress":%s,%s,"progressInfo":[%s]%s},"message":"OK","method":"/api/entrance/%s/%s","status":0}`,
					progress, named(task, byNumber), strings.Join(rows, ","), resource, decoded(id), verb), r.body)
			}
		}
	}
	golden("0.0", row(1, 0, 0, 0, 2), row(2, 0, 0, 0, 1))
	running := b.Claim()
	golden("0.0", row(1, 0, 0, 1, 2), row(2, 0, 0, 0, 1))
	b.End(running, resttest.First, tasks.Outcome{Status: models.Succeeded})
	golden("0.25", row(1, 1, 0, 0, 2), row(2, 0, 0, 0, 1))
	second := models.ContentRef{Step: 1, Content: 2}
	_, err := b.Tasks.Begin(t.Context(), tasks.LeaseOf(running), second)
	require.NoError(t, err)
	b.End(running, second, tasks.Outcome{Status: models.Failed, Failure: &models.TaskError{Code: models.ErrExitCode}})
	golden("1.0", row(1, 1, 1, 0, 2), row(2, 0, 0, 0, 1))
}

func TestLogReadByPiecesHasEachLineOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := storetest.Submit(t, b.Store, func(task *models.Task, _ *models.TaskState) { task.Owner = resttest.Member })
	var want []string
	for range 5 {
		var texts []string
		for range 100 {
			texts = append(texts, fmt.Sprint("line ", len(want)+len(texts)))
		}
		want = append(want, texts...)
		task = storetest.Commit(t, b.Store, storetest.Wrote(task, texts...))
	}
	var got []string
	for from := 0; len(got) < len(want); {
		r := b.get(fmt.Sprintf("/entrance/%s/log?fromLine=%d&size=37&distinctLevel=false", task.ExecID(), from), b.as(resttest.Member))
		requireOK(t, r)
		text := r.data["log"].(string)
		require.NotEmpty(t, text)
		for line := range strings.SplitSeq(text, "\n") {
			got = append(got, line[len("2026-03-01 12:05:06.007 INFO "):])
		}
		from = int(r.data["fromLine"].(float64))
	}
	require.Equal(t, want, got)
}
