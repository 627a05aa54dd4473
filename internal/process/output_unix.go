//go:build unix

package process

import (
	"errors"
	"io"
	"os"
	"sync"
	"syscall"
	"time"
)

// drainLimit bounds what is read after the end of a tree. It is the largest pipe that
// an ordinary user may make; only a process outside the tree could write more.
const drainLimit = 1 << 20

// buffers are borrowed for a read and its delivery, so that a silent program holds none.
var buffers = sync.Pool{New: func() any { b := make([]byte, 64<<10); return &b }}

// output brings what a program writes to its consumer.
type output struct {
	pipe     *os.File
	consumer io.Writer
	done     chan struct{}
}

func newOutput(pipe *os.File, consumer io.Writer) *output {
	if consumer == nil {
		consumer = io.Discard
	}
	o := &output{pipe: pipe, consumer: consumer, done: make(chan struct{})}
	go o.copy()
	return o
}

// finish takes what the tree wrote before its end and does not wait for more: whoever
// holds the other end open now is none of the tree.
func (o *output) finish() {
	_ = o.pipe.SetReadDeadline(time.Unix(1, 0))
	<-o.done
	o.pipe.Close()
}

func (o *output) copy() {
	defer close(o.done)
	for {
		_, err := o.read(true)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			break
		}
		if err != nil {
			return
		}
	}
	_ = o.pipe.SetReadDeadline(time.Time{})
	for rest := drainLimit; rest > 0; {
		n, err := o.read(false)
		if err != nil {
			return
		}
		rest -= n
	}
}

// read delivers what one read gives. It returns io.EOF when there will be no more, or,
// unless it may wait, when there is none now.
func (o *output) read(wait bool) (n int, err error) {
	raw, err := o.pipe.SyscallConn()
	if err != nil {
		return 0, err
	}
	var buffer *[]byte
	var readErr error
	err = raw.Read(func(fd uintptr) bool {
		buffer = buffers.Get().(*[]byte)
		for {
			n, readErr = syscall.Read(int(fd), *buffer)
			if readErr != syscall.EINTR {
				break
			}
		}
		if readErr == syscall.EAGAIN && wait {
			buffers.Put(buffer)
			buffer = nil
			return false
		}
		return true
	})
	if buffer != nil {
		defer buffers.Put(buffer)
	}
	switch {
	case err != nil:
		return 0, err
	case readErr != nil || n <= 0:
		return 0, io.EOF
	}
	if _, err := o.consumer.Write((*buffer)[:n]); err != nil {
		o.consumer = io.Discard
	}
	return n, nil
}
