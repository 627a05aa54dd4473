package linkis

import "stepcast/models"

// progressData is the data of progress.
type progressData struct {
	// Progress is 0.0 to 1.0.
	Progress javaFloat `json:"progress"`
	identity
	// ProgressInfo has a row for each step, [] without steps.
	ProgressInfo []progressInfo `json:"progressInfo"`
}

// progressInfo counts the contents of a step as Linkis counts the tasks of a stage.
type progressInfo struct {
	ID           string `json:"id"`
	SucceedTasks int    `json:"succeedTasks"`
	FailedTasks  int    `json:"failedTasks"`
	RunningTasks int    `json:"runningTasks"`
	TotalTasks   int    `json:"totalTasks"`
}

// progress answers GET entrance/{id}/progress.
func progress(c *call) (answer, error) {
	t, err := c.progressTarget()
	if err != nil {
		return answer{}, err
	}
	return ok(textOK, progressOf(t)), nil
}

func (c *call) progressTarget() (target, error) {
	return c.target(question{verb: "read", unknown: textProgressUnknown, load: c.poll})
}

func progressOf(t target) progressData {
	data := progressData{Progress: fraction(t.Task), identity: t.identity(), ProgressInfo: []progressInfo{}}
	for _, s := range t.Steps {
		if len(s.Contents) > 0 {
			data.ProgressInfo = append(data.ProgressInfo, infoOf(t.ID, s))
		}
	}
	return data
}

// fraction is the progress as Linkis has it: 1.0 in every final state and never
// before, because clients stop at 1.0.
func fraction(t *models.Task) javaFloat {
	if t.Status.Final() {
		return 1
	}
	return javaFloat(min(t.Progress/100, 0.99))
}

func infoOf(task int64, s *models.Step) progressInfo {
	info := progressInfo{ID: models.StepID(task, s.Number), TotalTasks: len(s.Contents)}
	for _, content := range s.Contents {
		switch {
		case content.Status == models.Succeeded:
			info.SucceedTasks++
		case content.Status == models.Failed, content.Status == models.TimedOut:
			info.FailedTasks++
		case content.Status.Active():
			info.RunningTasks++
		}
	}
	return info
}
