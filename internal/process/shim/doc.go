// Package shim is the process between the server and a program. It ends and stops the
// program's whole tree when it is told to, when the server dies, when the lease is over.
//
// It runs as an initialisation of its binary, see Main. Packages initialise in the order
// of their import paths as soon as everything that they import has, so this one comes
// before most of a large binary, as long as it imports only packages that come early
// themselves: not strings, bufio, encoding/json or golang.org/x/sys. A test watches over
// that; it is worth half of the time that a start takes.
package shim
