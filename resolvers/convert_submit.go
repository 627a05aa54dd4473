package resolvers

import (
	"stepcast/graph/model"
	"stepcast/models"
	"stepcast/tasks"
)

func submitInputOf(in model.SubmitTaskInput) (tasks.SubmitInput, error) {
	// To the service 0 is the default, which is not what somebody who wrote it meant.
	if in.MaxAttempts != nil && *in.MaxAttempts == 0 {
		return tasks.SubmitInput{}, models.Invalid(path{"maxAttempts"}, "must be at least 1")
	}
	description, err := textOf(in.Description, in.DescriptionTexts, path{"descriptionTexts"})
	if err != nil {
		return tasks.SubmitInput{}, err
	}
	steps := make([]tasks.StepInput, len(in.Steps))
	for i, s := range in.Steps {
		if steps[i], err = stepInputOf(s, path{"steps"}.index(i)); err != nil {
			return tasks.SubmitInput{}, err
		}
	}
	return tasks.SubmitInput{
		Description:    description,
		Steps:          steps,
		Variables:      in.Variables,
		Secrets:        in.Secrets,
		Labels:         labelsOf(in.Labels),
		Priority:       orZero(in.Priority),
		TimeoutSeconds: orZero(in.TimeoutSeconds),
		MaxAttempts:    orZero(in.MaxAttempts),
		BackoffSeconds: in.BackoffSeconds,
		IdempotencyKey: orZero(in.IdempotencyKey),
		StartAfter:     in.StartAfter,
		Origin:         tasks.OriginGraphQL,
	}, nil
}

func stepInputOf(in *model.StepInput, at path) (tasks.StepInput, error) {
	description, err := textOf(in.Description, in.DescriptionTexts, at.name("descriptionTexts"))
	if err != nil {
		return tasks.StepInput{}, err
	}
	contents, err := contentInputsOf(in.Contents, at.name("contents"))
	return tasks.StepInput{
		Key:         orZero(in.Key),
		Description: description,
		Contents:    contents,
		MaxParallel: orZero(in.MaxParallel),
	}, err
}

func contentInputsOf(in []*model.ContentInput, at path) ([]tasks.ContentInput, error) {
	contents := make([]tasks.ContentInput, len(in))
	for i, c := range in {
		message, err := textOf(c.Message, c.MessageTexts, at.index(i).name("messageTexts"))
		if err != nil {
			return nil, err
		}
		contents[i] = tasks.ContentInput{
			Key:     orZero(c.Key),
			Message: message,
			RunType: c.RunType,
			Code:    orZero(c.Code),
			Params:  c.Params,
		}
	}
	return contents, nil
}
