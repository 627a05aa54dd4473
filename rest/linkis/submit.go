package linkis

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"stepcast/models"
	"stepcast/tasks"
)

// submitted is the data of execute and submit.
type submitted struct {
	ExecID string `json:"execID"`
	TaskID int64  `json:"taskID"`
}

// execute answers POST entrance/execute. It differs from submit in a line of the log
// alone: both take both styles of body.
func execute(c *call) (answer, error) { return c.submit(tasks.EntranceExecute) }

// submit answers POST entrance/submit.
func submit(c *call) (answer, error) { return c.submit("") }

func (c *call) submit(entrance string) (answer, error) {
	body, err := c.object()
	if err != nil {
		return answer{}, err
	}
	s, err := parseSubmission(body, c.viewer.Name)
	if err != nil {
		return answer{}, err
	}
	in, err := c.input(s)
	if err != nil {
		return answer{}, err
	}
	in.Entrance, in.Original = entrance, originalOf(body, s)
	t, err := c.Tasks.Submit(c.r.Context(), c.viewer, in)
	if err != nil {
		return answer{}, fullForOne(err)
	}
	return ok(textSubmitted, submitted{ExecID: t.ExecID(), TaskID: t.ID}), nil
}

// fullForOne makes a full queue of an owner's own limit: queues of Linkis are per user.
func fullForOne(err error) error {
	f := models.AsFault(err)
	if f == nil || f.Code != models.CodeLimit {
		return err
	}
	full := *f
	full.Code = models.CodeQueueFull
	return &full
}

// input makes a task of one step with one content.
func (c *call) input(s submission) (tasks.SubmitInput, error) {
	engine, err := c.engine(s.engine, s.runType)
	if err != nil {
		return tasks.SubmitInput{}, err
	}
	set, err := setLines(s.code, languageOf(s.runType, s.engine))
	if err != nil {
		return tasks.SubmitInput{}, err
	}
	code, err := variables{given: s.variables, set: set, user: c.viewer.Name, now: c.Now().In(c.Zone)}.fill(s.code)
	if err != nil {
		return tasks.SubmitInput{}, err
	}
	if strings.TrimSpace(code) == "" {
		return tasks.SubmitInput{}, errEmptyCode
	}
	description := models.Plain(describe(s.scriptPath, code))
	return tasks.SubmitInput{
		Description: description,
		Steps: []tasks.StepInput{{
			Description: models.Message("task.execute"),
			Contents:    []tasks.ContentInput{{Message: description, RunType: engine.RunType, Code: code, Params: engine.params()}},
		}},
		Variables:      s.given,
		TimeoutSeconds: s.timeoutSeconds,
		Origin:         tasks.OriginLinkis,
		Creator:        s.creator,
		Engine:         engineName(s.engine, s.runType),
	}, nil
}

// describeMax is the length of the longest description made here, in characters.
const describeMax = 200

// describe names a task: after its script, else after the first line of its code.
func describe(scriptPath, code string) string {
	text := strings.TrimSpace(scriptPath)
	if text == "" {
		text, _, _ = strings.Cut(strings.TrimSpace(code), "\n")
		text = strings.TrimSpace(text)
	}
	if utf8.RuneCountInString(text) > describeMax {
		text = string([]rune(text)[:describeMax])
	}
	return text
}

// ours are names of languages that Linkis clients use for run types of ours.
var ours = map[string]string{"sh": "shell", "bash": "shell", "py": "python"}

// engine finds what runs the code for what the client named: as configured, else the run
// type of ours of the same name as the engine, or as the run type when no engine is named.
func (c *call) engine(engine, runType string) (Engine, error) {
	if found, ok := c.Engines(engine, runType); ok {
		return found, nil
	}
	want := strings.ToLower(engineName(engine, runType))
	if name, ok := ours[want]; ok {
		return Engine{RunType: name}, nil
	}
	var enabled []string
	for _, known := range c.Tasks.RunTypes() {
		if known.Name == want {
			return Engine{RunType: known.Name}, nil
		}
		if known.Reason == "" {
			enabled = append(enabled, known.Name)
		}
	}
	return Engine{}, codedf(20009, "Label params invalid There is no engine for engineType %s and runType %s; there are: %s",
		quoted(engine), quoted(runType), strings.Join(enabled, ", "))
}

// params are those of the content: the data source, if one is configured.
func (e Engine) params() models.JSON {
	if e.DataSource == "" {
		return nil
	}
	params, _ := json.Marshal(map[string]string{"dataSource": e.DataSource}) // texts can always be written
	return params
}

// engineName is the engine without its version, as the execution id has it.
func engineName(engine, runType string) string {
	name, _, _ := strings.Cut(engine, "-")
	if name == "" {
		return runType
	}
	return name
}

// quoted shows what a client wrote.
func quoted(text string) string { return `"` + shortened(text) + `"` }

// shortened is what a client wrote, cut to a length that fits a message.
func shortened(text string) string {
	const most = 60
	if utf8.RuneCountInString(text) > most {
		return string([]rune(text)[:most]) + "…"
	}
	return text
}
