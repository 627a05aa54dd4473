// Package python is the executor of Python scripts.
package python

import "stepcast/executor/script"

// New makes the executor of the run type python. What a script prints is seen at once:
// Python would keep it back until it has a few KiB.
func New(o script.Options) *script.Executor {
	return script.New(script.Language{
		Name:         "python",
		Description:  "Runs the code as a Python 3 script",
		Interpreters: []string{"python3"},
		Setting:      "--python (STEPCAST_PYTHON)",
		File:         "script.py",
		Env:          []string{"PYTHONUNBUFFERED=1", "PYTHONIOENCODING=utf-8"},
	}, o)
}
