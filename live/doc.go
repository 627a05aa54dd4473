// Package live answers GraphQL requests: queries and mutations over POST, queries
// over GET (GraphQL over HTTP), and all three kinds of operation over WebSocket
// (subprotocols graphql-transport-ws and, for older clients, graphql-ws) and as
// server-sent events (graphql-sse), subscriptions also in parts (Apollo's multipart
// protocol). It also serves the GraphiQL page.
//
// The transports run on gqlgen's executor and know nothing of tasks: who may
// connect, what may be shared, what errors look like and what is logged comes in
// through Options.
//
// # A socket
//
//	upgrade ──▶ waiting for connection_init ──▶ acknowledged ──▶ ended
//	   │                    │                        │              ▲
//	   └────────────────────┴── close frame, or the peer is gone ───┘
//
// One goroutine serves a socket: its reader. Each running operation adds one, unless it
// is attached to a group. Everything that leaves goes through the outbox of the
// connection, which holds a bounded number of bytes. While nothing waits there, whoever
// has a message writes it at once, without waiting; a full connection calls a sender,
// which sends all that is pending in one go and lives until nothing is. An operation of
// its own that meets a full outbox waits, and with it only its own source stream. A peer
// that takes no byte for Options.WriteTimeout is cut with 1013; one that still reads,
// however slowly, is kept.
//
// # A stream over HTTP
//
// It is one operation whose response goes on. The goroutine of the request is its sender
// for all its life; the rest is as on a socket.
//
// # A group
//
//	          ┌────────── lets go of a slow one ─────────┐
//	          ▼                                          │
//	join ──▶ behind ──▶ catches up, by itself ──▶ attached ──▶ ended
//	  └───────────────── nothing is missed ──────────▲
//
// Subscriptions with the same document, variables and scope are members of one group:
// one execution, each response of which is encoded once. What a member that takes too
// slowly is owed, its source says (sharing.Mode): the newest element, every element, or
// the newest of each key. No member delays another, and none can end the execution but
// the last that leaves.
package live
