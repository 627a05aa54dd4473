// Command live measures live fan-out: what it costs a server to tell many subscribers
// of each change of a task, and how late they learn of it.
//
//	core 0: a server process        core 1: this process
//	stepcast | gorilla | gqlgen  ◀── orders: event, usage ──  generator, one thread
//	                             ── frames, N connections ─▶
//
// The servers are this binary executed again, so that what is compared was compiled
// alike: Stepcast's live on its real schema, service, hub and SQLite; gqlgen's own
// WebSocket transport on the same schema; and the least that a Go server can do, one
// ready frame that gorilla/websocket writes to every connection. README.md says how to
// run it, how it is measured and how far to trust it. It needs Linux and two CPUs.
package main
