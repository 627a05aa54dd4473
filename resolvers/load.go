package resolvers

import (
	"context"
	"slices"

	"stepcast/models"
	"stepcast/resolvers/view"
)

// steps loads the steps of those tasks that came without.
func (r *Resolver) steps(ctx context.Context, shown []*view.Task) ([][]*view.Step, error) {
	loaded, err := r.load(ctx, shown)
	if err != nil {
		return nil, err
	}
	steps := make([][]*view.Step, len(loaded))
	for i, t := range loaded {
		steps[i] = t.AllSteps()
	}
	return steps, nil
}

// load gives the same tasks with their steps.
func (r *Resolver) load(ctx context.Context, shown []*view.Task) ([]*view.Task, error) {
	var missing []int64
	for _, t := range shown {
		if !t.Loaded() {
			missing = append(missing, t.Task.ID)
		}
	}
	if len(missing) == 0 {
		return shown, nil
	}
	v, reader, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	found, err := r.read(ctx, v, reader, missing)
	if err != nil {
		return nil, err
	}
	loaded := slices.Clone(shown)
	for i, t := range loaded {
		if t.Loaded() {
			continue
		}
		if loaded[i] = found[t.Task.ID]; loaded[i] == nil {
			return nil, models.NotFound("task " + t.ID())
		}
	}
	return loaded, nil
}

// read reads tasks by id, each once; what v may not see is not among them.
func (r *Resolver) read(ctx context.Context, v models.Viewer, reader view.Reader, ids []int64) (map[int64]*view.Task, error) {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	found := map[int64]*view.Task{}
	if len(ids) == 0 {
		return found, nil
	}
	all, err := r.service.Tasks(ctx, v, ids)
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		found[t.ID] = view.NewTask(t, reader)
	}
	return found, nil
}

// results gives what each of the tasks produced, read once for all.
func (r *Resolver) results(ctx context.Context, shown []*view.Task) ([][]*view.TaskResult, error) {
	v, _, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]*models.Task, len(shown))
	for i, t := range shown {
		list[i] = t.Task
	}
	byTask, err := r.service.ResultsOf(ctx, v, list)
	if err != nil {
		return nil, err
	}
	results := make([][]*view.TaskResult, len(shown))
	for i, t := range shown {
		results[i] = view.NewResults(byTask[t.Task.ID])
	}
	return results, nil
}

// sources gives what each of the contents runs, loaded once for each task.
func (r *Resolver) sources(ctx context.Context, contents []*view.StepContent) ([]models.ContentSource, error) {
	v, _, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	found := make([]models.ContentSource, len(contents))
	for i, c := range contents {
		found[i], err = c.Source(ctx, func(ctx context.Context, task int64) (map[models.ContentRef]models.ContentSource, error) {
			return r.service.Sources(ctx, v, task)
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// codes is what each of the contents runs; nil where there is nothing.
func (r *Resolver) codes(ctx context.Context, contents []*view.StepContent) ([]*string, error) {
	found, err := r.sources(ctx, contents)
	if err != nil {
		return nil, err
	}
	codes := make([]*string, len(found))
	for i := range found {
		if found[i].Code != "" {
			codes[i] = &found[i].Code
		}
	}
	return codes, nil
}

// params is what each of the contents was told besides the code.
func (r *Resolver) params(ctx context.Context, contents []*view.StepContent) ([]models.JSON, error) {
	found, err := r.sources(ctx, contents)
	if err != nil {
		return nil, err
	}
	params := make([]models.JSON, len(found))
	for i := range found {
		params[i] = found[i].Params
	}
	return params, nil
}
