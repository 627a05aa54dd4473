// Package client is a typed Go client for Stepcast's GraphQL API, over HTTP and
// over graphql-transport-ws. It imports the standard library and gorilla/websocket
// only, so that any program may use it.
//
//	c, err := client.New("http://127.0.0.1:8080", client.WithToken(token))
//	task, err := c.Submit(ctx, client.SubmitInput{
//		Description: "Say hello",
//		Steps: []client.StepInput{{
//			Description: "Greet",
//			Contents:    []client.ContentInput{{Message: "Hello", RunType: "shell", Code: "echo hello"}},
//		}},
//	})
//	for snapshot, err := range c.WatchProgress(ctx, task.ID).All(ctx) {
//		…
//	}
//
// # Errors
//
// What the server refuses is an *[Error] with a code, whether it came as a user error
// of a mutation or as an error of the whole operation; [CodeOf] reads the code of any
// error. An answer that is not GraphQL is an *[HTTPError], a websocket that closed for
// good a *[ClosedError], and an answer that makes no sense wraps [ErrProtocol]. All
// others come from the network or from the context and can be unwrapped.
//
// # Streams
//
// WatchProgress, WatchEvents, WatchLog and WatchChanges give a [Stream]: its reader
// pulls values by Next. A stream that loses its connection comes back by itself, after
// a wait that the [Backoff] decides, and goes on where it was: events and lines come
// in order and each exactly once, because the stream asks again from its last cursor
// and drops what it has delivered. What the server no longer has comes as a value with
// a Gap, never silently. A stream ends with io.EOF once the server says that it is
// complete, and only then.
//
// Each stream has a socket of its own, so that a slow reader delays no other stream.
// A stream holds a few batches; when its reader does not keep up it stops reading the
// socket, which holds the server back. A server that cuts a connection because nothing
// was read loses nothing either: the stream resumes. Snapshots of WatchProgress are not
// queued, the newest replaces one that was not read yet.
//
// What happens after a websocket closed, by its code:
//
//	complete received                          io.EOF
//	1000, 1001, 1005, 1006, 1012–1014, 4408    come back
//	4403, or 401 and 403 of the handshake      read the token again, come back once
//	4400, 4401, 4406, 4409, 4429, 4500         over, with a *ClosedError
//	any other 1xxx (1002, 1009, 1011, …)       over, with a *ClosedError
//
// Other clients of that protocol take 1000 for the end of the stream. This one does
// not, for a stream that was not told `complete` may have more to come.
//
// # People
//
// Users, CreateUser, UpdateUser and DeleteUser are for who may manage users: an admin,
// signed in by a token that is not narrowed. Everybody may change the own password and
// language, and make and revoke own tokens; a token makes none that reaches further than
// itself.
//
// # Work
//
// An outside worker runs steps of run type `external`: a [Worker] claims one after the
// other and calls a function for each; a [Lease] is one claimed step for programs that
// have a loop of their own. Both renew the lease, number the reports and repeat them
// after a network error so that each counts once.
package client
