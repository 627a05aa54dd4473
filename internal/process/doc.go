// Package process runs programs and keeps hold of everything they start.
//
// A program does not run as a child of the server but of a shim, which is the same
// binary executed again (see Main):
//
//	server ──orders──▶ shim ──fork──▶ program ──▶ its children, orphans included
//	       ◀─reports──                   │
//	       ◀──standard output and error──┘
//
// That is what makes these promises hold:
//
// Wait returns when nothing of the program is left, whatever left its process group,
// its session or its parent.
//
// Pause returns when all of it stands still.
//
// A server that dies takes its programs along within two seconds: the end of the orders
// pipe tells the shim. A shim that dies takes the program along (PDEATHSIG), and the
// server looks for the rest.
//
// A lease that is not renewed makes the program stand still until it is.
//
// How much of this a platform can do is its rung of containment; see Containment.
package process
