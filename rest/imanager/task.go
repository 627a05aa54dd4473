package imanager

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"stepcast/internal/httpx"
	"stepcast/models"
	"stepcast/watch"
)

// retryAfter is when to ask again for a task that goes on, in seconds.
const retryAfter = 2

// vary names all that an answer depends on.
const vary = "Accept-Language, Prefer, Authorization, Cookie, X-Auth-Token, token"

// task answers GET and HEAD cloud/web/tasks/{id}[.json].
func (a *api) task(w http.ResponseWriter, r *http.Request, name string) error {
	viewer, err := a.viewer(r)
	if err != nil {
		return err
	}
	text, format, has := splitFormat(name)
	if has && format != "json" {
		return errNotAcceptable
	}
	id, ok := models.ParseTaskID(text)
	if !ok {
		return errNotFound
	}
	t, err := a.Tasks.Poll(r.Context(), viewer, id)
	if err != nil {
		return err
	}
	if limit := wished(r.Header.Values("Prefer")); limit > 0 && a.waits.take(viewer.Name) {
		defer a.waits.giveBack(viewer.Name)
		if a.unchanged(t.Task, viewer, r) {
			if err := a.await(r.Context(), viewer, t.Task, limit); err != nil {
				return err
			}
			if t, err = a.Tasks.Poll(r.Context(), viewer, id); err != nil {
				return err
			}
		}
		w.Header().Set("Preference-Applied", "wait="+strconv.Itoa(int(limit.Seconds())))
	}
	return a.write(w, r, t, viewer)
}

// write sends the task, or 304 to who has it already.
func (a *api) write(w http.ResponseWriter, r *http.Request, t *watch.Snapshot, v models.Viewer) error {
	header, tag := w.Header(), a.etag(t.Task, v)
	header.Set("ETag", tag)
	header.Set("Cache-Control", "private, no-cache")
	header.Add("Vary", vary)
	language, err := a.encoded(t, "language", v.Languages, func() ([]byte, error) {
		return []byte(languageOf(t.Task, v.Languages)), nil
	})
	if err != nil {
		return err
	}
	header.Set("Content-Language", string(language))
	header.Set("Link", fmt.Sprintf(`<%s%d>; rel="alternate"; type="text/html"`, a.TaskPage, t.ID))
	if !t.Status.Final() {
		header.Set("Retry-After", strconv.Itoa(retryAfter))
	}
	if httpx.NamesTag(r.Header.Values("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	body, err := a.encoded(t, "resource", v.Languages, func() ([]byte, error) {
		return httpx.JSON(resourceOf(t.Task, v.Languages, a.Zone))
	})
	if err != nil {
		return err
	}
	httpx.Write(w, r, http.StatusOK, httpx.TypeJSON, body)
	return nil
}

// form names one of our encodings of a version of a task.
type form struct {
	what, languages string
	zone            *time.Location
}

// encoded makes an encoding for readers of the languages, once for all of them.
func (a *api) encoded(t *watch.Snapshot, what string, languages []string, encode func() ([]byte, error)) ([]byte, error) {
	return t.Encoded(form{what: what, languages: strings.Join(languages, ","), zone: a.Zone}, encode)
}
