package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strings"
)

// served is one of the peers.
type served struct {
	handler http.Handler
	tasks   []string
	// publish changes every task; calls follow one another.
	publish func(event) error
}

// serverOptions are what a server process is told by its arguments.
type serverOptions struct {
	// peer is one of peers.
	peer string
	// control is the address that the generator listens on.
	control string
	// core is the only one that the server may use.
	core int
	// folder is for its database; tasks is how many there are.
	folder string
	tasks  int
	// padding makes each frame longer, in bytes.
	padding int
}

// serverCommand is the first argument of a server process.
const serverCommand = "server"

func (o serverOptions) args() []string {
	return []string{
		serverCommand, "-peer", o.peer, "-control", o.control, "-core", fmt.Sprint(o.core),
		"-folder", o.folder, "-tasks", fmt.Sprint(o.tasks), "-padding", fmt.Sprint(o.padding),
	}
}

func parseServer(args []string) (o serverOptions, err error) {
	flags := flag.NewFlagSet(serverCommand, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.peer, "peer", "", "which server")
	flags.StringVar(&o.control, "control", "", "address of the generator")
	flags.IntVar(&o.core, "core", 0, "core to run on")
	flags.StringVar(&o.folder, "folder", "", "folder for a database")
	flags.IntVar(&o.tasks, "tasks", 1, "how many tasks there are")
	flags.IntVar(&o.padding, "padding", 0, "bytes to add to each frame")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if !slices.Contains(peers, o.peer) {
		return o, fmt.Errorf("no server is called %q; there are %s", o.peer, strings.Join(peers, ", "))
	}
	return o, nil
}

// serve is a server process: it serves until the generator hangs up.
func serve(ctx context.Context, args []string) error {
	o, err := parseServer(args)
	if err != nil {
		return err
	}
	if err := pinProcess(o.core); err != nil {
		return err
	}
	runtime.GOMAXPROCS(1)
	peer, err := newPeer(ctx, o)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	failed := make(chan error, 1)
	server := &http.Server{Handler: peer.handler, ReadHeaderTimeout: patience}
	go func() { failed <- server.Serve(listener) }()
	control, err := net.Dial("tcp", o.control)
	if err != nil {
		return err
	}
	go func() { failed <- peer.obey(control, listener.Addr().String()) }()
	return <-failed
}

func newPeer(ctx context.Context, o serverOptions) (*served, error) {
	extra := padding(o.padding)
	if o.peer == peerGorilla {
		b := newBroadcast(o.tasks, extra)
		return &served{handler: b, tasks: b.tasks(), publish: b.publish}, nil
	}
	h, err := newHouse(ctx, o.folder, o.tasks, extra)
	if err != nil {
		return nil, err
	}
	peer := &served{handler: newStepcast(h), tasks: h.taskIDs(), publish: h.publish}
	if o.peer == peerGQLGen {
		peer.handler = newGQLGen(h)
	}
	return peer, nil
}

// obey does what the generator orders, until it hangs up.
func (s *served) obey(control io.ReadWriter, address string) error {
	orders, reports := json.NewDecoder(control), json.NewEncoder(control)
	if err := reports.Encode(report{Address: address, Tasks: s.tasks}); err != nil {
		return err
	}
	for {
		var o order
		switch err := orders.Decode(&o); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read an order: %w", err)
		}
		if o.Do == doEvent {
			if err := s.publish(event{number: o.Number, due: o.Due}); err != nil {
				return fmt.Errorf("publish an event: %w", err)
			}
			continue
		}
		if err := reports.Encode(s.answer(o)); err != nil {
			return err
		}
	}
}

// answer obeys an order that wants a report.
func (s *served) answer(o order) (r report) {
	var err error
	switch o.Do {
	case doUsage:
	case doCollect:
		debug.FreeOSMemory() // collects first
	case doProfile:
		err = beginProfile(o.File)
	case doProfileEnd:
		pprof.StopCPUProfile()
	default:
		err = fmt.Errorf("unknown order %q", o.Do)
	}
	if err == nil {
		r.usage, err = used()
	}
	if err != nil {
		r.Error = err.Error()
	}
	return r
}

// beginProfile profiles until pprof.StopCPUProfile, which has written everything when it
// returns; the file itself stays open as long as the process lives.
func beginProfile(name string) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	return pprof.StartCPUProfile(file)
}
