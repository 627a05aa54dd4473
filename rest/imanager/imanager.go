package imanager

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"stepcast/auth"
	"stepcast/internal/httpx"
	"stepcast/tasks"
)

// Prefix is the path under which everything of this package lies.
const Prefix = "/imanager"

// TaskPageDefault is where pages of tasks are when Options does not say.
const TaskPageDefault = "/tasks/"

// Options is what the API needs. Tasks and Auth are required.
type Options struct {
	Tasks *tasks.Service
	Auth  *auth.Service
	// Zone is that of startTime, which names none; nil is local time.
	Zone *time.Location
	// AllowedOrigins lists the pages of other sites that may call, as scheme://host[:port].
	// Empty lets all call: they need a token all the same, because cookies of other
	// sites' calls never count.
	AllowedOrigins []string
	// TaskPage is the path of a task's page for people, to which its id is appended.
	TaskPage string
	// Aliases serves tasks also where other releases of iManager have them:
	// /imanager/icloud/web/tasks/ and /imanager/web/tasks/.
	Aliases bool
	// Stopping ends when the server stops: what is held back is answered then. Nil never ends.
	Stopping context.Context
	// Logger takes internal errors, which clients are not shown; nil is slog.Default.
	Logger *slog.Logger
}

// api serves everything. It is safe for concurrent use.
type api struct {
	Options
	waits waits
}

// New makes the handler for everything below Prefix.
func New(o Options) http.Handler { return newAPI(o).handler() }

func newAPI(o Options) *api {
	if o.Zone == nil {
		o.Zone = time.Local
	}
	if o.TaskPage == "" {
		o.TaskPage = TaskPageDefault
	}
	if o.Stopping == nil {
		o.Stopping = context.Background()
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return &api{Options: o, waits: waits{limit: waitsMax, of: map[string]int{}}}
}

// handler answers with errInternal when serve panics.
func (a *api) handler() http.Handler {
	return httpx.Guard(http.HandlerFunc(a.serve), a.Logger, func(w http.ResponseWriter, r *http.Request) {
		a.allowOrigin(w, r)
		a.refuse(w, r, errInternal)
	})
}

// serve answers one call.
func (a *api) serve(w http.ResponseWriter, r *http.Request) {
	a.allowOrigin(w, r)
	path, ok := parsePath(r.URL.EscapedPath(), a.Aliases)
	if !ok {
		a.refuse(w, r, errNotFound)
		return
	}
	r.Pattern = path.pattern // as http.ServeMux tells who is further out
	if r.Method == http.MethodOptions {
		preflight(w, path.verbs)
		return
	}
	r = overridden(r)
	if !slices.Contains(path.verbs, r.Method) {
		a.refuse(w, r, wrongVerb(path.verbs))
		return
	}
	if err := path.serve(a, w, r, path.name); err != nil {
		a.refuse(w, r, err)
	}
}

// overridden is a POST ...?_method=GET as the GET it stands for: iManager's clients
// send one when a URL would be too long. It stands for no HEAD, because the answer to a
// POST must have the body that its headers announce.
func overridden(r *http.Request) *http.Request {
	if r.Method != http.MethodPost || r.URL.Query().Get("_method") != http.MethodGet {
		return r
	}
	r = r.WithContext(r.Context())
	r.Method = http.MethodGet
	return r
}
