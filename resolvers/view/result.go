package view

import "stepcast/models"

// ResultsPath is the path of the server below which results are downloaded by id.
const ResultsPath = "/results/"

// TaskResult shows what a task produced. Whatever it does not override is read from it.
type TaskResult struct{ *models.Result }

// NewResults shows results in their order.
func NewResults(list []models.Result) []*TaskResult {
	shown := make([]*TaskResult, len(list))
	for i := range list {
		shown[i] = &TaskResult{&list[i]}
	}
	return shown
}

// URL is where it is downloaded, relative to the server.
func (r *TaskResult) URL() string { return ResultsPath + r.ID() }
