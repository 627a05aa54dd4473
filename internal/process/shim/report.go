//go:build unix

package shim

import (
	"io"
	"syscall"
	"time"
)

// Report is what the shim tells the server. Is says which of the other fields count.
type Report struct {
	Is string
	// Pid is of the program: Started.
	Pid int
	// Text says why it could not be started (Failed), or is one of the answers to a
	// pause or resume (Answered).
	Text string
	// Number is that of the order: Answered.
	Number int
	// Usage comes with Used and Exited.
	Usage Usage
	// Exit comes with Exited.
	Exit Exit
}

// What a Report can be. Failed and Exited are the last.
const (
	Started  = "started"
	Failed   = "failed"
	Answered = "answered"
	Used     = "used"
	Exited   = "exited"
)

// Answers to a pause or resume.
const (
	Done       = "done"
	Ended      = "ended"
	Superseded = "superseded"
)

// Usage is what the tree used so far.
type Usage struct {
	CPU time.Duration
	// RSS is the sum of the resident sets at the last look, in bytes; MaxRSS the most.
	RSS, MaxRSS int64
	Processes   int
}

// Exit is how the tree ended.
type Exit struct {
	// Reaped is whether the program itself has ended; else it is among the survivors.
	Reaped bool
	// Status is the wait status of the program.
	Status syscall.WaitStatus
	// Signals were sent to end the tree: "TERM", "KILL".
	Signals    []string
	LeftBehind int
	Survivors  int
}

// WriteReport is the shim's side of ReadReport.
func WriteReport(w io.Writer, r Report) error {
	fields := []string{
		r.Is, number(r.Pid), r.Text, number(r.Number),
		number(r.Usage.CPU), number(r.Usage.RSS), number(r.Usage.MaxRSS), number(r.Usage.Processes),
	}
	if r.Is == Exited {
		reaped := ""
		if r.Exit.Reaped {
			reaped = "reaped"
		}
		fields = append(fields, reaped, number(int64(r.Exit.Status)), number(r.Exit.LeftBehind), number(r.Exit.Survivors))
		fields = withList(fields, r.Exit.Signals)
	}
	return writeFrame(w, fields)
}

// ReadReport returns an error when there are no more.
func ReadReport(r io.Reader) (Report, error) {
	fields, err := readFrame(r)
	if err != nil {
		return Report{}, err
	}
	s := scanner{fields}
	out := Report{
		Is: s.text(), Pid: int(s.number()), Text: s.text(), Number: int(s.number()),
		Usage: Usage{CPU: time.Duration(s.number()), RSS: s.number(), MaxRSS: s.number(), Processes: int(s.number())},
	}
	if out.Is == Exited {
		out.Exit = Exit{
			Reaped: s.text() != "", Status: syscall.WaitStatus(s.number()),
			LeftBehind: int(s.number()), Survivors: int(s.number()), Signals: s.list(),
		}
	}
	return out, nil
}
