package linkis

import (
	"encoding/json"
	"strings"
	"unicode"

	"stepcast/models"
	"stepcast/tasks"
)

// What a body that does not say gets, as in Linkis.
const (
	creatorDefault = "IDE"
	runTypeDefault = "sql"
)

// Lengths of what becomes part of the execution id, in bytes.
const (
	creatorMax = 128
	engineMax  = 64
)

// submission is what a body of either style asks for.
type submission struct {
	code string
	// engine is the engine type as written, with its version: "spark-2.4.3".
	engine     string
	runType    string
	creator    string
	scriptPath string
	// variables are those of params.variable, as texts; given is the same as JSON.
	variables map[string]string
	given     models.JSON
	// timeoutSeconds is the label jobRunningTimeout; 0 is no limit.
	timeoutSeconds int
}

// parseSubmission reads a body. Which style it has is told by executionContent, as in
// CommonEntranceParser of Linkis; so is the order in which its mistakes are found.
func parseSubmission(body object, user string) (submission, error) {
	read := oldStyle
	if _, there := body["executionContent"]; there {
		read = newStyle
	}
	s, err := read(body, user)
	if err != nil {
		return submission{}, err
	}
	return s, s.check()
}

// newStyle has executionContent, labels, params and source.
func newStyle(body object, user string) (s submission, err error) {
	content, err := body.required("executionContent")
	if err != nil {
		return s, err
	}
	labels, err := body.required("labels")
	if err != nil {
		return s, err
	}
	if err := s.readCommon(body); err != nil {
		return s, err
	}
	if len(labels) == 0 {
		return s, errNoLabels
	}
	if _, there := content["code"]; !there {
		return s, errNoCode
	}
	if s.code, err = content.text("code"); err != nil {
		return s, err
	}
	if s.runType, err = content.text("runType"); err != nil {
		return s, err
	}
	if strings.TrimSpace(s.code) == "" {
		return s, errBlankCode
	}
	return s, s.readLabels(labels, user)
}

// oldStyle has executionCode, executeApplicationName, requestApplicationName and runType.
func oldStyle(body object, _ string) (s submission, err error) {
	if s.code, err = body.text("executionCode"); err != nil {
		return s, err
	}
	if s.creator, err = body.text("requestApplicationName"); err != nil {
		return s, err
	}
	if err := s.readCommon(body); err != nil {
		return s, err
	}
	if strings.TrimSpace(s.creator) == "" {
		s.creator = creatorDefault
	}
	if s.creator == creatorDefault && s.scriptPath == "" && s.code == "" {
		return s, errNoScript
	}
	if s.runType, err = body.text("runType"); err != nil {
		return s, err
	}
	return s, s.readEngine(body)
}

// readEngine finds the engine of the old style. Where executeApplicationName is missing
// Linkis fails; clients that send engineType instead, or nothing but a run type, are
// understood here.
func (s *submission) readEngine(body object) (err error) {
	if s.engine, err = body.text("executeApplicationName"); err != nil {
		return err
	}
	if s.engine == "" {
		if s.engine, err = body.label("engineType"); err != nil {
			return err
		}
	}
	labels, err := body.object("labels")
	if err != nil {
		return err
	}
	if s.engine == "" {
		if s.engine, err = labels.label("engineType"); err != nil {
			return err
		}
	}
	if s.runType == "" {
		s.runType = runTypeDefault
	}
	return s.readTimeout(labels)
}

// readCommon reads what both styles have.
func (s *submission) readCommon(body object) error {
	source, err := body.object("source")
	if err != nil {
		return err
	}
	if s.scriptPath, err = source.text("scriptPath"); err != nil {
		return err
	}
	params, err := body.object("params")
	if err != nil {
		return err
	}
	variables, err := params.object("variable")
	if err != nil {
		return err
	}
	return s.readVariables(variables)
}

func (s *submission) readVariables(variables object) error {
	s.variables = make(map[string]string, len(variables))
	for name, value := range variables {
		if value == nil {
			continue
		}
		text, ok := tasks.VariableText(value)
		if !ok {
			return classCast("params.variable."+name, "a text, a number or a boolean")
		}
		s.variables[name] = text
	}
	if len(s.variables) == 0 {
		return nil
	}
	given, err := json.Marshal(s.variables)
	s.given = given
	return err
}

// check refuses what would make an execution id that no path can carry.
func (s *submission) check() error {
	if err := checkPart("the creator", s.creator, creatorMax); err != nil {
		return err
	}
	return checkPart("the engine type", engineName(s.engine, s.runType), engineMax)
}

func checkPart(what, text string, most int) error {
	if len(text) > most {
		return failedf("%s is longer than %d bytes", what, most)
	}
	if strings.Contains(text, "/") || strings.ContainsFunc(text, unicode.IsControl) {
		return failedf("%s has a slash or a control character", what)
	}
	return nil
}
