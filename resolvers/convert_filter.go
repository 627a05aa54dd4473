package resolvers

import (
	"stepcast/graph/model"
	"stepcast/models"
)

// filterOf reads a filter; nil lets all pass. Ids that cannot be parsed are left
// out, as ids that nothing has would be.
func filterOf(in *model.TaskFilter) models.Filter {
	if in == nil {
		return models.Filter{}
	}
	filter := models.Filter{
		Statuses:      in.Statuses,
		Owner:         orZero(in.Owner),
		Text:          orZero(in.Text),
		Labels:        labelsOf(in.Labels),
		CreatedAfter:  in.CreatedAfter,
		CreatedBefore: in.CreatedBefore,
	}
	if in.Ids == nil {
		return filter
	}
	filter.IDs = []int64{}
	for _, id := range in.Ids {
		if number, ok := models.ParseTaskID(id); ok {
			filter.IDs = append(filter.IDs, number)
		}
	}
	return filter
}

func labelsOf(in []*models.Label) []models.Label {
	labels := make([]models.Label, len(in))
	for i, l := range in {
		labels[i] = *l
	}
	return labels
}
