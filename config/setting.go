package config

import (
	"fmt"
	"strings"
)

const (
	envPrefix = "STEPCAST_"
	// secretPrefix begins a variable that holds a secret for scripts; its name follows.
	secretPrefix = envPrefix + "SECRET_"
	// anyName stands for that name where a variable of the family is spelled.
	anyName = "<NAME>"
	// fileName is what errors and help call the YAML file.
	fileName = "stepcast.yaml"
)

// source is a set of the places where a setting may be written.
type source uint8

const (
	byFlag source = 1 << iota
	byEnv
	byFile
	everywhere = byFlag | byEnv | byFile
	// privately leaves flags out: everyone on the machine can read a command line.
	privately = byEnv | byFile
)

// setting is one row of the table: one field of Config under its one name.
type setting struct {
	// name is the flag without dashes and the key in the file; env derives the variable.
	name string
	help string
	// kind is what --help calls its value: number, duration, …
	kind string
	from source
	// decode reads a value as a source gave it into its field. It leaves the field alone
	// when it returns an error, which says what is allowed.
	decode func(c *Config, given any) error
	// show returns the field as one would write it, secrets hidden.
	show func(c Config) string
}

// kind is how values of one type are read and shown.
type kind[T any] struct {
	name  string
	parse func(given any) (T, error)
	show  func(T) string
}

// of makes the row of a field that may be set everywhere.
func of[T any](name string, k kind[T], field func(*Config) *T, help string) setting {
	return setting{
		name: name,
		help: help,
		kind: k.name,
		from: everywhere,
		decode: func(c *Config, given any) error {
			value, err := k.parse(given)
			if err == nil {
				*field(c) = value
			}
			return err
		},
		show: func(c Config) string { return k.show(*field(&c)) },
	}
}

// only narrows where the setting may be written.
func (s setting) only(from source) setting {
	s.from = from
	return s
}

// env returns the setting's variable; of secrets, the family of them.
func (s setting) env() string {
	if s.name == secretsName {
		return secretPrefix + anyName
	}
	return envPrefix + strings.ToUpper(strings.ReplaceAll(s.name, "-", "_"))
}

// spelled returns the setting in all its spellings:
// "--lease (STEPCAST_LEASE, lease in stepcast.yaml)".
func (s setting) spelled() string {
	var spellings []string
	if s.from&byFlag != 0 {
		spellings = append(spellings, "--"+s.name)
	}
	if s.from&byEnv != 0 {
		spellings = append(spellings, s.env())
	}
	if s.from&byFile != 0 {
		spellings = append(spellings, s.name+" in "+fileName)
	}
	first, others := spellings[0], spellings[1:]
	return fmt.Sprintf("%s (%s)", first, strings.Join(others, ", "))
}

// spelled returns the setting of that name in all its spellings.
func spelled(name string) string {
	s, _ := lookup(name)
	return s.spelled()
}

// lookup returns the setting of that name.
func lookup(name string) (setting, bool) {
	for _, s := range settings {
		if s.name == name {
			return s, true
		}
	}
	return setting{}, false
}

// FieldError says what is wrong with one setting, and what to write instead.
type FieldError struct {
	// Field is the setting's name: "queue-limit".
	Field string
	// Err is what is wrong with it; it never holds a secret.
	Err error
}

// Error names the setting in all its spellings, then what is wrong.
func (e *FieldError) Error() string {
	s, ok := lookup(e.Field)
	if !ok {
		return e.Field + ": " + e.Err.Error()
	}
	return s.spelled() + ": " + e.Err.Error()
}

// Unwrap returns what is wrong, without the name.
func (e *FieldError) Unwrap() error { return e.Err }
