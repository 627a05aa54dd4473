// Package script runs the code of a content with an interpreter: what shell and python
// have in common.
//
// Each execution gets a private directory, removed afterwards, that has the code in a
// file and is its working directory, HOME and TMPDIR. Its environment is built from
// nothing: PATH, LANG, LC_ALL and TZ of the server, the task's variables, the params'
// env, and STEPCAST_TASK_ID, STEPCAST_ATTEMPT, STEPCAST_CONTENT_ID and STEPCAST_RESULTS.
// What it prints means what package executor says of script lines. The files that it
// leaves in the directory $STEPCAST_RESULTS are the results of the task.
//
// Whoever may submit scripts runs programs as the server's user. An interpreter is
// therefore no boundary, and params may name any program.
package script

import "time"

// Options are of the server.
type Options struct {
	// Interpreter is an absolute path or a name found on PATH; empty is the language's own.
	Interpreter string
	// WorkRoot is the directory that the directories of executions are made in. It is made
	// when it is missing; relative is to where the server was started.
	WorkRoot string
	// Grace is the time between TERM and KILL; 0 is process.GraceDefault.
	Grace time.Duration
	// OutputLimit is in bytes; 0 is executor.OutputLimitDefault.
	OutputLimit int64
	// Env is what every script gets, as "NAME=value"; nil is ServerEnv(os.Getenv).
	Env []string
	// DisabledReason switches the run type off and says why.
	DisabledReason string
	// Mark is for process.EndMarked; it may be empty.
	Mark string
}

// ServerEnv is what scripts get of the server's environment.
func ServerEnv(getenv func(string) string) []string {
	fallback := map[string]string{
		"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"LANG": "C.UTF-8",
	}
	var env []string
	for _, name := range []string{"PATH", "LANG", "LC_ALL", "TZ"} {
		value := getenv(name)
		if value == "" {
			value = fallback[name]
		}
		if value != "" {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// Language is what differs between run types.
type Language struct {
	// Name is the run type.
	Name        string
	Description string
	// Interpreters are the names that are tried, in order, when none is configured.
	Interpreters []string
	// Setting names the setting of the interpreter, for who has none of them.
	Setting string
	// File is the name of the code in its directory.
	File string
	// Env is what the interpreter needs, as "NAME=value".
	Env []string
}
