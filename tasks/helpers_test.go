package tasks_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
)

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	require.NoError(t, err)
	return string(b)
}

// statuses lists the task's status and those of its contents, in order.
func statuses(task *models.Task) []models.Status {
	list := []models.Status{task.Status}
	for _, s := range task.Steps {
		for _, c := range s.Contents {
			list = append(list, c.Status)
		}
	}
	return list
}

func requireFault(t *testing.T, err error, code models.ErrorCode, field ...string) {
	t.Helper()
	f := models.AsFault(err)
	require.NotNil(t, f, "a fault for the caller, not %v", err)
	require.Equal(t, code, f.Code, f.Message)
	require.NotEmpty(t, f.Message)
	if len(field) > 0 {
		require.Equal(t, field, f.Field, f.Message)
	}
}
