package config

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"
)

// nesting separates the parts of a key inside koanf. Engine names have dots and slashes
// in them; this byte can stand in no variable.
const nesting = "\x00"

// Load returns the settings that the sources give: flags before environment before the
// YAML file before the defaults.
//
// flags is a set that Flags filled and that has been parsed; nil for none. environ lists
// the environment as os.Environ does. readFile reads the YAML file, when one is named.
//
// The error holds everything that is wrong, one line each: a *FieldError for each
// setting, and what is unknown. The settings are of no use then.
func Load(flags *pflag.FlagSet, environ []string, readFile func(string) ([]byte, error)) (Config, error) {
	said, err := fromProcess(flags, environ)
	if err != nil {
		return Config{}, err
	}
	cfg, merged := Default(), koanf.New(nesting)
	if path, ok := said.Raw()[configName]; ok {
		if cfg.File, err = parseText(path); err != nil {
			return Config{}, &FieldError{configName, err}
		}
	}
	if cfg.File != "" {
		if merged, err = fromFile(cfg.File, readFile); err != nil {
			return Config{}, err
		}
	}
	problems := []error{unknownVariables(environ), unknownKeys(cfg.File, merged.Raw())}
	if err = merged.Merge(said); err != nil {
		return Config{}, fmt.Errorf("merge settings: %w", err)
	}
	problems = append(problems, cfg.decode(merged.Raw()), cfg.Validate())
	if err = errors.Join(problems...); err != nil {
		return Config{}, err
	}
	return cfg, nil
}

// decode reads merged values into their fields. A field whose value is wrong keeps its
// default, so that the others can be checked too.
func (c *Config) decode(merged map[string]any) error {
	var problems []error
	for _, s := range settings {
		// A key without a value in the file is a setting that is not given.
		given := merged[s.name]
		if given == nil || s.name == configName {
			continue
		}
		if err := s.decode(c, given); err != nil {
			problems = append(problems, &FieldError{s.name, err})
		}
	}
	return errors.Join(problems...)
}

// fromProcess reads what this process was started with: the environment, over it the flags.
func fromProcess(flags *pflag.FlagSet, environ []string) (*koanf.Koanf, error) {
	said := koanf.New(nesting)
	variables := env.Provider(nesting, env.Opt{
		Prefix:        envPrefix,
		EnvironFunc:   func() []string { return environ },
		TransformFunc: keyOfVariable,
	})
	if err := said.Load(variables, nil); err != nil {
		return nil, fmt.Errorf("read the environment: %w", err)
	}
	if flags == nil {
		return said, nil
	}
	if err := said.Load(posflag.ProviderWithFlag(flags, nesting, nil, keyOfFlag), nil); err != nil {
		return nil, fmt.Errorf("read the flags: %w", err)
	}
	return said, nil
}

// keyOfVariable returns what koanf shall know a variable as; "" leaves it out.
func keyOfVariable(name, value string) (string, any) {
	if value == "" {
		return "", nil
	}
	if secret, ok := strings.CutPrefix(name, secretPrefix); ok {
		return secretsName + nesting + secret, value
	}
	for _, s := range settings {
		if s.from&byEnv != 0 && s.env() == name {
			return s.name, value
		}
	}
	return "", nil
}

// keyOfFlag is keyOfVariable for a flag; those of others are left out.
func keyOfFlag(flag *pflag.Flag) (string, any) {
	value, ours := flag.Value.(*typed)
	if !ours {
		return "", nil
	}
	return flag.Name, value.texts
}

// fromFile reads the YAML file.
func fromFile(path string, readFile func(string) ([]byte, error)) (*koanf.Koanf, error) {
	text, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("there is no file %s; make it, or leave the setting out: %w", excerpt(path), fs.ErrNotExist)
	}
	if err != nil {
		return nil, &FieldError{configName, err}
	}
	file := koanf.New(nesting)
	if err := file.Load(rawbytes.Provider(text), yaml.Parser()); err != nil {
		return nil, unreadable(path, err)
	}
	return file, nil
}

// unreadable words what the YAML parser said. When the file is no map of settings the
// parser quotes the file, which may hold secrets, and speaks of Go types.
func unreadable(path string, err error) error {
	if strings.Contains(err.Error(), "cannot unmarshal") {
		err = errors.New("is not a map of settings; write one a line, for example lease: 10s")
	}
	return fmt.Errorf("%s: %w", path, err)
}
