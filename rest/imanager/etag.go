package imanager

import (
	"fmt"
	"net/http"
	"strings"

	"stepcast/internal/httpx"
	"stepcast/models"
)

// etag names one form of the task: its version, the languages it was rendered for and
// the zone of its times. It is weak because costTime of a running step is as of the version.
func (a *api) etag(t *models.Task, v models.Viewer) string {
	return fmt.Sprintf(`W/"%d.%d.%s.%s"`, t.ID, t.Version, strings.Join(v.Languages, "+"), a.Zone)
}

// unchanged says whether the client has the newest state already, going by its
// validator; without one it is taken to have it.
func (a *api) unchanged(t *models.Task, v models.Viewer, r *http.Request) bool {
	given := r.Header.Values("If-None-Match")
	return len(given) == 0 || httpx.NamesTag(given, a.etag(t, v))
}
