package main

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Frame types of RFC 6455, section 5.2.
const (
	opContinuation = 0x0
	opText         = 0x1
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xA
)

// maxFrame bounds what a server may send in one frame, in bytes.
const maxFrame = 512 << 10

// frame is one frame that a server sent.
type frame struct {
	final   bool
	opcode  byte
	payload []byte
}

// parseFrame reads the frame that b begins with. Its payload is part of b. A size of 0
// means that it has not come whole.
func parseFrame(b []byte) (f frame, size int, err error) {
	const final, reserved, masked = 0x80, 0x70, 0x80
	if len(b) < 2 {
		return frame{}, 0, nil
	}
	f.final, f.opcode = b[0]&final != 0, b[0]&0x0F
	switch {
	case b[0]&reserved != 0:
		return frame{}, 0, errors.New("the server sent a frame of an extension that nobody offered")
	case b[1]&masked != 0:
		return frame{}, 0, errors.New("the server sent a masked frame")
	}
	header, length := 2, uint64(b[1])
	switch length {
	case 126:
		if header += 2; len(b) < header {
			return frame{}, 0, nil
		}
		length = uint64(binary.BigEndian.Uint16(b[2:]))
	case 127:
		if header += 8; len(b) < header {
			return frame{}, 0, nil
		}
		length = binary.BigEndian.Uint64(b[2:])
	}
	if length > maxFrame {
		return frame{}, 0, fmt.Errorf("the server sent a frame of %d bytes; at most %d are taken", length, maxFrame)
	}
	if size = header + int(length); len(b) < size {
		return frame{}, 0, nil
	}
	f.payload = b[header:size]
	return f, size, nil
}

// appendMasked appends one unfragmented frame, masked as clients must.
func appendMasked(dst []byte, opcode byte, payload []byte, key [4]byte) []byte {
	const final, masked = 0x80, 0x80
	dst = append(dst, final|opcode)
	switch n := len(payload); {
	case n <= 125:
		dst = append(dst, masked|byte(n))
	case n <= 0xFFFF:
		dst = append(dst, masked|126)
		dst = binary.BigEndian.AppendUint16(dst, uint16(n))
	default:
		dst = append(dst, masked|127)
		dst = binary.BigEndian.AppendUint64(dst, uint64(n))
	}
	dst = append(dst, key[:]...)
	for i, c := range payload {
		dst = append(dst, c^key[i%len(key)])
	}
	return dst
}
