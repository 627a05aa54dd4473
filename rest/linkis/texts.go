package linkis

import (
	"fmt"
	"net/http"
)

// The texts of Linkis, letter by letter.
const (
	textSubmitted  = textOK
	textKilled     = "Successfully killed the job(成功kill了job)"
	textForced     = "Forced Kill task (强制杀死任务)"
	textKilledJobs = "success"

	textCompleted = "The job already completed. Do not support %[1]s.(任务已经结束，不支持%[1]s)"

	textStatusUnknown   = "Get job by ID error and cannot obtain the corresponding task status.(获取job时发生异常，不能获取相应的任务状态)"
	textProgressUnknown = "The job corresponding to the ID is empty, and the corresponding task progress cannot be obtained.(ID 对应的job为空，不能获取相应的任务进度)"
	textLogUnknown      = "The job you just executed has ended. This interface no longer provides a query. It is recommended that you download the log file for viewing.(您刚刚执行的job已经结束，本接口不再提供查询，建议您下载日志文件进行查看)"
	textKillUnknown     = "Get job by ID error, kill failed.(获取job时发生异常，kill失败)"

	textKillLengths = "The length of the ID list does not match the length of the TASKID list(id列表的长度与taskId列表的长度不一致)"
	textKillArrays  = "Request parameter error, please use array(请求参数错误，请使用数组)"
)

// textAbnormal is for a job that is being ended. Linkis has the one for pause.
var textAbnormal = map[string]string{
	"pause":  "Abnormal when pausing job, pause failed(pause job的时候出现了异常，pause失败)",
	"resume": "Abnormal when resuming job, resume failed(resume job的时候出现了异常，resume失败)",
}

// The coded errors of a submission.
var (
	errNoLabels    = codedf(20008, "params cannot be empty ,  labels is null")
	errBlankCode   = codedf(20007, "The param executionCode cannot be empty (参数 executionCode 不能为空)")
	errNoCode      = codedf(20010, "The param executionCode cannot be empty (参数 executionCode 不能为空)")
	errNoScript    = codedf(20007, "The param executionCode and scriptPath cannot be empty at the same time(参数 executionCode 和 scriptPath 不能同时为空)")
	errNoEngine    = codedf(20009, "Label params invalid You need to specify engineTypeLabel in labels,such as spark-3.2.1")
	errNoRunType   = codedf(20009, "Label params invalid You need to specify runType in execution content, such as sql")
	errBadTimeout  = codedf(20009, "Label params invalid The task time tag is not set incorrectly, execution is not allowed.")
	errEmptyEngine = codedf(50079, "engineTypeLabel must be need")
	errEmptyCode   = codedf(30010, "Submitting the execution code, after code preprocessing, the real execution code is empty, please check the executed code(提交的执行代码，经过预处理后为空，请检查执行的代码是否为空或则只有注解)!")
	errQueueFull   = codedf(12001, "The submission job failed and the queue is full!(提交作业失败，队列已满！)")
)

// failed is the text of Linkis for what it has no text for. The stray s is theirs.
func failed(reason string) string {
	return "operation failed(操作失败)s！the reason(原因)：" + reason
}

// failedf is a refusal with that text.
func failedf(format string, args ...any) *refusal {
	return refusef(http.StatusBadRequest, "%s", failed(fmt.Sprintf(format, args...)))
}

// notANumber is what Java says of a text that it cannot read as a number.
func notANumber(text string) string {
	return fmt.Sprintf("NumberFormatException: For input string: %q", text)
}

// notExists is the text for a numeric id that names no task.
func notExists(id string) *refusal {
	return refusef(http.StatusNotFound, "taskId %s is not exists.", id)
}

// cannotFind is the text of pause for an execution id that names no task; ours of resume.
func cannotFind(id, verb string) string {
	return fmt.Sprintf("can not find the job of exexID :%[1]s can not %[2]s (不能找到execID: %[1]s对应的job，不能进行%[2]s)", id, verb)
}

// noPermission refuses somebody else's task. Linkis names the owner; here the owner is
// named only to those who may see the task.
func noPermission(verb, owner string) *refusal {
	r := refusef(http.StatusForbidden, "You have no permission to %s this job, excecute by user:%s", verb, owner)
	r.status = statusForbidden
	return r
}
