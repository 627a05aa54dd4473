// Package cli is the command line: commands that submit, watch and control tasks of a
// server, near or far, over package client.
//
// Each command has an options struct and a run method; what they share is here:
//
//	env       where a command reads and writes, and how to find the server
//	explain   what went wrong, what to do about it, and the exit code
//	table     lists for people; jsonl, values for programs
//	follow    tasks followed to their ends, told to a teller: a live tree on a terminal,
//	          lines in a pipe, JSON
//
// Everything that the server or a task wrote passes terminal.Escape on its way out.
package cli
