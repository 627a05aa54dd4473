package script

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"stepcast/executor"
	"stepcast/internal/process"
)

// Executor runs the scripts of one language.
type Executor struct {
	language Language
	options  Options
	// interpreter is the path of the default one; reason says why nothing can run.
	interpreter string
	reason      string
}

var (
	_ executor.Executor      = (*Executor)(nil)
	_ executor.ParamsChecker = (*Executor)(nil)
)

// New makes the executor of a language. One that cannot run is made too, and says why
// in its Info. An interpreter that is installed later counts after a restart.
func New(l Language, o Options) *Executor {
	if o.OutputLimit <= 0 {
		o.OutputLimit = executor.OutputLimitDefault
	}
	if o.Env == nil {
		o.Env = ServerEnv(os.Getenv)
	}
	e := &Executor{language: l, options: o, reason: o.DisabledReason}
	if root, err := filepath.Abs(o.WorkRoot); err == nil {
		e.options.WorkRoot = root
	}
	names := l.Interpreters
	if o.Interpreter != "" {
		names = []string{o.Interpreter}
	}
	for _, name := range names {
		if path, err := findInterpreter(name); err == nil {
			e.interpreter = path
			return e
		}
	}
	if e.reason == "" {
		e.reason = fmt.Sprintf("%s was not found on the server: install it, or name another interpreter with %s",
			strings.Join(names, " or "), l.Setting)
	}
	return e
}

// findInterpreter takes an absolute path or a name without a slash.
func findInterpreter(name string) (string, error) {
	if filepath.Base(name) != name && !filepath.IsAbs(name) {
		return "", fmt.Errorf("%q is neither a name nor an absolute path", name)
	}
	path, err := process.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%q was not found, or is no program", name)
	}
	return filepath.Abs(path)
}

// Info implements executor.Executor.
func (e *Executor) Info() executor.Info {
	return executor.Info{
		Name:         e.language.Name,
		Reason:       e.reason,
		Description:  e.language.Description,
		ParamsSchema: paramsSchema,
	}
}

var paramsSchema = json.RawMessage(`{
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "interpreter": {
      "type": "string",
      "description": "Runs the code: a name found on the server's PATH, or an absolute path"
    },
    "env": {
      "type": "object",
      "additionalProperties": {"type": "string"},
      "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"},
      "description": "Environment variables; names that change how programs start, such as PATH, are refused"
    },
    "cwd": {
      "type": "string",
      "description": "Working directory: the absolute path of a directory of the server; by default a new one that is removed afterwards"
    }
  }
}`)
