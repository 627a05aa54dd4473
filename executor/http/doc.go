// Package http is the executor of the run type http: a content is one HTTP request.
//
// The params say what to send: {url, method, headers, body, expectStatus}. The code of
// the content, when it is not blank, is the body; then params have none. The method is
// GET, or POST when there is a body. A body without a Content-Type header is sent as
// application/json when it begins with { or [, else as text/plain.
//
// # Variables
//
// ${name} stands for a variable or secret of the task, in the url, in the values of the
// headers, and in the body. It is filled in once: a value is not read for further names.
// What names no variable stays as it is, and the log says so. Values are written so that
// they stay values:
//
//   - in the url percent-encoded, all but letters, digits and - . _ ~, so that they can
//     fill a host name or a part of path and query but never begin another one;
//   - in headers as they are; control characters are refused;
//   - in a body of JSON escaped as in a string, without the quotes; in a body of
//     application/x-www-form-urlencoded percent-encoded; in any other as they are.
//
// # Where requests go
//
// Options.Targets lists what is allowed; see CheckTarget. It is asked after variables
// were filled in, and again for each redirect. A path with a . or .. segment is refused,
// also an encoded one, because servers do not agree on what it means. Unless everything
// is allowed, a name that leads to a link-local or metadata address is refused when it
// is dialled. Proxies of the environment are not used: behind one, the address that is
// reached could not be checked.
//
// At most RedirectsMax redirects are followed, none whose status is expected. Towards
// another origin only headers that say nothing of the sender are sent on.
//
// # How it ends
//
// An expected status (2xx unless the params say otherwise) is success; the body of the
// response becomes a result file, and a short text is shown in the log too. Certificates
// are always verified. Connecting may take ConnectTimeout; for the response there is no
// limit but that of the task. A request is sent once, and never again by itself.
//
// A pause holds back a request that has not begun. One that was sent goes on to its end,
// which is recorded at once, so that no restart sends it again; the task stands still
// after it. A lease that has ended does the same until it is renewed.
package http
