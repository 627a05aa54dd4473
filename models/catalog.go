package models

import "strings"

// catalog has the server's own messages, by key and language. {0}, {1}, … stand
// for the arguments of the Text.
var catalog = map[string]map[string]string{
	"task.execute":    {"en": "Execute", "zh": "执行"},
	"content.waiting": {"en": "Waiting", "zh": "等待中"},
	"error.exit":      {"en": "Exited with code {0}", "zh": "退出码 {0}"},
	"error.http.address": {
		"en": "The host leads to {0}, a link-local or metadata address, which --http-targets does not name",
		"zh": "该主机指向链路本地或元数据地址 {0}，而 --http-targets 未列出该地址",
	},
	"error.http.body": {
		"en": "The response is larger than the limit of {0} bytes",
		"zh": "响应超过 {0} 字节的上限",
	},
	"error.http.broken": {
		"en": "The exchange with {0} broke: {1}",
		"zh": "与 {0} 的通信中断：{1}",
	},
	"error.http.connect": {
		"en": "Could not connect to {0}: {1}",
		"zh": "无法连接到 {0}：{1}",
	},
	"error.http.ended": {
		"en": "Ended before the response was complete",
		"zh": "在响应完成之前已被终止",
	},
	"error.http.redirect": {
		"en": "The response redirects to an address that is refused: {0}",
		"zh": "响应重定向到被拒绝的地址：{0}",
	},
	"error.http.redirects": {
		"en": "Redirected more than {0} times",
		"zh": "重定向超过 {0} 次",
	},
	"error.http.status": {
		"en": "The response is {0}; expected {1}",
		"zh": "响应为 {0}，预期为 {1}",
	},
	"error.http.target": {
		"en": "Requests to {0} are not allowed: the setting {1} does not list it",
		"zh": "不允许请求 {0}：设置 {1} 未列出该目标",
	},
	"error.results": {
		"en": "Produced more results than an execution may keep",
		"zh": "产生的结果超过一次执行可保留的上限",
	},
	"error.sql.ended": {
		"en": "Ended before all statements had run",
		"zh": "在所有语句执行完之前已被终止",
	},
	"error.sql.statement": {
		"en": "Statement {0} of {1} (line {2}) failed: {3}",
		"zh": "第 {0}/{1} 条语句（第 {2} 行）失败：{3}",
	},
	"error.killed":   {"en": "Ended by signal {0}", "zh": "被信号 {0} 终止"},
	"error.lease":    {"en": "The worker that ran it was lost", "zh": "执行它的工作进程已丢失"},
	"error.oom":      {"en": "Ran out of memory", "zh": "内存不足"},
	"error.output":   {"en": "Wrote more output than the limit of {0} bytes", "zh": "输出超过 {0} 字节的上限"},
	"error.reported": {"en": "Reported as failed by its worker", "zh": "工作进程报告失败"},
	"error.start":    {"en": "Could not start: {0}", "zh": "无法启动：{0}"},
	"error.timeout":  {"en": "Ran past its time limit of {0} s", "zh": "超过 {0} 秒的时间限制"},
}

func renderKey(key string, args, languages []string) string {
	texts := catalog[key]
	form, ok := "", false
	for _, want := range append(languages[:len(languages):len(languages)], "en") {
		if form, ok = lookup(texts, want); ok {
			break
		}
	}
	if !ok {
		return strings.Join(append([]string{key}, args...), " ")
	}
	return fill(form, args)
}

// fill replaces each {n} by args[n] in one pass, so that an argument is never read
// for placeholders; a number without an argument stays as it is.
func fill(form string, args []string) string {
	var out strings.Builder
	for {
		open := strings.IndexByte(form, '{')
		if open < 0 || open+2 >= len(form) || form[open+2] != '}' {
			if open < 0 {
				out.WriteString(form)
				return out.String()
			}
			out.WriteString(form[:open+1])
			form = form[open+1:]
			continue
		}
		index := int(form[open+1] - '0')
		out.WriteString(form[:open])
		if index >= 0 && index < len(args) {
			out.WriteString(args[index])
		} else {
			out.WriteString(form[open : open+3])
		}
		form = form[open+3:]
	}
}
