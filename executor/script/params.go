package script

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"stepcast/executor"
	"stepcast/models"
)

// params are those of a content. Its keys are those of paramsSchema.
type params struct {
	Interpreter string         `json:"interpreter"`
	Env         map[string]any `json:"env"`
	Cwd         string         `json:"cwd"`
}

// CheckParams implements executor.ParamsChecker. That a program or a directory exists
// is checked here, on the server that takes the submission, and again when it runs.
func (e *Executor) CheckParams(raw json.RawMessage) error {
	_, err := readParams(raw)
	return err
}

func readParams(raw json.RawMessage) (params, error) {
	var p params
	if err := executor.DecodeParams(raw, &p); err != nil {
		return p, err
	}
	if p.Interpreter != "" {
		path, err := findInterpreter(p.Interpreter)
		if err != nil {
			return p, models.Invalid([]string{"interpreter"}, "%s", err)
		}
		p.Interpreter = path
	}
	if p.Cwd != "" {
		if info, err := os.Stat(p.Cwd); err != nil || !info.IsDir() || !filepath.IsAbs(p.Cwd) {
			return p, models.Invalid([]string{"cwd"}, "%q is not the absolute path of a directory", p.Cwd)
		}
	}
	for name, value := range p.Env {
		if executor.RefusedEnv(name) {
			return p, models.Invalid([]string{"env", name}, "%q is no name for a variable: letters, digits and _, not beginning with a digit, "+
				"and none that changes how programs start, such as PATH", name)
		}
		if text, ok := value.(string); !ok || strings.ContainsRune(text, 0) {
			return p, models.Invalid([]string{"env", name}, "the value of %q is a string without NUL", name)
		}
	}
	return p, nil
}
