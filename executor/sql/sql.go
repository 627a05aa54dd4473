package sql

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"stepcast/executor"
	"stepcast/models"
)

// RunType is the name of the run type.
const RunType = "sql"

var errNoStatement = errors.New("there is no SQL statement in the code")

// Executor runs SQL scripts.
type Executor struct {
	options Options
	// names are those of the data sources, in order.
	names  []string
	schema json.RawMessage
	reason string
}

var (
	_ executor.Executor      = (*Executor)(nil)
	_ executor.ParamsChecker = (*Executor)(nil)
	_ executor.CodeChecker   = (*Executor)(nil)
)

// New makes the executor. It connects to nothing: a data source that cannot be reached
// fails what wants to run there.
func New(o Options) *Executor {
	e := &Executor{options: o, names: slices.Sorted(maps.Keys(o.DataSources)), reason: o.DisabledReason}
	if e.options.Default == "" && len(e.names) == 1 {
		e.options.Default = e.names[0]
	}
	if e.reason == "" && len(e.names) == 0 {
		e.reason = "no data source is configured: name one with --data-sources name=url"
	}
	e.schema = e.makeSchema()
	return e
}

// Info implements executor.Executor.
func (e *Executor) Info() executor.Info {
	return executor.Info{
		Name:         RunType,
		Reason:       e.reason,
		Description:  "Runs the code as SQL statements, one content each, on a data source of the server (SQLite, MySQL, MariaDB)",
		ParamsSchema: e.schema,
	}
}

// params are those of a content. Its keys are those of the schema.
type params struct {
	DataSource *string `json:"dataSource"`
}

func (e *Executor) makeSchema() json.RawMessage {
	dataSource := map[string]any{"type": "string", "description": "Where the statements run: the name of a data source of the server"}
	schema := map[string]any{
		"type": "object", "additionalProperties": false,
		"properties": map[string]any{"dataSource": dataSource},
	}
	if len(e.names) > 0 {
		dataSource["enum"] = e.names
	}
	if e.options.Default != "" {
		dataSource["default"] = e.options.Default
	} else {
		schema["required"] = []string{"dataSource"}
	}
	text, err := json.Marshal(schema)
	if err != nil {
		panic(err) // strings and booleans only
	}
	return text
}

// CheckParams implements executor.ParamsChecker.
func (e *Executor) CheckParams(raw json.RawMessage) error {
	_, err := e.dataSource(raw)
	return err
}

// CheckCode implements executor.CodeChecker: it refuses a script that cannot be split,
// or has no statement.
func (e *Executor) CheckCode(code string, raw json.RawMessage) error {
	name, err := e.dataSource(raw)
	if err != nil {
		return nil
	}
	mysql := e.options.DataSources[name].Driver == MySQL
	list, err := split(code, dialect{mysql: mysql, backslash: mysql})
	if err != nil && mysql {
		// Whether a backslash escapes is for the server to say, when it runs.
		list, err = split(code, dialect{mysql: true})
	}
	if err == nil && len(list) == 0 {
		err = errNoStatement
	}
	if err != nil {
		return models.Invalid([]string{"code"}, "%s", err)
	}
	return nil
}

// dataSource gives the name of the data source that params mean.
func (e *Executor) dataSource(raw json.RawMessage) (string, error) {
	var p params
	if err := executor.DecodeParams(raw, &p); err != nil {
		return "", err
	}
	field := []string{"dataSource"}
	if p.DataSource == nil {
		if e.options.Default == "" {
			return "", models.Invalid(field, "name the data source; %s", e.list())
		}
		p.DataSource = &e.options.Default
	}
	if _, known := e.options.DataSources[*p.DataSource]; !known {
		return "", models.Invalid(field, "%q is no data source; %s", *p.DataSource, e.list())
	}
	return *p.DataSource, nil
}

func (e *Executor) list() string {
	if len(e.names) == 0 {
		return "there are none"
	}
	return "there are: " + strings.Join(e.names, ", ")
}
