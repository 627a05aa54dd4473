package auth

import (
	"cmp"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"stepcast/models"
)

// What Options has when it says nothing.
const (
	CacheTTLDefault   = 2 * time.Second
	SessionTTLDefault = 12 * time.Hour
	LinkTTLDefault    = 15 * time.Minute
	LocaleDefault     = "en"
	HomeDefault       = "/"
)

// CacheTTLMax bounds how long something revoked may still count.
const CacheTTLMax = 5 * time.Second

// Sizes of the caches, in entries. A miss costs one statement, so they need only
// hold what is in use within CacheTTL.
const (
	cacheSize   = 10_000
	missingSize = 1000
)

// Options is what a Service needs. Only Store is required.
type Options struct {
	Store Store
	// Now tells the time; nil is time.Now.
	Now func() time.Time
	// Logger takes what an operator should know; nil is slog.Default.
	Logger *slog.Logger
	// CacheTTL is how long an answer of the store counts; more than CacheTTLMax is CacheTTLMax.
	CacheTTL time.Duration
	// SessionTTL is how long a session lasts after signing in. It is not prolonged
	// by use: streams are told at their start when their session ends.
	SessionTTL time.Duration
	// LinkTTL is how long a one-time sign-in link waits to be used.
	LinkTTL time.Duration
	// PasswordCost is the work of one password check.
	PasswordCost PasswordCost
	// Locale is the language of texts for viewers who name none that we have.
	Locale string
	// AllowedOrigins lists pages of other sites that count as our own, as scheme://host[:port].
	AllowedOrigins []string
	// Home is the path to which a browser goes after signing in.
	Home string
}

// Service knows who everyone is. It is safe for concurrent use.
type Service struct {
	store      Store
	now        func() time.Time
	log        *slog.Logger
	sessionTTL time.Duration
	linkTTL    time.Duration
	locale     string
	origins    map[string]bool
	home       string
	routes     *http.ServeMux

	passwords *passwords
	byUser    *limiter
	byAddress *limiter

	// What the caches give out is shared: nobody changes it.
	tokens   *cache[*models.Token]   // by hash
	owned    *cache[[]*models.Token] // by owner
	sessions *cache[*models.Session] // by hash
	users    *cache[*models.User]    // by name

	// uses has when tokens were used, until that is stored.
	uses uses

	// creating is held from looking for a user to adding one, so that nobody is added
	// twice. Users are added rarely; waiting is fine.
	creating sync.Mutex
}

// New makes a Service. It starts nothing in the background.
func New(o Options) *Service {
	o = o.withDefaults()
	s := &Service{
		store:      o.Store,
		now:        o.Now,
		log:        o.Logger,
		sessionTTL: o.SessionTTL,
		linkTTL:    o.LinkTTL,
		locale:     o.Locale,
		origins:    make(map[string]bool),
		home:       o.Home,
		passwords:  newPasswords(o.PasswordCost),
		byUser:     newLimiter(o.Now, userBurst, userRefill),
		byAddress:  newLimiter(o.Now, addressBurst, addressRefill),
		tokens:     newCache(o.Now, o.CacheTTL, o.Store.TokenByHash),
		owned:      newCache(o.Now, o.CacheTTL, o.Store.TokensOf),
		sessions:   newCache(o.Now, o.CacheTTL, o.Store.SessionByHash),
		users:      newCache(o.Now, o.CacheTTL, o.Store.User),
	}
	for _, origin := range o.AllowedOrigins {
		s.origins[strings.ToLower(strings.TrimSuffix(origin, "/"))] = true
	}
	s.routes = s.newRoutes()
	return s
}

// SessionTTL is how long a session lasts after signing in.
func (s *Service) SessionTTL() time.Duration { return s.sessionTTL }

// time is now as the store keeps it: UTC, in whole milliseconds.
func (s *Service) time() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	o.CacheTTL = min(cmp.Or(o.CacheTTL, CacheTTLDefault), CacheTTLMax)
	o.SessionTTL = cmp.Or(o.SessionTTL, SessionTTLDefault)
	o.LinkTTL = cmp.Or(o.LinkTTL, LinkTTLDefault)
	o.PasswordCost = cmp.Or(o.PasswordCost, PasswordCostDefault)
	o.Locale = cmp.Or(o.Locale, LocaleDefault)
	o.Home = cmp.Or(o.Home, HomeDefault)
	return o
}
