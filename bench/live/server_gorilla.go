package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/gorilla/websocket"
)

// fixedID is the id of all subscriptions at the broadcast: what lets one frame do for
// all. It is as long as those of the others.
const fixedID = "00000000-0000-4000-8000-000000000000"

// broadcast is the least that a Go server can do: it executes nothing, and writes one
// prepared frame to every connection, with one goroutine and gorilla's default buffers.
type broadcast struct {
	upgrader websocket.Upgrader

	mu     sync.Mutex // guards topics and what is in them
	topics map[string]*topic
}

// topic is a task and who subscribed to it.
type topic struct {
	task  *wireTask
	conns []*websocket.Conn
}

func newBroadcast(tasks int, extra string) *broadcast {
	b := &broadcast{
		upgrader: websocket.Upgrader{Subprotocols: []string{subprotocol}},
		topics:   map[string]*topic{},
	}
	for i := range tasks {
		t := newWireTask(i+1, extra)
		b.topics[t.ID] = &topic{task: t}
	}
	return b
}

func (b *broadcast) tasks() (ids []string) {
	for id := range b.topics {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// clientMessage is what a client sends.
type clientMessage struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Payload struct {
		Variables struct {
			ID string `json:"id"`
		} `json:"variables"`
	} `json:"payload"`
}

func (b *broadcast) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, err := b.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	defer conn.Close()
	for {
		var m clientMessage
		if err := conn.ReadJSON(&m); err != nil {
			return // the client has gone
		}
		if err := b.answer(conn, &m); err != nil {
			return
		}
	}
}

// answer acknowledges the connection, or begins the subscription with the task as it is.
func (b *broadcast) answer(conn *websocket.Conn, m *clientMessage) error {
	if m.Type == "connection_init" {
		return conn.WriteMessage(websocket.TextMessage, []byte(ackMessage))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.topics[m.Payload.Variables.ID]
	if m.Type != "subscribe" || m.ID != fixedID || t == nil {
		return fmt.Errorf("unexpected message %q of %q", m.Type, m.ID)
	}
	// Under the lock: no event may come between the task as it is and the first change.
	if err := conn.WriteMessage(websocket.TextMessage, t.encode()); err != nil {
		return err
	}
	t.conns = append(t.conns, conn)
	return nil
}

func (b *broadcast) publish(e event) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range b.topics {
		t.task.show(e)
		prepared, err := websocket.NewPreparedMessage(websocket.TextMessage, t.encode())
		if err != nil {
			return err
		}
		t.conns = slices.DeleteFunc(t.conns, func(conn *websocket.Conn) bool {
			return conn.WritePreparedMessage(prepared) != nil
		})
	}
	return nil
}

// encode gives the message that tells of the task as it is.
func (t *topic) encode() []byte {
	next := map[string]any{
		"id": fixedID, "type": "next",
		"payload": map[string]any{"data": map[string]any{"taskProgress": t.task}},
	}
	text, _ := json.Marshal(next) // its types always encode
	return text
}
