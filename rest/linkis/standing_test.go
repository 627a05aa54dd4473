package linkis_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
)

// outcome is what becomes of a command.
type outcome struct {
	http, status int
	message      string
	after        models.Status
}

const (
	killedText = "Successfully killed the job(成功kill了job)"
	pausedText = "success to pause job (成功pause了job)"
	resumeText = "success to resume job (成功resume了job)"
)

func done(message string, after models.Status) outcome { return outcome{200, 0, message, after} }

// ended refuses to change what has ended.
func ended(verb string, after models.Status) outcome {
	return outcome{400, 1, fmt.Sprintf(completed, verb), after}
}

// commands says what kill, pause and resume do to a task in each standing.
var commands = map[string]map[string]outcome{
	"kill": {
		"waiting":                 done(killedText, models.Cancelled),
		"deferred":                done(killedText, models.Cancelled),
		"running":                 done(killedText, models.Cancelling),
		"pausing":                 done(killedText, models.Cancelling),
		"paused before the start": done(killedText, models.Cancelled),
		"paused after the start":  done(killedText, models.Cancelling),
		"cancelling":              done(killedText, models.Cancelling),
		"succeeded":               ended("kill", models.Succeeded),
		"failed":                  ended("kill", models.Failed),
		"cancelled":               done(killedText, models.Cancelled),
		"timed out":               ended("kill", models.TimedOut),
	},
	"pause": {
		"waiting":                 done(pausedText, models.Paused),
		"deferred":                done(pausedText, models.Paused),
		"running":                 done(pausedText, models.Pausing),
		"pausing":                 done(pausedText, models.Pausing),
		"paused before the start": done(pausedText, models.Paused),
		"paused after the start":  done(pausedText, models.Paused),
		"cancelling":              {400, 1, "Abnormal when pausing job, pause failed(pause job的时候出现了异常，pause失败)", models.Cancelling},
		"succeeded":               ended("pause", models.Succeeded),
		"failed":                  ended("pause", models.Failed),
		"cancelled":               ended("pause", models.Cancelled),
		"timed out":               ended("pause", models.TimedOut),
	},
	"resume": {
		"waiting":                 done(resumeText, models.Waiting),
		"deferred":                done(resumeText, models.Waiting),
		"running":                 done(resumeText, models.Running),
		"pausing":                 done(resumeText, models.Running),
		"paused before the start": done(resumeText, models.Waiting),
		"paused after the start":  done(resumeText, models.Paused), // until its worker says that it runs
		"cancelling":              {400, 1, "Abnormal when resuming job, resume failed(resume job的时候出现了异常，resume失败)", models.Cancelling},
		"succeeded":               ended("resume", models.Succeeded),
		"failed":                  ended("resume", models.Failed),
		"cancelled":               ended("resume", models.Cancelled),
		"timed out":               ended("resume", models.TimedOut),
	},
}

// forms are the forms of an id that each command is tried with; true is by number.
var forms = map[string]bool{"number": true, "execution id": false}

func idOf(task *models.Task, byNumber bool) string {
	if byNumber {
		return models.TaskID(task.ID)
	}
	return task.ExecID()
}

// TestCommandsTellTheTruth brings a task into each standing, by each form of its id.
func TestCommandsTellTheTruth(t *testing.T) {
	t.Parallel()
	for verb, outcomes := range commands {
		for _, is := range standings {
			t.Run(verb+", "+is.name, func(t *testing.T) {
				t.Parallel()
				want, known := outcomes[is.name]
				require.True(t, known)
				s := newScene(t)
				for form, byNumber := range forms {
					task := is.bring(s)
					id := idOf(task, byNumber)
					r := s.get("/entrance/"+id+"/"+verb, s.as("max"))
					require.Equal(t, fmt.Sprintf(`{"data":%s,"message":"%s","method":"/api/entrance/%s/%s","status":%d}`,
						dataOf(task, byNumber, want.status == 0), want.message, id, verb, want.status), r.body, form)
					require.Equal(t, want.http, r.http, form)
					require.Equal(t, want.after, s.Row(task.ID).Status, form)
				}
			})
		}
	}
}

// dataOf names the task in the data of a success.
func dataOf(task *models.Task, byNumber, success bool) string {
	if !success {
		return "{}"
	}
	return "{" + named(task, byNumber) + "}"
}

// TestKillJobsTellsTheTruth kills tasks in all standings with one call, by each form of
// their ids: each has the answer that kill alone would give.
func TestKillJobsTellsTheTruth(t *testing.T) {
	t.Parallel()
	for form, byNumber := range forms {
		t.Run("by "+form, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			var list []*models.Task
			ids, want := "", ""
			for i, is := range standings {
				task := is.bring(s)
				list = append(list, task)
				o := commands["kill"][is.name]
				id := idOf(task, byNumber)
				data := dataOf(task, byNumber, true)
				if o.status != 0 {
					data = fmt.Sprintf(`{"execID":"%s"}`, id)
				}
				if i > 0 {
					ids, want = ids+",", want+","
				}
				ids += `"` + id + `"`
				want += fmt.Sprintf(`{"data":%s,"message":"%s","method":"/api/entrance/%s/kill","status":%d}`, data, o.message, id, o.status)
			}
			r := s.post("/entrance/0/killJobs", `{"idList":[`+ids+`]}`, s.as("max"))
			require.Equal(t, `{"data":{"messages":[`+want+`]},"message":"success","method":"/api/entrance/0/killJobs","status":0}`, r.body)
			for i, is := range standings {
				require.Equal(t, commands["kill"][is.name].after, s.Row(list[i].ID).Status, is.name)
			}
		})
	}
}
