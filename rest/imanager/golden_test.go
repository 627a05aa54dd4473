package imanager_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/rest/resttest"
	"stepcast/store"
	"stepcast/store/storetest"
)

// examplePath is where the task of the document's example is.
const examplePath = "/imanager/cloud/web/tasks/690"

func golden(t *testing.T, form string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "task690."+form+".json"))
	require.NoError(t, err)
	return string(text)
}

// TestGolden reads the document's example from both databases.
func TestGolden(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setupOn(t, resttest.SetupOn(t, s))
		importExample(t, s)
		compact := golden(t, "compact")
		require.JSONEq(t, golden(t, "as-documented"), compact)
		require.JSONEq(t, golden(t, "pretty"), compact)
		for _, path := range []string{"690.json", "690", "690.json;jsessionid=0123ABC", "%36%390.json", "690.json?_t=1700000000&id=7&id=8"} {
			r := b.get("/imanager/cloud/web/tasks/"+path, b.as(resttest.Member), header("Accept", "text/html"))
			require.Equal(t, 200, r.http, path)
			require.Equal(t, compact, r.body, path)
			require.Equal(t, "application/json;charset=UTF-8", r.header.Get("Content-Type"))
		}
	})
}
