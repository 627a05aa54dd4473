// Package e2e tests the built program from outside: real processes, sockets and
// databases, through every API. It has no code of its own.
package e2e
