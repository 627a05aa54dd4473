package client

import (
	"context"
	"encoding/json"
	"fmt"
)

// operationID names the only operation of a socket.
const operationID = "1"

// consume subscribes and takes what comes; the error is never nil.
func (s *subscription[T]) consume(ctx context.Context, conn *session) error {
	if err := conn.subscribe(s.feed.request()); err != nil {
		return err
	}
	opens, announce := s.feed.(opener[T])
	if announce {
		// The server reads in order: its pong says that it has read the subscription.
		if err := conn.write(message{Type: "ping"}); err != nil {
			return err
		}
	}
	for {
		m, err := conn.receive(conn.silence)
		if err != nil {
			return err
		}
		if announce && (m.Type == "pong" || m.Type == "next") {
			announce = false
			if err := s.deliver(ctx, opens.opened()); err != nil {
				return err
			}
		}
		if err := s.take(ctx, conn, m); err != nil {
			return err
		}
	}
}

// subscribe asks for the only operation of the session.
func (s *session) subscribe(r request) error {
	payload, err := json.Marshal(r)
	if err != nil {
		return &unsentError{"encode variables", err}
	}
	s.subscribed = true
	return s.write(message{ID: operationID, Type: "subscribe", Payload: payload})
}

// take does what one message asks for.
func (s *subscription[T]) take(ctx context.Context, conn *session, m message) error {
	switch m.Type {
	case "pong":
		return nil
	case "next", "error", "complete":
		if m.ID != operationID {
			return fmt.Errorf("%w: %s of unknown operation %q", ErrProtocol, m.Type, m.ID)
		}
	default:
		return fmt.Errorf("%w: unknown message %q", ErrProtocol, m.Type)
	}
	if m.Type == "next" {
		return s.takeNext(ctx, m.Payload)
	}
	conn.subscribed = false
	if m.Type == "error" {
		return operationError(m.Payload)
	}
	return errComplete
}

func (s *subscription[T]) takeNext(ctx context.Context, payload json.RawMessage) error {
	var answer response
	if err := decodeValue(payload, &answer); err != nil {
		return err
	}
	if err := graphQLErrors(answer.Errors); err != nil {
		return err
	}
	v, fresh, err := s.feed.accept(answer.Data)
	if err != nil {
		return fmt.Errorf("take value: %w", err)
	}
	s.proven()
	if !fresh {
		return nil
	}
	return s.deliver(ctx, v)
}

// deliver hands v to the reader. While it waits nothing is read from the socket.
func (s *subscription[T]) deliver(ctx context.Context, v T) error {
	if s.latest {
		s.stream.replace(v)
		return nil
	}
	return s.stream.put(ctx, v)
}

// operationError reads the payload of an `error` message.
func operationError(payload json.RawMessage) error {
	var list []graphQLError
	if err := json.Unmarshal(payload, &list); err != nil {
		return fmt.Errorf("decode error: %w: %w", ErrProtocol, err)
	}
	if len(list) == 0 {
		return fmt.Errorf("%w: an error message without errors", ErrProtocol)
	}
	return graphQLErrors(list)
}
