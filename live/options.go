package live

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// Defaults of the Options fields of the same name.
const (
	OperationTimeoutDefault    = 10 * time.Second
	MaxBodyBytesDefault        = 1 << 20
	InitTimeoutDefault         = 3 * time.Second
	PingIntervalDefault        = 20 * time.Second
	WriteTimeoutDefault        = 10 * time.Second
	CloseTimeoutDefault        = 2 * time.Second
	QueueBytesDefault          = 1 << 20
	MaxMessageBytesDefault     = 1 << 20
	OperationsPerSocketDefault = 100
)

// Session is what an authenticated request or socket may rely on.
type Session struct {
	// Viewer names who acts; sockets are counted by it. Empty: nobody in particular.
	Viewer string
	// Expires is when a socket closes with 4403. Zero: never.
	Expires time.Time
}

// AuthenticateFunc decides who sends a request.
//
// It is called once for each HTTP request, with a nil payload, and once for each
// socket, with the payload of connection_init (nil if it had none) and the upgrade
// request, whose cookies and headers count too. An error refuses: HTTP 401 or close
// code 4403; a models.Fault with UNAVAILABLE gives HTTP 503 or close code 1013
// instead, so that clients come back rather than ask for a password.
//
// The returned context must derive from ctx; operations run under it. When it ends
// by itself, the socket closes with 4403: so a revoked session or token ends it.
// Calls are concurrent.
type AuthenticateFunc func(ctx context.Context, r *http.Request, payload map[string]any) (context.Context, Session, error)

// Options is what the transports need from outside. The zero value of each field
// means its default.
type Options struct {
	// Authenticate decides who sends a request; nil lets everyone in as nobody.
	Authenticate AuthenticateFunc
	// Introspection says whether __schema and __type are answered; nil: never.
	Introspection func(ctx context.Context) bool
	// ErrorPresenter turns errors into what clients see; nil: gqlgen's default.
	ErrorPresenter graphql.ErrorPresenterFunc
	// Recover turns a panic into an error; nil: the panic is logged with its stack.
	Recover graphql.RecoverFunc
	// StreamError is asked when the source of a subscription ends by itself; ctx
	// carries the operation context. An error is sent as `error` instead of
	// `complete`. Nil: always `complete`.
	StreamError func(ctx context.Context) error
	// Gate refuses documents before the transports' own limits look at them; nil: none does.
	Gate graphql.HandlerExtension
	// Logger gets closed sockets (debug) and panics (error); nil: slog.Default().
	Logger *slog.Logger

	// Limits bounds documents before they are validated.
	Limits Limits
	// OperationTimeout bounds one query or mutation. Negative: no bound.
	OperationTimeout time.Duration
	// MaxBodyBytes bounds the body of a POST; more is answered with 413.
	MaxBodyBytes int64

	// AllowedOrigins lists origins ("https://console.example.com") that may open
	// sockets besides the server's own host. A request without Origin is not from a
	// browser and may.
	AllowedOrigins []string
	// InitTimeout is how long a socket may take to send connection_init (4408).
	InitTimeout time.Duration
	// PingInterval is the time between protocol pings. A peer of which nothing is
	// heard for three intervals is gone.
	PingInterval time.Duration
	// WriteTimeout is how long a peer may take no byte before it is cut (1013).
	WriteTimeout time.Duration
	// CloseTimeout bounds each half of the closing handshake: sending what is
	// pending, and waiting for the peer's close frame.
	CloseTimeout time.Duration
	// QueueBytes bounds what waits to be sent on one socket, plus one message.
	QueueBytes int
	// MaxMessageBytes bounds one inbound message; more closes with 1009.
	MaxMessageBytes int64
	// OperationsPerSocket bounds running operations of one socket; the one beyond
	// gets an `error` with LIMIT_EXCEEDED.
	OperationsPerSocket int
	// SocketsPerViewer bounds the acknowledged sockets of one Session.Viewer; the
	// one beyond is closed with 4403. 0: no bound.
	SocketsPerViewer int
}

// silentPings is how many pings may go unanswered.
const silentPings = 3

func (o Options) withDefaults() Options {
	if o.Authenticate == nil {
		o.Authenticate = letIn
	}
	if o.Introspection == nil {
		o.Introspection = func(context.Context) bool { return false }
	}
	if o.ErrorPresenter == nil {
		o.ErrorPresenter = graphql.DefaultErrorPresenter
	}
	if o.StreamError == nil {
		o.StreamError = func(context.Context) error { return nil }
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Recover == nil {
		o.Recover = logPanic(o.Logger)
	}
	o.Limits = o.Limits.withDefaults()
	o.OperationTimeout = cmp.Or(o.OperationTimeout, OperationTimeoutDefault)
	o.MaxBodyBytes = cmp.Or(o.MaxBodyBytes, MaxBodyBytesDefault)
	o.InitTimeout = cmp.Or(o.InitTimeout, InitTimeoutDefault)
	o.PingInterval = cmp.Or(o.PingInterval, PingIntervalDefault)
	o.WriteTimeout = cmp.Or(o.WriteTimeout, WriteTimeoutDefault)
	o.CloseTimeout = cmp.Or(o.CloseTimeout, CloseTimeoutDefault)
	o.QueueBytes = cmp.Or(o.QueueBytes, QueueBytesDefault)
	o.MaxMessageBytes = cmp.Or(o.MaxMessageBytes, MaxMessageBytesDefault)
	o.OperationsPerSocket = cmp.Or(o.OperationsPerSocket, OperationsPerSocketDefault)
	return o
}

func letIn(ctx context.Context, _ *http.Request, _ map[string]any) (context.Context, Session, error) {
	return ctx, Session{}, nil
}
