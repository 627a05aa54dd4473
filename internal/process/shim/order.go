//go:build unix

package shim

import (
	"io"
	"time"
)

// Order is what the server tells the shim.
type Order struct {
	Do string
	// Number is of a pause or resume; the answer repeats it.
	Number int
	// Lease is the new deadline of a renewal on ClockNow; 0 is none.
	Lease int64
	// Launch comes with Start.
	Launch Launch
}

// What an Order can be. Start is the first and comes once.
const (
	Start  = "start"
	Pause  = "pause"
	Resume = "resume"
	Renew  = "renew"
	Stop   = "stop"
	Kill   = "kill"
	// Interrupt is what the interrupt key of a terminal is to a program.
	Interrupt = "interrupt"
)

// Launch is what to run.
type Launch struct {
	Path string
	Args []string
	// Env is the whole environment but for the marker.
	Env []string
	// Dir is the working directory; empty is the shim's.
	Dir string
	// Marker is the variable, name and value, that every process of the tree inherits.
	Marker string
	// Grace is the time between TERM and KILL.
	Grace time.Duration
	// Lease is the first deadline on ClockNow; 0 is none.
	Lease int64
	// GroupOnly makes do with the program's process group where the whole tree could be kept.
	GroupOnly bool
}

// WriteOrder is the server's side of ReadOrder.
func WriteOrder(w io.Writer, o Order) error {
	fields := []string{o.Do, number(o.Number), number(o.Lease)}
	if o.Do == Start {
		l := o.Launch
		group := ""
		if l.GroupOnly {
			group = "group"
		}
		fields = append(fields, l.Path, l.Dir, l.Marker, number(l.Grace), number(l.Lease), group)
		fields = withList(withList(fields, l.Args), l.Env)
	}
	return writeFrame(w, fields)
}

// ReadOrder returns an error when there are no more.
func ReadOrder(r io.Reader) (Order, error) {
	fields, err := readFrame(r)
	if err != nil {
		return Order{}, err
	}
	s := scanner{fields}
	o := Order{Do: s.text(), Number: int(s.number()), Lease: s.number()}
	if o.Do == Start {
		o.Launch = Launch{
			Path: s.text(), Dir: s.text(), Marker: s.text(),
			Grace: time.Duration(s.number()), Lease: s.number(), GroupOnly: s.text() != "",
			Args: s.list(), Env: s.list(),
		}
	}
	return o, nil
}
