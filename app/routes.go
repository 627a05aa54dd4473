package app

import (
	"net/http"
	"time"

	"stepcast/auth"
	"stepcast/internal/httpx"
	"stepcast/live"
	"stepcast/models"
	"stepcast/resolvers"
	"stepcast/rest/imanager"
	"stepcast/rest/linkis"
	"stepcast/rest/openapi"
	"stepcast/rest/results"
)

// Paths of our own API.
const (
	graphqlPath  = "/graphql"
	graphiqlPath = "/graphiql"
	// openapiPath is the page of the document at documentPath.
	openapiPath  = "/openapi"
	documentPath = "/openapi.json"
	// homePath is where a browser goes after signing in.
	homePath = graphiqlPath
	// taskPath is where iManager's Link header finds the page of a task.
	taskPath = "/tasks/"
)

func (a *App) routes(zone *time.Location) http.Handler {
	c := a.config
	schema := resolvers.NewSchema(resolvers.Options{Service: a.tasks, Viewer: viewerOf, Fallback: c.Locale})
	a.live = live.New(schema, live.Options{
		Authenticate:   a.open.authenticate,
		Introspection:  isSignedIn,
		ErrorPresenter: resolvers.NewPresenter(resolvers.PresenterOptions{Logger: a.logger}),
		Recover:        resolvers.Recover,
		StreamError:    resolvers.StreamError,
		Gate:           resolvers.Gate{},
		Logger:         a.logger,
		AllowedOrigins: c.AllowedOrigins,
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
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { plain(w, r, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", a.readyz)
	home := a.signedIn(http.RedirectHandler(homePath, http.StatusSeeOther))
	mux.Handle("GET /{$}", home)
	mux.Handle("GET "+taskPath+"{id}", home)
	// Before the mux, which answers odd paths with redirects that these clients cannot read.
	all := httpx.Below(linkis.Prefix, forLinkis, httpx.Below(imanager.Prefix, forIManager, mux))
	return httpx.Forwarded(c.TrustedProxies, shield(all))
}

// engineOf is what the configuration runs for an engine of Linkis.
func (a *App) engineOf(engineType, runType string) (linkis.Engine, bool) {
	engine, ok := a.config.Engines.Find(engineType, runType)
	return linkis.Engine{RunType: engine.RunType, DataSource: engine.DataSource}, ok
}

// signedIn sends a browser that nobody has signed in with to the sign-in page.
func (a *App) signedIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := a.auth.FromRequest(r)
		switch {
		case err == nil:
			next.ServeHTTP(w, r)
		case models.AsFault(err) != nil:
			http.Redirect(w, r, auth.LoginPath, http.StatusSeeOther)
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
