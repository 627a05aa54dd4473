package tasks

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"stepcast/executor"
	"stepcast/models"
)

// Limits of a submission. All count for each API.
const (
	MaxSteps          = 200
	MaxContents       = 1000 // of a task, declared ones included
	MaxText           = 1000 // characters of a description or message
	MaxTexts          = 20   // languages of a text
	MaxKey            = 128  // bytes of keys and names
	MaxCode           = 1 << 20
	MaxParams         = 64 << 10
	MaxVariables      = 64 << 10 // bytes of all variables together
	MaxOriginal       = 64 << 10
	MaxLabels         = 32
	MaxLabelValue     = 255
	MaxSecrets        = 32
	MaxPriority       = 100
	MaxTimeoutSeconds = 365 * 24 * 3600
	MaxBackoffSeconds = 3600
	MaxAttemptsInput  = 100
)

// path is the place of an input field, outermost first.
type path []string

func (p path) at(parts ...any) path {
	next := slices.Clone(p)
	for _, part := range parts {
		next = append(next, fmt.Sprint(part))
	}
	return next
}

func (p path) invalid(format string, args ...any) error { return models.Invalid(p, format, args...) }

// validate refuses what cannot be run, naming the field. It does no I/O.
func (s *Service) validate(in *SubmitInput) error {
	var root path
	if err := checkText(root.at("description"), in.Description, true); err != nil {
		return err
	}
	if len(in.Steps) == 0 || len(in.Steps) > MaxSteps {
		return root.at("steps").invalid("a task has 1 to %d steps, not %d", MaxSteps, len(in.Steps))
	}
	contents := 0
	keys := map[string]bool{}
	for i := range in.Steps {
		if err := s.checkStep(root.at("steps", i), &in.Steps[i], keys); err != nil {
			return err
		}
		contents += len(in.Steps[i].Contents)
	}
	if contents > MaxContents {
		return root.at("steps").invalid("a task has at most %d contents, not %d", MaxContents, contents)
	}
	if err := checkNumbers(root, in); err != nil {
		return err
	}
	if err := checkLabels(root.at("labels"), in.Labels); err != nil {
		return err
	}
	if err := s.checkSecrets(root.at("secrets"), in.Secrets); err != nil {
		return err
	}
	if err := checkOriginal(root.at("original"), in.Original); err != nil {
		return err
	}
	_, err := variables(root.at("variables"), in.Variables, in.Origin == OriginLinkis)
	return err
}

func checkOriginal(at path, original models.JSON) error {
	if len(original) > MaxOriginal {
		return at.invalid("original is at most %d bytes of JSON, not %d", MaxOriginal, len(original))
	}
	if len(original) > 0 && !json.Valid(original) {
		return at.invalid("original is a JSON object")
	}
	return nil
}

func checkNumbers(root path, in *SubmitInput) error {
	within := func(field string, value, low, high int) error {
		if value < low || value > high {
			return root.at(field).invalid("%s is %d to %d, not %d", field, low, high, value)
		}
		return nil
	}
	if err := within("priority", in.Priority, -MaxPriority, MaxPriority); err != nil {
		return err
	}
	if err := within("timeoutSeconds", in.TimeoutSeconds, 0, MaxTimeoutSeconds); err != nil {
		return err
	}
	if err := within("maxAttempts", in.MaxAttempts, 0, MaxAttemptsInput); err != nil {
		return err
	}
	if in.BackoffSeconds != nil {
		if err := within("backoffSeconds", *in.BackoffSeconds, 0, MaxBackoffSeconds); err != nil {
			return err
		}
	}
	return checkKey(root.at("idempotencyKey"), in.IdempotencyKey, 255)
}

func (s *Service) checkStep(at path, step *StepInput, keys map[string]bool) error {
	if err := checkText(at.at("description"), step.Description, true); err != nil {
		return err
	}
	if err := checkUnique(at.at("key"), step.Key, keys); err != nil {
		return err
	}
	if step.MaxParallel < 0 {
		return at.at("maxParallel").invalid("maxParallel is at least 1; leave it out for no bound")
	}
	if len(step.Contents) == 0 {
		return at.at("contents").invalid("a step has at least one content")
	}
	external := step.Contents[0].RunType == models.RunExternal
	for i := range step.Contents {
		c := &step.Contents[i]
		if err := s.checkContent(at.at("contents", i), c, keys); err != nil {
			return err
		}
		if external != (c.RunType == models.RunExternal) {
			return at.at("contents", i, "runType").invalid("all contents of a step are external, or none; put them into steps of their own")
		}
	}
	return nil
}

func (s *Service) checkContent(at path, c *ContentInput, keys map[string]bool) error {
	if err := checkText(at.at("message"), c.Message, true); err != nil {
		return err
	}
	if err := checkUnique(at.at("key"), c.Key, keys); err != nil {
		return err
	}
	if len(c.Code) > MaxCode {
		return at.at("code").invalid("code is at most %d bytes, not %d", MaxCode, len(c.Code))
	}
	if !utf8.ValidString(c.Code) || strings.IndexByte(c.Code, 0) >= 0 {
		return at.at("code").invalid("code is UTF-8 text without NUL bytes")
	}
	if len(c.Params) > MaxParams {
		return at.at("params").invalid("params is at most %d bytes of JSON, not %d", MaxParams, len(c.Params))
	}
	if c.RunType == models.RunExternal {
		return nil
	}
	return s.checkRunnable(at, c)
}

// checkRunnable asks the executor whether it can run the content.
func (s *Service) checkRunnable(at path, c *ContentInput) error {
	e, ok := s.Registry.Get(c.RunType)
	if !ok {
		return at.at("runType").invalid("there is no run type %q; there are: %s", c.RunType, strings.Join(s.runTypeNames(), ", "))
	}
	if reason := e.Info().Reason; reason != "" {
		return at.at("runType").invalid("the run type %q is not enabled: %s", c.RunType, reason)
	}
	if err := checkCode(at, e, c); err != nil {
		return err
	}
	if checker, ok := e.(executor.ParamsChecker); ok {
		if err := checker.CheckParams(json.RawMessage(c.Params)); err != nil {
			if f := models.AsFault(err); f != nil {
				return at.at("params").at(toAny(f.Field)...).invalid("%s", f.Message)
			}
			return err
		}
	}
	return nil
}

func checkCode(at path, e executor.Executor, c *ContentInput) error {
	checker, ok := e.(executor.CodeChecker)
	if !ok {
		if strings.TrimSpace(c.Code) == "" {
			return at.at("code").invalid("code is missing: it is what the run type %q runs", c.RunType)
		}
		return nil
	}
	err := checker.CheckCode(c.Code, json.RawMessage(c.Params))
	if f := models.AsFault(err); f != nil {
		return at.at(toAny(f.Field)...).invalid("%s", f.Message)
	}
	return err
}

func toAny(list []string) (all []any) {
	for _, s := range list {
		all = append(all, s)
	}
	return all
}
