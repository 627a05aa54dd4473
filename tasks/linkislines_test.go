package tasks_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/store/storetest"
	"stepcast/tasks"
)

// clock is what the service takes for now.
type clock struct {
	mu  sync.Mutex // guards now
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// entrance is a service whose clock stands at 20:00:00 on 1 March 2026 in UTC+8.
func entrance(t *testing.T) (*bundle, *clock) {
	t.Helper()
	c := &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	return setup(t, storetest.OpenSQLite(t), func(o *tasks.Options) {
		o.Now, o.Zone = c.Now, time.FixedZone("UTC+8", 8*60*60)
	}), c
}

func linkisTask(code string) tasks.SubmitInput {
	in := oneStep()
	in.Origin, in.Creator, in.Engine, in.Entrance = tasks.OriginLinkis, "IDE", "shell", tasks.EntranceExecute
	in.Steps[0].Contents[0].Code = code
	return in
}

// told is the log as "LEVEL text" a line.
func (b *bundle) told(t *testing.T, id int64) []string {
	t.Helper()
	row, err := b.Row(b.ctx, admin, id)
	require.NoError(t, err)
	lines := make([]string, 0, row.LogLines)
	for _, line := range b.lines(t, row) {
		level := string(line.Level)
		if line.Stream == models.System {
			level = "SYSTEM-" + level
		}
		lines = append(lines, level+" "+line.Text)
	}
	require.Len(t, lines, int(row.LogLines))
	return lines
}

const banner = "SYSTEM-DEBUG ************************************SCRIPT CODE************************************"

// submittedLines are the first lines of task 1 with a code of two lines.
var submittedLines = []string{
	"SYSTEM-INFO Program is substituting variables for you",
	"SYSTEM-INFO Variables substitution ended successfully",
	"SYSTEM-INFO You have submitted a new job, script code (after variable substitution) is",
	banner, "SYSTEM-DEBUG echo 1", "SYSTEM-DEBUG ", "SYSTEM-DEBUG echo 2", banner,
	"SYSTEM-INFO Job with jobId : 1 and execID : IDE_max_shell_1 submitted ",
	"SYSTEM-INFO Your job is accepted,  jobID is exec_id018014linkis-cg-entrance127.0.0.1:9104IDE_max_shell_1 and taskID is 1 in ServiceInstance(linkis-cg-entrance, 127.0.0.1:9104). Please wait it to be scheduled(您的任务已经提交，进入排队中，如果一直没有更新日志，是任务并发达到了限制，可以进行参数修改)",
	"SYSTEM-INFO Your job is Scheduled. Please wait it to run.(您的任务已经调度运行中)",
}

const runningLine = "SYSTEM-INFO Your job is Running now. Please wait it to complete.(您的任务已经在运行中)"

// timeLines are the block of times of task 1, created at 20:00:00.
func timeLines(start, end, spent string) []string {
	return []string{
		"SYSTEM-INFO Task time point information(任务时间节点信息):",
		"SYSTEM-DEBUG [Task creation time(任务创建时间)]  :2026-03-01 20:00:00",
		"SYSTEM-DEBUG [Task scheduling time(任务调度时间)]:2026-03-01 20:00:00",
		"SYSTEM-DEBUG [Task start time(任务开始时间)]     :" + start,
		"SYSTEM-DEBUG [Task end time(任务结束时间)]       :" + end,
		"SYSTEM-INFO Your task jobId(您的任务) 1 The total time spent is(总耗时时间为): " + spent,
	}
}

func join(parts ...[]string) (all []string) {
	for _, part := range parts {
		all = append(all, part...)
	}
	return all
}

func TestLinkisLinesOfASuccess(t *testing.T) {
	t.Parallel()
	b, clock := entrance(t)
	task := b.submit(t, member, linkisTask("echo 1\r\n\necho 2\n"))
	require.Equal(t, submittedLines, b.told(t, task.ID), "they are there as soon as the task is")
	clock.pass(2 * time.Second)
	held := b.claim(t, "w1")
	require.Equal(t, join(submittedLines, []string{runningLine}), b.told(t, task.ID))
	b.begin(t, held, first)
	lease := tasks.LeaseOf(held)
	require.NoError(t, b.AppendLog(b.ctx, lease, []models.LogLine{{Attempt: 1, At: clock.Now(), Level: models.Info, Stream: models.Stdout, Text: "1"}}))
	into := b.NewResults(b.ctx, lease, 1, first)
	file(t, into, "a.txt", "x")
	file(t, into, "b.txt", "y")
	clock.pass(90 * time.Second)
	b.end(t, held, first, models.Succeeded)
	require.Equal(t, join(submittedLines, []string{
		runningLine, "INFO 1",
		"SYSTEM-INFO Congratulations! Your job : IDE_max_shell_1 executed with status succeed and 2 results.",
	}, timeLines("2026-03-01 20:00:02", "2026-03-01 20:01:32", "1.5 m"), []string{
		"SYSTEM-INFO Congratulations. Your job completed with status Success.",
	}), b.told(t, task.ID))
	b.requireFolded(t, task.ID)
}

func TestLinkisLinesOfSubmit(t *testing.T) {
	t.Parallel()
	b, _ := entrance(t)
	in := linkisTask("true")
	in.Entrance = ""
	task := b.submit(t, member, in)
	require.Contains(t, b.told(t, task.ID), "SYSTEM-INFO Your job is accepted,  jobID is IDE_max_shell_1 and jobReqId is 1 in ServiceInstance(linkis-cg-entrance, 127.0.0.1:9104). Please wait it to be scheduled(您的任务已经提交，进入排队中，如果一直没有更新日志，是任务并发达到了限制，可以进行参数修改)")
}

func TestLinkisLinesOfWhatDidNotSucceed(t *testing.T) {
	t.Parallel()
	sorry := func(status string) []string {
		return []string{"SYSTEM-INFO Sorry. Your job completed with a status " + status + ". You can view logs for the reason."}
	}
	killed := []string{"SYSTEM-ERROR Sorry, your job executed failed with reason: Job is killed by user!", "SYSTEM-ERROR Job is killed by user!"}
	failed := func(reason string) []string {
		return []string{"SYSTEM-ERROR Sorry, your job executed failed with reason: " + reason}
	}
	running := []string{runningLine}
	for name, c := range map[string]struct {
		end  func(t *testing.T, b *bundle, clock *clock, id int64)
		want []string
	}{
		"killed before the start": {func(t *testing.T, b *bundle, _ *clock, id int64) {
			_, err := b.Cancel(b.ctx, member, tasks.ControlInput{ID: id})
			require.NoError(t, err)
		}, join(killed, timeLines("not started", "2026-03-01 20:00:00", "0 ms"), sorry("Cancelled"))},
		"killed while running": {func(t *testing.T, b *bundle, _ *clock, id int64) {
			held := b.claim(t, "w1")
			b.begin(t, held, first)
			for range 2 {
				_, err := b.Cancel(b.ctx, member, tasks.ControlInput{ID: id})
				require.NoError(t, err)
			}
			b.end(t, held, first, models.Cancelled)
		}, join(running, killed, timeLines("2026-03-01 20:00:00", "2026-03-01 20:00:00", "0 ms"), sorry("Cancelled"))},
		"failed": {func(t *testing.T, b *bundle, clock *clock, _ int64) {
			held := b.claim(t, "w1")
			b.begin(t, held, first)
			clock.pass(2500 * time.Millisecond)
			b.end(t, held, first, models.Failed)
		}, join(running, failed("Exited with code 3"), timeLines("2026-03-01 20:00:00", "2026-03-01 20:00:02", "2.5 s"), sorry("Failed"))},
		"past its time limit": {func(t *testing.T, b *bundle, clock *clock, id int64) {
			held := b.claim(t, "w1")
			b.begin(t, held, first)
			clock.pass(3 * time.Hour)
			b.await(t, id, func(now *models.Task) bool { return now.Status == models.Cancelling })
			b.end(t, held, first, models.Cancelled)
		}, join(running, failed("Ran past its time limit of 5 s"), timeLines("2026-03-01 20:00:00", "2026-03-01 23:00:00", "3.00 h"), sorry("Timeout"))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, clock := entrance(t)
			in := linkisTask("echo 1\n\necho 2")
			in.TimeoutSeconds = 5
			task := b.submit(t, member, in)
			c.end(t, b, clock, task.ID)
			require.Equal(t, join(submittedLines, c.want), b.told(t, task.ID))
		})
	}
}

func TestLinkisScheduledLineWaitsForTheStart(t *testing.T) {
	t.Parallel()
	b, clock := entrance(t)
	in := linkisTask("echo 1\n\necho 2")
	in.StartAfter = ptr(clock.Now().Add(time.Minute))
	task := b.submit(t, member, in)
	scheduled := submittedLines[len(submittedLines)-1]
	require.Equal(t, submittedLines[:len(submittedLines)-1], b.told(t, task.ID))
	clock.pass(time.Hour)
	b.claim(t, "w1")
	require.Equal(t, join(submittedLines, []string{runningLine}), b.told(t, task.ID))
	_, err := b.Cancel(b.ctx, member, tasks.ControlInput{ID: task.ID})
	require.NoError(t, err)
	require.Contains(t, b.told(t, task.ID), "SYSTEM-DEBUG [Task scheduling time(任务调度时间)]:2026-03-01 20:01:00")
	require.Equal(t, 1, strings.Count(strings.Join(b.told(t, task.ID), "\n"), scheduled))
}

func TestTheCodeInTheLogIsBounded(t *testing.T) {
	t.Parallel()
	b, _ := entrance(t)
	for code, want := range map[string]struct {
		lines int
		cut   string
	}{
		strings.Repeat("echo\n", 500):                      {500, ""},
		strings.Repeat("echo\n", 501):                      {500, "SYSTEM-DEBUG … [cut: 5 bytes]"},
		strings.Repeat(strings.Repeat("x", 1023)+"\n", 40): {32, fmt.Sprintf("SYSTEM-DEBUG … [cut: %d bytes]", 8<<10)},
		strings.Repeat("x", 40<<10):                        {1, fmt.Sprintf("SYSTEM-DEBUG … [cut: %d bytes]", 8<<10)},
		"echo 1\n" + strings.Repeat("长", 20<<10):           {2, fmt.Sprintf("SYSTEM-DEBUG … [cut: %d bytes]", 60<<10+7-(32<<10-1))},
	} {
		told := b.told(t, b.submit(t, member, linkisTask(code)).ID)
		code := told[4 : len(told)-4]
		require.Equal(t, []string{banner, banner}, []string{told[3], told[len(told)-4]})
		if want.cut != "" {
			require.Equal(t, want.cut, code[len(code)-1])
			code = code[:len(code)-1]
		}
		require.Len(t, code, want.lines)
	}
}

func TestPlainLinesOfOtherSubmissions(t *testing.T) {
	t.Parallel()
	b, _ := entrance(t)
	task := b.submit(t, member, oneStep())
	held := b.claim(t, "w1")
	b.begin(t, held, first)
	b.end(t, held, first, models.Succeeded)
	require.Equal(t, []string{"SYSTEM-INFO Accepted from max", "SYSTEM-INFO Attempt 1 of 1 started", "SYSTEM-INFO Succeeded"}, b.told(t, task.ID))
	task = b.submit(t, member, oneStep())
	_, err := b.Cancel(b.ctx, operator, tasks.ControlInput{ID: task.ID})
	require.NoError(t, err)
	require.Equal(t, []string{"SYSTEM-INFO Accepted from max", "SYSTEM-WARN Ending: cancelled by olga", "SYSTEM-WARN Cancelled"}, b.told(t, task.ID))
}
