package linkis

import (
	"log/slog"
	"net/http"
	"time"

	"stepcast/auth"
	"stepcast/internal/httpx"
	"stepcast/tasks"
)

// Prefix is the path under which everything of this package lies.
const Prefix = "/api/rest_j/v1"

// Engine is what runs the code of an engine of Linkis here.
type Engine struct {
	// RunType is one of ours; Submit refuses what is not.
	RunType string
	// DataSource becomes the param dataSource; empty leaves it to the run type.
	DataSource string
}

// Options is what the API needs. Tasks and Auth are required.
type Options struct {
	Tasks *tasks.Service
	Auth  *auth.Service
	// Engines says what an engine type and a run type of Linkis stand for here. What it
	// does not know is looked for among the names of our own run types.
	Engines func(engineType, runType string) (Engine, bool)
	// Zone is that of the times in logs and of the date variables; nil is local time.
	Zone *time.Location
	// Now tells the time; nil is time.Now.
	Now func() time.Time
	// Logger takes internal errors, which clients are not shown; nil is slog.Default.
	Logger *slog.Logger
}

// api serves all endpoints. It holds no state.
type api struct {
	Options
	endpoints []endpoint
}

// New makes the handler for everything below Prefix.
func New(o Options) http.Handler {
	if o.Engines == nil {
		o.Engines = func(string, string) (Engine, bool) { return Engine{}, false }
	}
	if o.Zone == nil {
		o.Zone = time.Local
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	a := &api{Options: o, endpoints: routes()}
	return httpx.Guard(http.HandlerFunc(a.serve), o.Logger, func(w http.ResponseWriter, r *http.Request) {
		c := &call{api: a, w: w, r: r, method: methodOf(segments(r))}
		c.write(c.internal())
	})
}

// serve answers one call.
func (a *api) serve(w http.ResponseWriter, r *http.Request) {
	path := segments(r)
	c := &call{api: a, w: w, r: r, method: methodOf(path)}
	result, err := c.answer(path)
	if err != nil {
		result = c.refuse(err)
	}
	c.write(result)
}
