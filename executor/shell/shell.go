// Package shell is the executor of shell scripts.
package shell

import "stepcast/executor/script"

// New makes the executor of the run type shell: bash where there is one, else sh.
func New(o script.Options) *script.Executor {
	return script.New(script.Language{
		Name:         "shell",
		Description:  "Runs the code as a shell script, with bash where there is one, else sh",
		Interpreters: []string{"bash", "sh"},
		Setting:      "--shell (STEPCAST_SHELL)",
		File:         "script.sh",
	}, o)
}
