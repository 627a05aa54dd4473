package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// maxAnswer bounds, in bytes, one answer or one message of a stream, so that a server
// that never stops cannot fill the memory.
const maxAnswer = 64 << 20

// request is a GraphQL operation, as it goes over the wire.
type request struct {
	Query     string         `json:"query"`
	Variables map[string]any `json:"variables,omitempty"`
}

// response is the answer to one operation, or one value of a subscription.
type response struct {
	Data   json.RawMessage `json:"data"`
	Errors []graphQLError  `json:"errors"`
}

// Do runs a query or mutation of the caller's own and decodes its `data` into `into`,
// a pointer, or nil for whom the answer does not matter. With an answer that has both
// data and errors it does both: decode, and return the errors. Do never repeats a
// request.
func (c *Client) Do(ctx context.Context, query string, variables map[string]any, into any) error {
	answer, err := c.post(ctx, request{Query: query, Variables: variables})
	if err != nil {
		return err
	}
	if into != nil && len(answer.Data) > 0 {
		if err := json.Unmarshal(answer.Data, into); err != nil {
			return fmt.Errorf("decode answer: %w: %w", ErrProtocol, err)
		}
	}
	return graphQLErrors(answer.Errors)
}

func (c *Client) post(ctx context.Context, body request) (*response, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return nil, &unsentError{"encode variables", err}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint, bytes.NewReader(encoded))
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	req.Header = c.headers()
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/graphql-response+json, application/json;q=0.9")
	token, err := c.token(ctx)
	if err != nil {
		return nil, &unsentError{"get token", err}
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}

	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("reach server: %w", err)
	}
	defer resp.Body.Close()
	return readAnswer(resp)
}

// headers are those that requests and handshakes share.
func (c *Client) headers() http.Header {
	h := http.Header{"User-Agent": {"stepcast-go"}}
	if c.language != "" {
		h.Set("Accept-Language", c.language)
	}
	if c.session != "" {
		h.Set("Cookie", (&http.Cookie{Name: sessionCookie, Value: c.session}).String())
	}
	return h
}

func readAnswer(resp *http.Response) (*response, error) {
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	if len(data) > maxAnswer {
		return nil, fmt.Errorf("read answer: %w: more than %d bytes", ErrProtocol, maxAnswer)
	}
	var answer response
	err = json.Unmarshal(data, &answer)
	isGraphQL := err == nil && (len(answer.Data) > 0 || len(answer.Errors) > 0)
	switch {
	case isGraphQL:
		return &answer, nil
	case resp.StatusCode != http.StatusOK:
		return nil, newHTTPError(resp.StatusCode, resp.Header, data)
	case err != nil:
		return nil, fmt.Errorf("decode answer: %w: %w", ErrProtocol, err)
	}
	return nil, fmt.Errorf("decode answer: %w: neither data nor errors", ErrProtocol)
}
