package linkis_test

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/rest/linkis"
	"stepcast/rest/resttest"
)

const internal = `{"data":{},"message":"operation failed(操作失败)s！the reason(原因)：InternalError: see the log of the server","method":"/api/entrance/1/status","status":1}`

// ask calls status of task 1, and gives the answer and what was logged.
func ask(t *testing.T, b *resttest.Bundle, o linkis.Options) (*httptest.ResponseRecorder, string) {
	t.Helper()
	var log bytes.Buffer
	o.Logger = slog.New(slog.NewTextHandler(&log, nil))
	r := httptest.NewRequestWithContext(t.Context(), "GET", linkis.Prefix+"/entrance/1/status?secret=hunter2", nil)
	r.Header.Set("Token-Code", b.Token(resttest.Member))
	r.Header.Set("Token-User", resttest.Member)
	w := httptest.NewRecorder()
	linkis.New(o).ServeHTTP(w, r)
	return w, log.String()
}

func TestAPanicIsAnEnvelope(t *testing.T) {
	t.Parallel()
	b := resttest.Setup(t)
	w, log := ask(t, b, linkis.Options{Auth: b.Auth}) // without Tasks
	require.Equal(t, 500, w.Code)
	require.Equal(t, internal, w.Body.String())
	require.Contains(t, log, "panic while answering")
	require.NotContains(t, log, "hunter2")
}

func TestInternalErrorsDoNotLeak(t *testing.T) {
	t.Parallel()
	b := resttest.Setup(t)
	task := b.Submit(resttest.Member)
	require.EqualValues(t, 1, task.ID)
	b.Token(resttest.Member)
	broken := resttest.Setup(t)
	broken.Tasks.Stop()
	require.NoError(t, broken.Store.Close())
	w, log := ask(t, b, linkis.Options{Auth: b.Auth, Tasks: broken.Tasks})
	require.Equal(t, 500, w.Code, w.Body)
	require.Equal(t, internal, w.Body.String())
	require.Contains(t, log, "closed")
}
