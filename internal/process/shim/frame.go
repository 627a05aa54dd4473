//go:build unix

package shim

import (
	"encoding/binary"
	"errors"
	"io"
	"strconv"
)

// The server and the shim talk in frames on a pipe each way. Both ends are the same
// binary, so there are no versions. A frame is a list of byte strings, each with its
// length before it, and the length of all that before it: 32 bits, little endian.

// frameLimit is far above what the system accepts as arguments and environment.
const frameLimit = 64 << 20

var errFrame = errors.New("malformed frame")

// writeFrame writes a frame in one go, so that a short one gets into a pipe whole or not at all.
func writeFrame(w io.Writer, fields []string) error {
	frame := make([]byte, 4, 64)
	for _, field := range fields {
		frame = binary.LittleEndian.AppendUint32(frame, uint32(len(field)))
		frame = append(frame, field...)
	}
	binary.LittleEndian.PutUint32(frame, uint32(len(frame)-4))
	_, err := w.Write(frame)
	return err
}

func readFrame(r io.Reader) ([]string, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	size := binary.LittleEndian.Uint32(head[:])
	if size > frameLimit {
		return nil, errFrame
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, err
	}
	var fields []string
	for len(body) > 0 {
		if len(body) < 4 {
			return nil, errFrame
		}
		n := binary.LittleEndian.Uint32(body)
		if body = body[4:]; uint32(len(body)) < n {
			return nil, errFrame
		}
		fields = append(fields, string(body[:n]))
		body = body[n:]
	}
	return fields, nil
}

// scanner takes a frame's fields one after the other. A field that is missing or no
// number is zero.
type scanner struct{ fields []string }

func (s *scanner) text() string {
	if len(s.fields) == 0 {
		return ""
	}
	field := s.fields[0]
	s.fields = s.fields[1:]
	return field
}

func (s *scanner) number() int64 {
	n, _ := strconv.ParseInt(s.text(), 10, 64)
	return n
}

// list takes the number of strings that comes first.
func (s *scanner) list() []string {
	n := min(max(s.number(), 0), int64(len(s.fields)))
	list := s.fields[:n]
	s.fields = s.fields[n:]
	return list
}

func number[N ~int | ~int64](n N) string { return strconv.FormatInt(int64(n), 10) }

func withList(fields, list []string) []string {
	return append(append(fields, number(len(list))), list...)
}
