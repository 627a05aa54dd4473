package live

import (
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"stepcast/internal/sharing"
)

// packet is one response, encoded once for everyone who gets it.
type packet struct {
	// body is the response as JSON. It never changes.
	body []byte
	// mark is its place in the stream; zero when it has none.
	mark  sharing.Mark
	forms [formats]form
}

// form is the tail of the message that carries a packet in one format.
type form struct {
	once sync.Once
	tail []byte
}

func newPacket(resp *graphql.Response, mark sharing.Mark) *packet {
	// A copy: the executor reuses the bytes of resp.Data for the next response.
	body := appendResponse(make([]byte, 0, len(resp.Data)+32), resp)
	return &packet{body: body, mark: mark}
}

// tail gives the form of the packet for one format.
func (p *packet) tail(f *format) []byte {
	shape := &p.forms[f.place]
	shape.once.Do(func() { shape.tail = f.next(p) })
	return shape.tail
}

func (p *packet) message(f *format, head []byte) message {
	return message{head: head, tail: p.tail(f), told: p.mark.Told, resync: p.mark.Resync}
}
