package http

import (
	"crypto/x509"
	"encoding/json"
	"log/slog"
	"net"
	"time"

	"stepcast/executor"
)

const (
	// ConnectTimeout bounds the connecting, and once more the TLS handshake.
	ConnectTimeout = 10 * time.Second
	// RedirectsMax is how many redirects one request follows.
	RedirectsMax = 5
	// BodyLimitDefault is how many bytes a response may have.
	BodyLimitDefault = 16 << 20
	// UserAgentDefault is sent where the params name no other.
	UserAgentDefault = "stepcast"
)

// Options are of the server.
type Options struct {
	// Targets lists where requests may go; see CheckTarget. Without any, or with one that
	// is malformed, the run type is off.
	Targets []string
	// BodyLimit is how many bytes the body of a response may have, after decompression; 0
	// is BodyLimitDefault.
	BodyLimit int64
	// DisabledReason switches the run type off and says why.
	DisabledReason string
	// UserAgent is sent where the params name no other; empty is UserAgentDefault.
	UserAgent string
	// RootCAs are the authorities that are trusted; nil is those of the system.
	RootCAs *x509.CertPool
	// Resolver finds the addresses of names; nil is that of the system.
	Resolver *net.Resolver
	// Logger is told of requests that were refused; nil is slog.Default.
	Logger *slog.Logger
}

// Executor sends requests.
type Executor struct {
	options Options
	targets targets
	// reason says why nothing can be sent.
	reason string
}

var (
	_ executor.Executor      = (*Executor)(nil)
	_ executor.ParamsChecker = (*Executor)(nil)
	_ executor.CodeChecker   = (*Executor)(nil)
)

// New makes the executor. One that may not send is made too, and says why in its Info.
func New(o Options) *Executor {
	if o.BodyLimit <= 0 {
		o.BodyLimit = BodyLimitDefault
	}
	if o.UserAgent == "" {
		o.UserAgent = UserAgentDefault
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	e := &Executor{options: o, reason: o.DisabledReason}
	list, err := parseTargets(o.Targets)
	switch {
	case e.reason != "":
	case err != nil:
		e.reason = targetsSetting + ": " + err.Error()
	case len(list) == 0:
		e.reason = "the server allows no target; name the hosts that may be reached with " + targetsSetting
	}
	e.targets = list
	return e
}

// Info implements executor.Executor.
func (e *Executor) Info() executor.Info {
	return executor.Info{
		Name:         "http",
		Reason:       e.reason,
		Description:  "Sends one HTTP request and keeps the response as a file; the code, if there is any, is its body",
		ParamsSchema: paramsSchema,
	}
}

var paramsSchema = json.RawMessage(`{
  "type": "object",
  "additionalProperties": false,
  "required": ["url"],
  "properties": {
    "url": {
      "type": "string",
      "maxLength": 8192,
      "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://",
      "description": "Where to: http or https, with a host and without a user name or password. ${name} is filled in percent-encoded"
    },
    "method": {
      "type": "string",
      "maxLength": 32,
      "pattern": "^[A-Za-z0-9!#$%&'*+.^_|~` + "`" + `-]+$",
      "not": {"enum": ["CONNECT", "TRACE"]},
      "description": "The HTTP method; by default GET, or POST when there is a body"
    },
    "headers": {
      "type": "object",
      "maxProperties": 64,
      "additionalProperties": {"type": "string"},
      "propertyNames": {"pattern": "^[A-Za-z0-9!#$%&'*+.^_|~` + "`" + `-]+$"},
      "description": "Header fields by name; ${name} is filled in. Those that belong to the connection, such as Host and Content-Length, are refused"
    },
    "body": {
      "type": "string",
      "description": "What is sent, instead of the content's code; ${name} is filled in, escaped where the Content-Type is JSON or a form"
    },
    "expectStatus": {
      "default": "2xx",
      "oneOf": [
        {"type": "integer", "minimum": 200, "maximum": 599},
        {"type": "array", "minItems": 1, "maxItems": 64, "items": {"type": "integer", "minimum": 200, "maximum": 599}},
        {"type": "string", "pattern": "^ *([2-5][0-9][0-9]|[2-5][0-9][0-9] *- *[2-5][0-9][0-9]|[2-5][xX][xX]) *(, *([2-5][0-9][0-9]|[2-5][0-9][0-9] *- *[2-5][0-9][0-9]|[2-5][xX][xX]) *)*$"}
      ],
      "description": "The statuses that are success: a number, a list of numbers, or a text such as \"2xx\" or \"200-299,404\""
    }
  }
}`)
