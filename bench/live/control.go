package main

import "time"

// order is what the generator tells a server: a line of JSON on the connection that the
// server opened to it. A server reports once when it serves, and after each order but
// doEvent, which must cost little.
type order struct {
	Do string `json:"do"`
	// Number and Due are the event of doEvent.
	Number int64 `json:"number,omitempty"`
	Due    int64 `json:"due,omitempty"`
	// File is where doProfile writes.
	File string `json:"file,omitempty"`
}

// What a server can be told to do.
const (
	// doEvent changes every task.
	doEvent = "event"
	// doUsage reads what was used.
	doUsage = "usage"
	// doCollect gives all unused memory back before reading what is used.
	doCollect = "collect"
	// doProfile begins a CPU profile; doProfileEnd ends it.
	doProfile    = "profile"
	doProfileEnd = "profileEnd"
)

// report is a server's answer.
type report struct {
	usage
	// Address and Tasks are in the first report: where it serves, and the ids there are.
	Address string   `json:"address,omitempty"`
	Tasks   []string `json:"tasks,omitempty"`
	// Error is why the order was not obeyed.
	Error string `json:"error,omitempty"`
}

// usage is what a process has used so far.
type usage struct {
	// CPU is user and system time.
	CPU time.Duration `json:"cpu"`
	// RSS is the resident set now, in bytes.
	RSS int64 `json:"rss"`
	// Mallocs counts the objects that were ever allocated on the heap.
	Mallocs uint64 `json:"mallocs"`
}
