package live_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Frame types of RFC 6455, section 5.2.
const (
	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opReserved     = 0x3
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xA
)

// rawFrame is a frame as clients may send it, against the rules where a test says so.
type rawFrame struct {
	opcode   byte
	payload  string
	more     bool // it is not the last fragment of its message
	reserved byte // the bits RSV1 to RSV3: 0x40, 0x20, 0x10
	unmasked bool
}

func text(payload string) rawFrame { return rawFrame{opcode: opText, payload: payload} }

func closing(code uint16, reason string) rawFrame {
	payload := binary.BigEndian.AppendUint16(nil, code)
	return rawFrame{opcode: opClose, payload: string(payload) + reason}
}

// fragments splits a text message where its parts are split.
func fragments(parts ...string) []rawFrame {
	frames := make([]rawFrame, len(parts))
	for i, part := range parts {
		frames[i] = rawFrame{opcode: opContinuation, payload: part, more: i < len(parts)-1}
	}
	frames[0].opcode = opText
	return frames
}

func (f rawFrame) append(dst []byte) []byte {
	first, masked := f.opcode|f.reserved, byte(0x80)
	if !f.more {
		first |= 0x80
	}
	if f.unmasked {
		masked = 0
	}
	switch size := len(f.payload); {
	case size <= 125:
		dst = append(dst, first, masked|byte(size))
	case size <= 0xFFFF:
		dst = binary.BigEndian.AppendUint16(append(dst, first, masked|126), uint16(size))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, first, masked|127), uint64(size))
	}
	if f.unmasked {
		return append(dst, f.payload...)
	}
	mask := [4]byte{0x37, 0xFA, 0x21, 0x3D}
	dst = append(dst, mask[:]...)
	for i := range len(f.payload) {
		dst = append(dst, f.payload[i]^mask[i%4])
	}
	return dst
}

func appendFrames(dst []byte, frames ...rawFrame) []byte {
	for _, f := range frames {
		dst = f.append(dst)
	}
	return dst
}

// sendFrames sends frames in one go, past the library that would correct them.
func (c *client) sendFrames(frames ...rawFrame) {
	c.t.Helper()
	_, err := c.NetConn().Write(appendFrames(nil, frames...))
	require.NoError(c.t, err)
}

// rawSocket is a connection after its upgrade. Reading from it shows each frame of the
// server as it is.
type rawSocket struct {
	net.Conn
	buffered    *bufio.Reader
	subprotocol string // that the server chose
}

// dialRaw offers subprotocols in lines of the header as they are given; "" is none.
func (b *bundle) dialRaw(t testing.TB, offered ...string) *rawSocket {
	t.Helper()
	conn, err := net.Dial("tcp", b.server.Listener.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
	request, err := http.NewRequest(http.MethodGet, b.url, nil)
	require.NoError(t, err)
	request.Header = http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"},
		"Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="},
	}
	if offered[0] != "" {
		request.Header["Sec-Websocket-Protocol"] = offered
	}
	require.NoError(t, request.Write(conn))
	buffered := bufio.NewReader(conn)
	resp, err := http.ReadResponse(buffered, request)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusSwitchingProtocols, resp.StatusCode)
	return &rawSocket{conn, buffered, resp.Header.Get("Sec-Websocket-Protocol")}
}

// hangUp says that nothing more will be sent; it can still be read.
func (s *rawSocket) hangUp() error { return s.Conn.(*net.TCPConn).CloseWrite() }

// next reads one frame of the server: whole, unmasked and of the shortest form. io.EOF
// is the end of the connection between two frames.
func (s *rawSocket) next() (rawFrame, error) {
	header := make([]byte, 2)
	if _, err := io.ReadFull(s.buffered, header); err != nil {
		return rawFrame{}, err
	}
	f := rawFrame{opcode: header[0] & 0xF, unmasked: true}
	if header[0]&0xF0 != 0x80 || header[1]&0x80 != 0 {
		return f, fmt.Errorf("frame header %x", header)
	}
	size, err := s.length(header[1])
	if err != nil {
		return f, err
	}
	if f.opcode >= opClose && size > 125 {
		return f, fmt.Errorf("control frame of %d bytes", size)
	}
	payload := make([]byte, size)
	if _, err := io.ReadFull(s.buffered, payload); err != nil {
		return f, cutShort(err)
	}
	f.payload = string(payload)
	return f, nil
}

// length reads the rest of a frame's length, whose first byte is short.
func (s *rawSocket) length(short byte) (uint64, error) {
	extended, least := 0, uint64(0)
	switch short {
	case 126:
		extended, least = 2, 126
	case 127:
		extended, least = 8, 0x10000
	default:
		return uint64(short), nil
	}
	field := make([]byte, 8)
	if _, err := io.ReadFull(s.buffered, field[8-extended:]); err != nil {
		return 0, cutShort(err)
	}
	size := binary.BigEndian.Uint64(field)
	if size < least || size > 16<<20 {
		return 0, fmt.Errorf("%d bytes, in a length of %d bytes", size, extended)
	}
	return size, nil
}

// cutShort hides io.EOF, which is an end only between two frames.
func cutShort(err error) error { return fmt.Errorf("frame without its end: %v", err) }

// rest reads frames until the connection ends, as it must: between two frames. A client
// that goes on after its close frame may be cut off rather than heard out.
func (s *rawSocket) rest(t testing.TB) []rawFrame {
	t.Helper()
	var frames []rawFrame
	for {
		f, err := s.next()
		if errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) {
			return frames
		}
		require.NoError(t, err)
		frames = append(frames, f)
	}
}
