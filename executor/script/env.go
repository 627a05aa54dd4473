package script

import (
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"stepcast/executor"
	"stepcast/models"
)

// environment puts together what a script gets; what comes later counts. It also
// returns the task's variables that a script does not get because of their names.
func (e *Executor) environment(req executor.Request, p params, dir string) (env, refused []string) {
	values := map[string]string{"HOME": dir, "TMPDIR": dir}
	for _, pair := range slices.Concat(e.options.Env, e.language.Env) {
		if name, value, ok := strings.Cut(pair, "="); ok {
			values[name] = value
		}
	}
	for _, name := range slices.Sorted(maps.Keys(req.Env)) {
		if executor.RefusedEnv(name) {
			refused = append(refused, name)
			continue
		}
		values[name] = req.Env[name]
	}
	for name, value := range p.Env {
		values[name] = value.(string)
	}
	values["STEPCAST_TASK_ID"] = models.TaskID(req.Task)
	values["STEPCAST_ATTEMPT"] = strconv.Itoa(req.Attempt)
	values["STEPCAST_CONTENT_ID"] = models.ContentID(req.Task, req.Content)
	values["STEPCAST_RESULTS"] = filepath.Join(dir, resultsDir)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		env = append(env, name+"="+values[name])
	}
	return env, refused
}
