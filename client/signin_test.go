package client

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// door plays the paths that let people in and out.
func door(t *testing.T, mux *http.ServeMux) *Client {
	t.Helper()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	c, err := New(server.URL+"/below", WithSession("old"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /below/login", func(w http.ResponseWriter, r *http.Request) {
		var in map[string]string
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in["name"] != "ann" {
			t.Errorf("asked with %v, %v", in, err)
		}
		if in["password"] != "right" {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"error":{"code":"UNAUTHENTICATED","message":"wrong"}}`))
			return
		}
		http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: "new"})
		_, _ = w.Write([]byte(`{"name":"ann","role":"MEMBER","expiresAt":"2030-01-02T03:04:05Z"}`))
	})
	c := door(t, mux)
	got, err := c.SignIn(within(t), "ann", "right")
	want := Session{Secret: "new", Name: "ann", Role: RoleMember, ExpiresAt: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)}
	if err != nil || got != want {
		t.Errorf("SignIn = %+v, %v", got, err)
	}
	if _, err := c.SignIn(within(t), "ann", "other"); CodeOf(err) != CodeUnauthenticated {
		t.Errorf("a wrong password: %v", err)
	}
}

// TestSignInElsewhere: what is no Stepcast server is told apart from a refusal.
func TestSignInElsewhere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		check  func(err error) bool
	}{
		"no such path": {http.NotFound, func(err error) bool {
			var status *HTTPError
			return errors.As(err, &status) && status.Status == http.StatusNotFound
		}},
		"a page": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, func(err error) bool {
			return errors.Is(err, ErrProtocol)
		}},
		"no cookie": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) }, func(err error) bool {
			return errors.Is(err, ErrProtocol)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mux := http.NewServeMux()
			mux.HandleFunc("/below/login", c.answer)
			if _, err := door(t, mux).SignIn(within(t), "ann", "x"); !c.check(err) {
				t.Errorf("SignIn = %v", err)
			}
		})
	}
}

func TestSessionGoesAlong(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	asked := make(chan string, 2)
	answer := func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.Path + " " + r.Header.Get("Cookie")
		_, _ = w.Write([]byte(`{"data":{"viewer":{"name":"ann","role":"MEMBER"}}}`))
	}
	mux.HandleFunc("/below/graphql", answer)
	mux.HandleFunc("/below/logout", answer)
	c := door(t, mux)
	if _, err := c.Viewer(within(t)); err != nil {
		t.Error(err)
	}
	if err := c.SignOut(within(t)); err != nil {
		t.Error(err)
	}
	for _, want := range []string{"/below/graphql stepcast_session=old", "/below/logout stepcast_session=old"} {
		if got := <-asked; got != want {
			t.Errorf("asked %q, want %q", got, want)
		}
	}
}
