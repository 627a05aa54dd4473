package app

import (
	"net/http"
	"time"

	"stepcast/auth"
	"stepcast/config"
	"stepcast/internal/httpx"
	"stepcast/live"
	"stepcast/models"
	"stepcast/resolvers"
	"stepcast/rest/imanager"
	"stepcast/rest/linkis"
	"stepcast/rest/openapi"
	"stepcast/rest/results"
	"stepcast/rest/tasklog"
	"stepcast/web"
)

// Paths of our own API.
const (
	graphqlPath  = "/graphql"
	graphiqlPath = "/graphiql"
	// openapiPath is the page of the document at documentPath.
	openapiPath  = "/openapi"
	documentPath = "/openapi.json"
	// homePath is where a browser goes after signing in: the console's list of tasks.
	homePath = "/"
	// taskPath is where iManager's Link header finds the page of a task.
	taskPath = "/tasks/"
	// metricsPath is where Prometheus looks unless it is told otherwise.
	metricsPath = "/metrics"
)

func (a *App) routes(zone *time.Location) (http.Handler, error) {
	c := a.config
	resolving := resolvers.Options{
		Service: a.tasks, Auth: a.auth, Viewer: viewerOf, Fallback: c.Locale,
		Server: resolvers.ServerInfo{Version: Version(), StartedAt: a.started, Database: a.store.Dialect()},
	}
	schema := resolvers.NewSchema(resolving)
	var documents *live.TrustedDocuments
	if c.Documents != "" {
		var err error
		if documents, err = live.LoadDocuments(schema, live.Limits{}, c.Documents); err != nil {
			return nil, &config.FieldError{Field: "documents", Err: err}
		}
	}
	a.live = live.New(schema, live.Options{
		Authenticate:   a.open.authenticate,
		Introspection:  mayIntrospect(c.Introspection),
		Documents:      documents,
		DocumentsOnly:  c.DocumentsOnly,
		ErrorPresenter: resolvers.NewPresenter(resolvers.PresenterOptions{Logger: a.logger, RequestID: httpx.RequestID}),
		Recover:        resolvers.Recover,
		StreamError:    resolvers.StreamError,
		Share:          resolvers.NewPlan(resolving),
		Gate:           resolvers.Gate{},
		Logger:         a.logger,
		SameSite:       a.auth.SameSite,
		Metrics:        a.metrics,
		AllowedOrigins: c.AllowedOrigins,

		SocketsPerViewer: c.SocketLimit,
	})
	mux := http.NewServeMux()
	mux.Handle(graphqlPath, a.live)
	ide := a.signedIn(live.GraphiQL(graphiqlPath, graphqlPath))
	mux.Handle(graphiqlPath, ide)
	mux.Handle(graphiqlPath+"/", ide)
	mux.Handle("GET "+documentPath, openapi.New(Version()))
	page := a.signedIn(openapi.Page(openapiPath, documentPath))
	mux.Handle(openapiPath, page)
	mux.Handle(openapiPath+"/", page)
	mux.Handle(auth.LoginPath, a.auth.Handler())
	mux.Handle(auth.LogoutPath, a.auth.Handler())
	forLinkis := linkis.New(linkis.Options{
		Tasks: a.tasks, Auth: a.auth, Engines: a.engineOf, Zone: zone, Logger: a.logger,
	})
	forIManager := imanager.New(imanager.Options{
		Tasks: a.tasks, Auth: a.auth, Zone: zone, AllowedOrigins: c.AllowedOrigins, TaskPage: taskPath,
		Aliases: c.IManagerAliases, Stopping: a.stopping, Logger: a.logger,
	})
	mux.Handle(results.Pattern, results.New(results.Options{Tasks: a.tasks, Auth: a.auth, Logger: a.logger}))
	mux.Handle(tasklog.Pattern, tasklog.New(tasklog.Options{Tasks: a.tasks, Auth: a.auth, Logger: a.logger}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { plain(w, r, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", a.readyz)
	mux.Handle("GET "+metricsPath, a.forAdmins(a.scrapes))
	console, err := web.New()
	if err != nil {
		return nil, err
	}
	mux.Handle("GET "+web.Prefix, console.Files())
	for _, path := range []string{homePath + "{$}", taskPath + "{id}", "/submit", "/account", "/users"} {
		mux.Handle("GET "+path, a.signedIn(console.Page()))
	}
	// Before the mux, which answers odd paths with redirects that these clients cannot read.
	all := httpx.Below(linkis.Prefix, forLinkis, httpx.Below(imanager.Prefix, forIManager, mux))
	return httpx.Forwarded(c.TrustedProxies, httpx.WithRequestID(shield(newHTTPMetrics(a.metrics).around(all)))), nil
}

// engineOf is what the configuration runs for an engine of Linkis.
func (a *App) engineOf(engineType, runType string) (linkis.Engine, bool) {
	engine, ok := a.config.Engines.Find(engineType, runType)
	return linkis.Engine{RunType: engine.RunType, DataSource: engine.DataSource}, ok
}

// signedIn sends a browser that nobody has signed in with to the sign-in page, and from
// there back to the page that it wanted.
func (a *App) signedIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := a.auth.FromRequest(r)
		switch {
		case err == nil:
			next.ServeHTTP(w, r)
		case models.AsFault(err) != nil:
			http.Redirect(w, r, auth.SignInPath(r.URL.RequestURI()), http.StatusSeeOther)
		default: // nobody was refused: the sign-in could not be looked at
			a.auth.Refuse(w, r, err)
		}
	})
}

// readyz says whether this server can take work: it serves, and its database answers.
func (a *App) readyz(w http.ResponseWriter, r *http.Request) {
	switch {
	case !a.ready.Load():
		plain(w, r, http.StatusServiceUnavailable, "not ready: starting or stopping")
	case a.store.Ping(r.Context()) != nil:
		plain(w, r, http.StatusServiceUnavailable, "not ready: the database does not answer")
	default:
		plain(w, r, http.StatusOK, "ready")
	}
}

func plain(w http.ResponseWriter, r *http.Request, status int, text string) {
	w.Header().Set("Cache-Control", "no-store")
	httpx.Write(w, r, status, "text/plain; charset=utf-8", []byte(text+"\n"))
}

// shield sets the headers that every answer carries.
func shield(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("X-Frame-Options", "DENY")
		next.ServeHTTP(w, r)
	})
}
