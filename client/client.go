package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// KeepAliveDefault is how often a stream asks its server for a sign of life.
const KeepAliveDefault = 15 * time.Second

// Client talks to one Stepcast server, or to a proxy in front of several. It is safe
// for concurrent use and holds nothing that needs to be closed.
type Client struct {
	endpoint  string // http(s)://…/graphql
	socket    string // ws(s)://…/graphql
	http      *http.Client
	dialer    *websocket.Dialer
	token     TokenSource
	session   string
	language  string
	backoff   Backoff
	keepAlive time.Duration
}

// TokenSource gives the API token to use now. It is asked before each request and
// each connection, so it may refresh the token; "" is none. Its error ends the call
// or the stream that asked.
type TokenSource func(ctx context.Context) (string, error)

// Option changes how a Client works.
type Option func(*Client)

// WithToken signs every request with an API token.
func WithToken(token string) Option {
	return WithTokenSource(func(context.Context) (string, error) { return token, nil })
}

// WithTokenSource signs every request with the token that source gives.
func WithTokenSource(source TokenSource) Option {
	return func(c *Client) { c.token = source }
}

// WithSession signs every request with the secret of a session that SignIn opened. A
// token, where there is one, counts instead.
func WithSession(secret string) Option {
	return func(c *Client) { c.session = secret }
}

// WithHTTPClient replaces http.DefaultClient. Streams take their TLS settings, proxy,
// dial function and cookies from it unless WithDialer says otherwise. A Timeout of
// the client bounds each request, not the streams.
func WithHTTPClient(hc *http.Client) Option {
	return func(c *Client) { c.http = hc }
}

// WithDialer replaces the dialer of the streams' websockets. Its Subprotocols are
// set by this package.
func WithDialer(d *websocket.Dialer) Option {
	return func(c *Client) { c.dialer = d }
}

// WithLanguage asks for texts in a language: the value of an Accept-Language header,
// such as "zh-CN, en;q=0.5".
func WithLanguage(tags string) Option {
	return func(c *Client) { c.language = tags }
}

// WithBackoff replaces BackoffDefault as the judge of whether and when to try again.
func WithBackoff(b Backoff) Option {
	return func(c *Client) { c.backoff = b }
}

// WithKeepAlive replaces KeepAliveDefault. A stream that hears nothing for twice
// this long takes its connection for lost.
func WithKeepAlive(interval time.Duration) Option {
	return func(c *Client) { c.keepAlive = interval }
}

// New makes a client of the server at baseURL, such as "http://127.0.0.1:8080" or,
// behind a proxy, "https://example.org/stepcast". It does not connect yet; an error
// is about the arguments.
func New(baseURL string, opts ...Option) (*Client, error) {
	c := &Client{
		http:      http.DefaultClient,
		token:     func(context.Context) (string, error) { return "", nil },
		backoff:   BackoffDefault,
		keepAlive: KeepAliveDefault,
	}
	if err := c.setURL(baseURL); err != nil {
		return nil, err
	}
	for _, opt := range opts {
		opt(c)
	}
	switch {
	case c.http == nil:
		return nil, errors.New("client: the HTTP client is nil")
	case c.token == nil:
		return nil, errors.New("client: the token source is nil")
	case c.backoff == nil:
		return nil, errors.New("client: the backoff is nil")
	case c.keepAlive <= 0:
		return nil, fmt.Errorf("client: the keep-alive interval is %v, it must be positive", c.keepAlive)
	}
	if c.dialer == nil {
		c.dialer = dialerLike(c.http)
	}
	dialer := *c.dialer
	dialer.Subprotocols = []string{subprotocol}
	c.dialer = &dialer
	return c, nil
}

func (c *Client) setURL(baseURL string) error {
	u, err := url.Parse(baseURL)
	if err != nil {
		return fmt.Errorf("client: base URL: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("client: base URL %q: want http://host:port or https://host:port", baseURL)
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("client: base URL %q: want no query and no fragment", baseURL)
	}
	u = u.JoinPath("graphql")
	c.endpoint = u.String()
	c.socket = "ws" + strings.TrimPrefix(c.endpoint, "http")
	return nil
}

// dialerLike makes a dialer that reaches a server the way hc does.
func dialerLike(hc *http.Client) *websocket.Dialer {
	d := &websocket.Dialer{
		Proxy:            http.ProxyFromEnvironment,
		HandshakeTimeout: handshakeTimeout,
		Jar:              hc.Jar,
	}
	t, ok := hc.Transport.(*http.Transport)
	if !ok {
		return d
	}
	d.Proxy = t.Proxy
	d.NetDialContext = t.DialContext
	d.NetDialTLSContext = t.DialTLSContext
	if t.TLSClientConfig != nil {
		d.TLSClientConfig = t.TLSClientConfig.Clone()
		// net/http adds h2 here, over which gorilla/websocket cannot shake hands.
		d.TLSClientConfig.NextProtos = []string{"http/1.1"}
	}
	return d
}
