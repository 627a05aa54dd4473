package live

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/prometheus/client_golang/prometheus"

	"stepcast/internal/sharing"
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
	MessagesPerSecondDefault   = 100
	MessageBurstDefault        = 1000
)

// Session is what an authenticated request or socket may rely on.
type Session struct {
	// Viewer names who acts; sockets and streams are counted by it. Empty: nobody in particular.
	Viewer string
	// Expires is when a socket closes with 4403, and a stream ends. Zero: never.
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
// by itself, the socket closes with 4403, or the stream ends: so a revoked session or
// token ends it. Calls are concurrent.
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
	// Share says how a subscription may be shared with others that ask the same; nil:
	// each has an execution of its own.
	Share sharing.PlanFunc
	// Context ends when the process does: sockets close with 1001 then, for they do not
	// live under the context of their request, and streams end. Nil: they end with
	// Shutdown only.
	Context context.Context
	// Gate refuses documents before the transports' own limits look at them; nil: none does.
	Gate graphql.HandlerExtension
	// Metrics takes what is measured, of one Handler only; nothing is kept when nil.
	Metrics prometheus.Registerer
	// Logger gets closed sockets (debug) and panics (error); nil: slog.Default().
	Logger *slog.Logger

	// Limits bounds documents before they are validated.
	Limits Limits
	// Documents are those that can be asked for by an id from the start; nil for none.
	Documents *TrustedDocuments
	// DocumentsOnly refuses all other documents.
	DocumentsOnly bool
	// OperationTimeout bounds one query or mutation. Negative: no bound.
	OperationTimeout time.Duration
	// MaxBodyBytes bounds the body of a POST; more is answered with 413.
	MaxBodyBytes int64

	// SameSite says whether a request comes from a page of ours, or from no page: only
	// then a GET may count by a cookie. Nil: each does.
	SameSite func(r *http.Request) bool
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
	// MessagesPerSecond bounds, on average, the messages that are read from one socket, and
	// MessageBurst how many at once; more are left waiting in the network.
	MessagesPerSecond float64
	MessageBurst      int
	// OperationsPerSocket bounds running operations of one socket; the one beyond
	// gets an `error` with LIMIT_EXCEEDED.
	OperationsPerSocket int
	// SocketsPerViewer bounds the acknowledged sockets and the streams of one
	// Session.Viewer; a socket beyond is closed with 4403, a stream answered with 429.
	// 0: no bound.
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
	if o.SameSite == nil {
		o.SameSite = func(*http.Request) bool { return true }
	}
	if o.ErrorPresenter == nil {
		o.ErrorPresenter = graphql.DefaultErrorPresenter
	}
	if o.StreamError == nil {
		o.StreamError = func(context.Context) error { return nil }
	}
	if o.Share == nil {
		o.Share = shareNothing
	}
	if o.Context == nil {
		o.Context = context.Background()
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
	o.MessagesPerSecond = cmp.Or(o.MessagesPerSecond, MessagesPerSecondDefault)
	o.MessageBurst = cmp.Or(o.MessageBurst, MessageBurstDefault)
	o.OperationsPerSocket = cmp.Or(o.OperationsPerSocket, OperationsPerSocketDefault)
	return o
}

func letIn(ctx context.Context, _ *http.Request, _ map[string]any) (context.Context, Session, error) {
	return ctx, Session{}, nil
}

func shareNothing(context.Context, *string) (sharing.Plan, bool) { return sharing.Plan{}, false }
