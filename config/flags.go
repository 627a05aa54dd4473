package config

import (
	"strings"

	"github.com/spf13/pflag"
)

// Guide is the paragraph of a command's help that says how its settings are given.
const Guide = `Every setting may be given as a flag (--queue-limit 500), as an environment
variable (STEPCAST_QUEUE_LIMIT=500) or in a YAML file (queue-limit: 500) that
--config names. A flag comes before the variable, the variable before the file;
an empty variable counts as not given. Lists take commas: --addr a:80,b:80.

What is secret has no flag, because everyone on the machine can read a command
line. In the environment or the file:
  STEPCAST_ADMIN_TOKEN      admin-token      API token of the user admin
  STEPCAST_ADMIN_PASSWORD   admin-password   password of the user admin
  STEPCAST_LEGACY_TOKENS    legacy-tokens    list of the token codes of older systems
                                             that go on counting, each with: code,
                                             user, acts-for, allow-new-users, scopes,
                                             expires; as JSON in the environment
  STEPCAST_SECRET_<NAME>    secrets: <NAME>  handed to scripts as the variable
                                             NAME, and masked in their logs`

// Flags adds a flag for every setting that has one, and keeps the help in the order of
// the table. Whatever is typed is accepted here; Load says what is wrong with it.
func Flags(fs *pflag.FlagSet) {
	fs.SortFlags = false
	defaults := Default()
	for _, s := range settings {
		if s.from&byFlag == 0 {
			continue
		}
		value := &typed{kind: s.kind}
		if s.name != enginesName {
			value.fallback = s.show(defaults)
		}
		flag := fs.VarPF(value, s.name, "", s.help)
		if s.kind == switchKind.name {
			flag.NoOptDefVal = "true"
		}
	}
}

// typed is the value of a flag as it was typed, once for each time. It is kept as text so
// that flags are read, and found wrong, in the same words as the other sources.
type typed struct {
	kind     string
	fallback string
	texts    []string
}

var _ pflag.Value = (*typed)(nil)

// Set accepts everything.
func (t *typed) Set(text string) error {
	t.texts = append(t.texts, text)
	return nil
}

// String returns what was typed, or the default.
func (t *typed) String() string {
	if t.texts == nil {
		return t.fallback
	}
	return strings.Join(t.texts, ",")
}

// Type is what --help calls the value.
func (t *typed) Type() string { return t.kind }
