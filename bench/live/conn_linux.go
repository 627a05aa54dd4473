package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"

	"golang.org/x/sys/unix"
)

// phase is how far a subscriber has come:
//
//	upgrading ──101──▶ initialising ──connection_ack──▶ subscribing ──next──▶ subscribed
type phase int

const (
	upgrading phase = iota
	initialising
	subscribing
	subscribed
)

// conn is one subscriber.
type conn struct {
	fd     int
	number int
	phase  phase
	// task and id are what it subscribes to, and the id of its subscription.
	task, id string
	// key is its Sec-WebSocket-Key until it is upgraded.
	key string
	// rest is the beginning of what has not come whole; message is of a fragmented one.
	rest, message []byte
	// last is the number of the newest event that it was told of.
	last int64
	// apart says that it counts neither for latencies nor, when it stalls, for events.
	apart bool
	// closed says that the server has ended it.
	closed bool
}

// upgrade asks the server for a WebSocket.
func (c *conn) upgrade(host string) error {
	var key [16]byte
	_, _ = rand.Read(key[:])
	c.key = base64.StdEncoding.EncodeToString(key[:])
	return c.write(fmt.Appendf(nil, "GET /graphql HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: %s\r\n\r\n", host, c.key, subprotocol))
}

// upgraded reads the answer to upgrade that b begins with, and gives its size: 0 when it
// has not come whole.
func (c *conn) upgraded(b []byte) (size int, err error) {
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 {
		return 0, nil
	}
	size = end + len("\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(b[:size])), nil)
	if err != nil {
		return 0, fmt.Errorf("read the answer to an upgrade: %w", err)
	}
	_ = resp.Body.Close()
	accept := sha1.Sum([]byte(c.key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	switch {
	case resp.StatusCode != http.StatusSwitchingProtocols:
		return 0, fmt.Errorf("the server answered an upgrade with %s", resp.Status)
	case resp.Header.Get("Sec-WebSocket-Accept") != base64.StdEncoding.EncodeToString(accept[:]):
		return 0, fmt.Errorf("the server answered an upgrade with another's Sec-WebSocket-Accept")
	case resp.Header.Get("Sec-WebSocket-Protocol") != subprotocol:
		return 0, fmt.Errorf("the server chose the subprotocol %q", resp.Header.Get("Sec-WebSocket-Protocol"))
	}
	c.phase = initialising
	return size, c.send(opText, []byte(`{"type":"connection_init"}`))
}

// receive handles a message that is no event.
func (c *conn) receive(text []byte) error {
	var m struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return fmt.Errorf("the server sent %.200q: %w", text, err)
	}
	switch {
	case m.Type == "connection_ack" && c.phase == initialising:
		c.phase = subscribing
		return c.subscribe()
	case m.Type == "ping":
		return c.send(opText, []byte(`{"type":"pong"}`))
	}
	return fmt.Errorf("the server sent what no subscriber expects: %.200s", text)
}

func (c *conn) subscribe() error {
	text, err := json.Marshal(map[string]any{
		"id": c.id, "type": "subscribe",
		"payload": map[string]any{"query": query, "variables": map[string]any{"id": c.task}},
	})
	if err != nil {
		return err
	}
	return c.send(opText, text)
}

// send writes a frame.
func (c *conn) send(opcode byte, payload []byte) error {
	var key [4]byte
	_, _ = rand.Read(key[:])
	return c.write(appendMasked(nil, opcode, payload, key))
}

// write gives everything to the kernel. There is always room: subscribers say little.
func (c *conn) write(b []byte) error {
	n, err := unix.Write(c.fd, b)
	if err != nil {
		return fmt.Errorf("write to the server: %w", err)
	}
	if n < len(b) {
		return fmt.Errorf("the server reads too slowly: %d of %d bytes were taken", n, len(b))
	}
	return nil
}

// newID is a random id of a subscription, a UUID as graphql-ws sends it.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0F|0x40, b[8]&0x3F|0x80 // version 4 of RFC 9562
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
