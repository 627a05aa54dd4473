package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// sessionCookie carries the secret of a session.
const sessionCookie = "stepcast_session"

// Session is a sign-in by name and password.
type Session struct {
	// Secret is for WithSession.
	Secret string `json:"-"`
	Name   string `json:"name"`
	Role   Role   `json:"role"`
	// ExpiresAt is when it ends; use does not prolong it.
	ExpiresAt time.Time `json:"expiresAt"`
}

// SignIn opens a session. CodeUnauthenticated when the name or the password is wrong,
// CodeLimit and CodeUnavailable say when to come back.
func (c *Client) SignIn(ctx context.Context, name, password string) (Session, error) {
	body, err := json.Marshal(map[string]string{"name": name, "password": password})
	if err != nil {
		return Session{}, &unsentError{"encode sign-in", err}
	}
	resp, text, err := c.door(ctx, "/login", body)
	if err != nil {
		return Session{}, err
	}
	var session Session
	if err := json.Unmarshal(text, &session); err != nil {
		return Session{}, fmt.Errorf("decode sign-in: %w: %w", ErrProtocol, err)
	}
	for _, cookie := range resp.Cookies() {
		if cookie.Name == sessionCookie {
			session.Secret = cookie.Value
		}
	}
	if session.Secret == "" {
		return Session{}, fmt.Errorf("%w: signing in gave no session", ErrProtocol)
	}
	return session, nil
}

// SignOut ends the session that WithSession gave. It is done as well when that has ended.
func (c *Client) SignOut(ctx context.Context) error {
	_, _, err := c.door(ctx, "/logout", nil)
	return err
}

// door posts to a path beside the API that lets people in and out.
func (c *Client) door(ctx context.Context, path string, body []byte) (*http.Response, []byte, error) {
	url := strings.TrimSuffix(c.endpoint, "/graphql") + path
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, nil, fmt.Errorf("make request: %w", err)
	}
	req.Header = c.headers()
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, nil, fmt.Errorf("reach server: %w", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, doorMax))
	if err != nil {
		return nil, nil, fmt.Errorf("read answer: %w", err)
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return nil, nil, doorError(resp, text)
	}
	return resp, text, nil
}

// doorMax bounds, in bytes, what signing in is answered with.
const doorMax = 64 << 10

// doorError is the refusal that the body tells of, or what the body is.
func doorError(resp *http.Response, text []byte) error {
	status := newHTTPError(resp.StatusCode, resp.Header, text)
	var body struct {
		Error struct {
			Code    ErrorCode `json:"code"`
			Message string    `json:"message"`
		} `json:"error"`
	}
	if err := json.Unmarshal(text, &body); err != nil || body.Error.Code == "" {
		return status
	}
	return &Error{Code: body.Error.Code, Message: body.Error.Message, RetryAfter: status.RetryAfter}
}
