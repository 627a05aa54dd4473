// Package proctable reads the process table of Linux (/proc) and signals processes in
// it without ever hitting another one that got the same pid.
//
// The shim is made of it, so it imports only packages that initialise early; see
// package shim.
package proctable
