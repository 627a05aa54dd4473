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

	"stepcast/cli"
	"stepcast/internal/process"
	"stepcast/models"
)

func main() {
	process.Main()
	os.Exit(run(untilSignalled(), os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}

// untilSignalled is a context that ends with the first signal to stop. Before anybody sees
// it end, signals do again what the system does of itself: a second one ends the process.
func untilSignalled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-stop
		signal.Stop(stop)
		cancel()
	}()
	return ctx
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
		if message != "" { // else the command has said it all
			fmt.Fprintln(stderr, "stepcast:", message)
		}
		return cli.ExitCode(err)
	}
	return 0
}
