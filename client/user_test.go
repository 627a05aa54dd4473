package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestUserMutations(t *testing.T) {
	t.Parallel()
	role, off, locale, secret := RoleMember, false, "", "battery staple"
	ends := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	for field, test := range map[string]struct {
		answer string
		vars   map[string]any
		call   func(c *Client) (any, error)
		want   any
	}{
		"createUser": {
			`{"user":{"name":"ann","role":"MEMBER","hasPassword":true}}`,
			map[string]any{"input": map[string]any{"name": "ann", "role": "MEMBER", "password": secret}},
			func(c *Client) (any, error) {
				return c.CreateUser(within(t), CreateUserInput{Name: "ann", Role: RoleMember, Password: secret})
			},
			&User{Name: "ann", Role: RoleMember, HasPassword: true},
		},
		"updateUser": {
			`{"user":{"name":"ann","role":"MEMBER","locale":null}}`,
			map[string]any{"input": map[string]any{"name": "ann", "role": "MEMBER", "disabled": false, "locale": "", "password": secret}},
			func(c *Client) (any, error) {
				return c.UpdateUser(within(t), UpdateUserInput{Name: "ann", Role: &role, Disabled: &off, Locale: &locale, Password: &secret})
			},
			&User{Name: "ann", Role: RoleMember},
		},
		"deleteUser": {
			`{"user":{"name":"ann"}}`,
			map[string]any{"name": "ann"},
			func(c *Client) (any, error) { return c.DeleteUser(within(t), "ann") }, &User{Name: "ann"},
		},
		"setLocale": {
			`{"viewer":{"name":"ann","locale":"de","scopes":["READ"]}}`,
			map[string]any{"locale": "de"},
			func(c *Client) (any, error) { return c.SetLocale(within(t), "de") },
			&Viewer{Name: "ann", Locale: "de", Scopes: []TokenScope{ScopeRead}},
		},
		"changePassword": {
			`{"viewer":{"name":"ann"}}`,
			map[string]any{"input": map[string]any{"current": "x", "password": secret}},
			func(c *Client) (any, error) { return nil, c.ChangePassword(within(t), "x", secret) }, nil,
		},
		"createToken": {
			`{"token":{"id":"7"},"text":"sct_x"}`,
			map[string]any{"input": map[string]any{"name": "ci", "scopes": []any{}, "expiresAt": "2030-01-02T03:04:05Z"}},
			func(c *Client) (any, error) {
				token, text, err := c.CreateToken(within(t), CreateTokenInput{Name: "ci", Scopes: []TokenScope{}, ExpiresAt: ends})
				return []any{token, text}, err
			},
			[]any{&Token{ID: "7"}, "sct_x"},
		},
		"revokeToken": {
			`{"token":{"id":"7"}}`,
			map[string]any{"id": "7"},
			func(c *Client) (any, error) { return c.RevokeToken(within(t), "7") }, &Token{ID: "7"},
		},
	} {
		s := newServer(t)
		answers := []string{test.answer, `{"userErrors":[{"code":"FORBIDDEN","message":"no"}]}`, `{}`}
		s.answer = func(r request) any {
			if !strings.Contains(r.Query, "payload: "+field+"(") || !reflect.DeepEqual(r.Variables, test.vars) {
				t.Errorf("%s sent %+v", field, r)
			}
			answer := answers[0]
			answers = answers[1:]
			return map[string]any{"data": map[string]any{"payload": json.RawMessage(answer)}}
		}
		if got, err := test.call(s.client()); err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, %v", field, got, err)
		}
		if _, err := test.call(s.client()); CodeOf(err) != CodeForbidden {
			t.Errorf("%s refused: %v", field, err)
		}
		if _, err := test.call(s.client()); !errors.Is(err, ErrProtocol) {
			t.Errorf("%s answered nothing: %v", field, err)
		}
	}
}

func TestUsersAndTokensGoThroughAllPages(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	var asked []map[string]any
	s.answer = func(r request) any {
		asked = append(asked, r.Variables)
		after, _ := r.Variables["after"].(string)
		n, begin := pageSize, 0
		if after != "" {
			n, begin = 1, pageSize
		}
		list := make([]any, n)
		for i := range list {
			key := fmt.Sprintf("%03d", begin+i)
			list[i] = map[string]any{"name": key, "id": key}
		}
		return map[string]any{"data": map[string]any{"users": list, "tokens": list}}
	}
	var names, ids []string
	for user, err := range s.client().Users(within(t)) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, user.Name)
	}
	for token, err := range s.client().Tokens(within(t), "ann") {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, token.ID)
	}
	if len(names) != pageSize+1 || !slices.IsSorted(names) || !slices.Equal(names, ids) {
		t.Errorf("users %v, tokens %v", names, ids)
	}
	first := map[string]any{"first": float64(pageSize)}
	second := map[string]any{"first": float64(pageSize), "after": "049"}
	want := []map[string]any{first, second, maps.Clone(first), maps.Clone(second)}
	want[2]["user"], want[3]["user"] = "ann", "ann"
	if !reflect.DeepEqual(asked, want) {
		t.Errorf("asked %v", asked)
	}
	for range s.client().Users(within(t)) {
		break
	}

	s.answer = func(request) any {
		return map[string]any{"errors": []any{map[string]any{"message": "no", "extensions": map[string]any{"code": "UNAVAILABLE"}}}}
	}
	n := 0
	for user, err := range s.client().Users(within(t)) {
		if n++; user != nil || CodeOf(err) != CodeUnavailable {
			t.Errorf("%+v, %v", user, err)
		}
	}
	if n != 1 {
		t.Errorf("%d values", n)
	}
}

func TestUserAndServer(t *testing.T) {
	t.Parallel()
	if _, err := answered(t, `{"user":null}`, func(c *Client) error { _, err := c.User(within(t), "ann"); return err }); CodeOf(err) != CodeNotFound {
		t.Errorf("nobody: %v", err)
	}
	var server *Server
	_, err := answered(t, `{"server":{"version":"v1","database":null,"limits":{"steps":200}}}`,
		func(c *Client) (err error) { server, err = c.Server(within(t)); return err })
	if err != nil || server.Version != "v1" || server.Database != "" || server.Limits.Steps != 200 {
		t.Errorf("%+v, %v", server, err)
	}
	if _, err := answered(t, `{}`, func(c *Client) error { _, err := c.Server(within(t)); return err }); !errors.Is(err, ErrProtocol) {
		t.Errorf("nothing: %v", err)
	}
}
