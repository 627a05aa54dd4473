package tasks

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"stepcast/models"
)

// The texts are those that an entrance of Linkis writes into the log of a job, letter by
// letter, because scripts match on them. Lines that have no time and level there have
// level DEBUG here: the Linkis API shows a SYSTEM line of that level as it is.

const (
	textSubstituting = "Program is substituting variables for you"
	textSubstituted  = "Variables substitution ended successfully"
	textScript       = "You have submitted a new job, script code (after variable substitution) is"
	textBanner       = "************************************SCRIPT CODE************************************"
	// Both accepted lines end like this.
	textAccepted  = " in ServiceInstance(%s, %s). Please wait it to be scheduled(您的任务已经提交，进入排队中，如果一直没有更新日志，是任务并发达到了限制，可以进行参数修改)"
	textScheduled = "Your job is Scheduled. Please wait it to run.(您的任务已经调度运行中)"
	textRunning   = "Your job is Running now. Please wait it to complete.(您的任务已经在运行中)"
	textKilled    = "Job is killed by user!"
	textFailed    = "Sorry, your job executed failed with reason: "
)

// Bounds of the code that is repeated in the log.
const (
	bannerBytes = 32 << 10
	bannerLines = 500
)

// linkisTime is how Linkis writes an instant within a line.
const linkisTime = "2006-01-02 15:04:05"

func (d *draft) linkis() bool { return d.t.Origin == OriginLinkis }

func linkisSubmitted(d *draft, in *SubmitInput) {
	d.system(models.Info, textSubstituting)
	d.system(models.Info, textSubstituted)
	d.system(models.Info, textScript)
	d.system(models.Debug, textBanner)
	d.code(in.Steps[0].Contents[0].Code)
	d.system(models.Debug, textBanner)
	d.system(models.Info, fmt.Sprintf("Job with jobId : %d and execID : %s submitted ", d.t.ID, d.t.ShortID()))
	accepted := fmt.Sprintf("Your job is accepted,  jobID is %s and jobReqId is %d", d.t.ShortID(), d.t.ID)
	if in.Entrance == EntranceExecute {
		accepted = fmt.Sprintf("Your job is accepted,  jobID is %s and taskID is %d", d.t.ExecID(), d.t.ID)
	}
	d.system(models.Info, accepted+fmt.Sprintf(textAccepted, models.EntranceApp, d.t.Instance))
	if d.t.StartAfter == nil {
		d.system(models.Info, textScheduled)
	}
}

// code repeats the beginning of a code, line by line.
func (d *draft) code(code string) {
	end := min(len(code), bannerBytes)
	for end < len(code) && !utf8.RuneStart(code[end]) {
		end--
	}
	told, lines := 0, 0
	for line := range strings.Lines(code[:end]) {
		if lines++; lines > bannerLines {
			break
		}
		told += len(line)
		d.system(models.Debug, CleanLine(strings.TrimSuffix(line, "\n")))
	}
	if told < len(code) {
		d.system(models.Debug, fmt.Sprintf("… [cut: %d bytes]", len(code)-told))
	}
}

func linkisStarted(d *draft) {
	if d.t.StartAfter != nil && d.t.Attempt == 1 {
		d.system(models.Info, textScheduled)
	}
	d.system(models.Info, textRunning)
}

func linkisCancelled(d *draft, as models.Status) {
	if as == models.TimedOut {
		return // the reason is told at the end
	}
	d.system(models.Error, textFailed+textKilled)
	d.system(models.Error, textKilled)
}

// linkisEnded tells of the end: how many results there are or why there are none, when
// everything was, and the status.
func linkisEnded(d *draft, status models.Status, failure *models.TaskError) {
	switch {
	case status == models.Succeeded:
		d.system(models.Info, fmt.Sprintf("Congratulations! Your job : %s executed with status succeed and %d results.", d.t.ShortID(), d.results))
	case failure != nil:
		d.system(models.Error, textFailed+CleanLine(failure.Message.In()))
	}
	d.timePoints()
	if status == models.Succeeded {
		d.system(models.Info, "Congratulations. Your job completed with status Success.")
		return
	}
	words := map[models.Status]string{models.Failed: "Failed", models.Cancelled: "Cancelled", models.TimedOut: "Timeout"}
	d.system(models.Info, fmt.Sprintf("Sorry. Your job completed with a status %s. You can view logs for the reason.", words[status]))
}

// timePoints tells when the job was created, scheduled, started and ended.
func (d *draft) timePoints() {
	in := func(t time.Time) string { return t.In(d.zone).Format(linkisTime) }
	scheduled, started := d.t.CreatedAt, "not started"
	if d.t.StartAfter != nil {
		scheduled = *d.t.StartAfter
	}
	if d.t.StartedAt != nil {
		started = in(*d.t.StartedAt)
	}
	d.system(models.Info, "Task time point information(任务时间节点信息):")
	d.system(models.Debug, "[Task creation time(任务创建时间)]  :"+in(d.t.CreatedAt))
	d.system(models.Debug, "[Task scheduling time(任务调度时间)]:"+in(scheduled))
	d.system(models.Debug, "[Task start time(任务开始时间)]     :"+started)
	d.system(models.Debug, "[Task end time(任务结束时间)]       :"+in(d.now))
	spent := max(0, d.now.Sub(d.t.CreatedAt))
	d.system(models.Info, fmt.Sprintf("Your task jobId(您的任务) %d The total time spent is(总耗时时间为): %s", d.t.ID, linkisDuration(spent)))
}

// linkisDuration writes a duration as Linkis does: in the largest unit that it fills.
func linkisDuration(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%.1f m", d.Minutes())
	}
	return fmt.Sprintf("%.2f h", d.Hours())
}
