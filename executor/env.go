package executor

import (
	"regexp"
	"strings"
)

var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// refusedNames and refusedPrefixes change how programs start, or are ours to set.
var (
	refusedNames = map[string]bool{
		"PATH": true, "IFS": true, "ENV": true, "BASH_ENV": true, "SHELLOPTS": true, "BASHOPTS": true,
		"PS4": true, "GLOBIGNORE": true, "PYTHONPATH": true, "PYTHONHOME": true, "PYTHONSTARTUP": true,
		"PYTHONINSPECT": true, "NODE_OPTIONS": true, "RUBYOPT": true, "RUBYLIB": true, "JAVA_TOOL_OPTIONS": true,
	}
	refusedPrefixes = []string{"LD_", "DYLD_", "PERL5", "BASH_FUNC_", "STEPCAST_"}
)

// RefusedEnv says whether a task may not set the environment variable: its name is
// malformed, changes how programs start, or is set by Stepcast itself.
func RefusedEnv(name string) bool {
	if !envName.MatchString(name) || len(name) > 128 || refusedNames[name] {
		return true
	}
	for _, prefix := range refusedPrefixes {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
