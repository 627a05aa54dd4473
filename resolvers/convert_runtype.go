package resolvers

import (
	"stepcast/graph/model"
	"stepcast/tasks"
)

func runTypesOf(all []tasks.RunType) []*model.RunType {
	shown := make([]*model.RunType, len(all))
	for i, t := range all {
		shown[i] = &model.RunType{
			Name:         t.Name,
			Enabled:      t.Reason == "",
			Description:  t.Description,
			ParamsSchema: t.ParamsSchema,
		}
		if t.Reason != "" {
			shown[i].Reason = &t.Reason
		}
	}
	return shown
}
