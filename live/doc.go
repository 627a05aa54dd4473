// Package live answers GraphQL requests: queries and mutations over POST, queries
// over GET (GraphQL over HTTP), and all three kinds of operation over WebSocket
// (subprotocol graphql-transport-ws). It also serves the GraphiQL page.
//
// The transports run on gqlgen's executor and know nothing of tasks: who may
// connect, what errors look like and what is logged comes in through Options.
//
// # A socket
//
//	upgrade ──▶ waiting for connection_init ──▶ acknowledged ──▶ ended
//	   │                    │                        │              ▲
//	   └────────────────────┴── close frame, or the peer is gone ───┘
//
// Two goroutines serve one socket: the reader (the HTTP handler's own) and the
// writer. Each running operation adds one. Everything that leaves goes through the
// socket's outbox, which holds a bounded number of bytes: an operation that meets a
// full outbox waits, and with it only its own source stream. The writer sends all
// that is pending in one go. A peer that takes no byte for Options.WriteTimeout is
// cut with 1013; one that still reads, however slowly, is kept.
package live
