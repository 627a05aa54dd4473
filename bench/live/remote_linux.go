package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"stepcast/internal/process"
)

// remote is a server process, seen from the generator.
type remote struct {
	process *process.Process
	folder  string
	peer    string
	// address is where it serves; tasks are the ids there are.
	address string
	tasks   []string

	control net.Conn
	orders  *json.Encoder
	reports *json.Decoder
}

// stopGrace is how long a server may take to end. It need not tidy up.
const stopGrace = time.Second

// startServer starts a server process and waits until it serves. Stop it.
func startServer(ctx context.Context, o serverOptions) (_ *remote, err error) {
	r := &remote{peer: o.peer}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("start %s: %w", o.peer, err), r.stop())
		}
	}()
	if r.folder, err = os.MkdirTemp("", "stepcast-bench-"); err != nil {
		return nil, err
	}
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	o.folder, o.control = r.folder, listener.Addr().String()
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	r.process, err = process.Start(ctx, process.Spec{
		Path: program, Args: o.args(), Dir: r.folder, Grace: stopGrace, Stdout: os.Stderr, Stderr: os.Stderr,
	})
	if err != nil {
		return nil, err
	}
	if err := r.accept(listener); err != nil {
		return nil, err
	}
	first, err := r.read()
	r.address, r.tasks = first.Address, first.Tasks
	return r, err
}

// accept waits for the server to open its control connection.
func (r *remote) accept(listener *net.TCPListener) (err error) {
	if err := listener.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	accepted := make(chan struct{})
	defer close(accepted)
	go func() { // so that a server which ends at once is not waited for
		select {
		case <-r.process.Done():
			_ = listener.SetDeadline(time.Now())
		case <-accepted:
		}
	}()
	if r.control, err = listener.Accept(); err != nil {
		select {
		case <-r.process.Done():
			return errors.New("the server ended; what it said is on the standard error")
		default:
			return fmt.Errorf("the server does not call back: %w", err)
		}
	}
	r.orders, r.reports = json.NewEncoder(r.control), json.NewDecoder(r.control)
	return nil
}

// stop ends the server and returns when nothing is left of it.
func (r *remote) stop() error {
	if r.control != nil {
		_ = r.control.Close()
	}
	if r.process != nil {
		r.process.Stop()
		if _, err := r.process.Wait(); err != nil {
			return err
		}
	}
	if r.folder == "" {
		return nil
	}
	return os.RemoveAll(r.folder)
}

// publish lets an event happen. It does not wait for it.
func (r *remote) publish(e event) error {
	return r.orders.Encode(order{Do: doEvent, Number: e.number, Due: e.due})
}

// usage is what the server has used, after everything that it was told before.
func (r *remote) usage() (usage, error) { return r.ask(order{Do: doUsage}) }

// ask gives an order and waits until it is obeyed.
func (r *remote) ask(o order) (usage, error) {
	if err := r.orders.Encode(o); err != nil {
		return usage{}, fmt.Errorf("order %s: %w", o.Do, err)
	}
	answer, err := r.read()
	if err != nil {
		return usage{}, fmt.Errorf("order %s: %w", o.Do, err)
	}
	return answer.usage, nil
}

func (r *remote) read() (report, error) {
	if err := r.control.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return report{}, err
	}
	var answer report
	if err := r.reports.Decode(&answer); err != nil {
		return report{}, fmt.Errorf("wait for the server: %w", err)
	}
	if answer.Error != "" {
		return report{}, errors.New(answer.Error)
	}
	return answer, nil
}

// subscriptionID is the id for one more subscription.
func (r *remote) subscriptionID() string {
	if r.peer == peerGorilla {
		return fixedID
	}
	return newID()
}
