// Stepcast is a task server: it runs tasks of ordered steps and lets everyone watch
// them live, over GraphQL, WebSocket, and the APIs of two older systems.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"stepcast/internal/process"
	"stepcast/models"
)

func main() {
	process.Main()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}

// run is the whole program: it gives the exit code, 0 for success.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) int {
	root := newRoot(environ, stdout, stderr)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		message := err.Error()
		if fault := models.AsFault(err); fault != nil {
			message = strings.Replace(message, fault.Error(), fault.Message, 1) // its code is for programs
		}
		fmt.Fprintln(stderr, "stepcast:", message)
		return 1
	}
	return 0
}
